import { z } from "zod";

import { count, flag, instant, listOf, part, sentence, word } from "./lenient.ts";

/** Most containers of one pod that are read, and of these the most that are kept. */
const MOST_READ = 1024;
const MOST_KEPT = 64;

/** How a container ended. */
export interface Termination {
  readonly exitCode: number;
  /** 0 when it ended by itself. */
  readonly signal: number;
  /** `OOMKilled`, `Error`, `Completed`. */
  readonly reason: string;
  /** The end of its log, or what it wrote to its termination file: log text. */
  readonly message: string;
  readonly startedAt?: number | undefined;
  readonly finishedAt?: number | undefined;
}

/** One container of a pod, with what its spec and its status say. */
export interface ContainerState {
  readonly name: string;
  readonly isInit: boolean;
  readonly image: string;
  /** As written in the spec: `40Mi`; "" for none. */
  readonly memoryLimit: string;
  readonly isReady: boolean;
  readonly restarts: number;
  /** At most one of the three is there. */
  readonly waiting: { readonly reason: string; readonly message: string } | undefined;
  readonly running: { readonly since: number | undefined } | undefined;
  readonly terminated: Termination | undefined;
  /** How the run before ended. */
  readonly lastTerminated: Termination | undefined;
}

/** A time of a run; a container whose command could not be run has the beginning of 1970, which is none. */
const ofRun = instant.transform((time) => (time !== undefined && time > 0 ? time : undefined));

const termination = z.object({
  exitCode: z.int().catch(0),
  signal: count,
  reason: word,
  message: sentence,
  startedAt: ofRun,
  finishedAt: ofRun,
});

/**
 * How a container ends that is started anew with all others, because a restart rule of the pod asks for it: always with
 * 137, and whatever it did (kubernetes v1.36, action `RestartAllContainers`). That is no failure.
 */
export const BY_RESTART_RULE = "RestartingAllContainers";

const state = part({
  waiting: z.object({ reason: word, message: sentence }).optional().catch(undefined),
  running: z.object({ startedAt: instant }).optional().catch(undefined),
  terminated: termination
    .optional()
    .catch(undefined)
    .transform((ended) => (ended?.reason === BY_RESTART_RULE ? undefined : ended)),
});

/** Of `spec.containers`: the command, its arguments and the environment are not read. */
export const containerSpecs = listOf(
  z.object({ name: word, image: word, resources: part({ limits: part({ memory: word }) }) }),
  MOST_READ,
);

/** `status.containerStatuses`. */
export const containerStatuses = listOf(
  z.object({ name: word, image: word, ready: flag, restartCount: count, state, lastState: state }),
  MOST_READ,
);

/** Puts the spec and the status of each container together; one that has no status yet is still to be started. */
export function containersOf(
  specs: z.output<typeof containerSpecs>,
  statuses: z.output<typeof containerStatuses>,
  isInit: boolean,
): readonly ContainerState[] {
  return specs.map((spec): ContainerState => {
    const status = statuses.find(({ name }) => name === spec.name);
    const since = status?.state.running?.startedAt;
    return {
      name: spec.name,
      isInit,
      image: spec.image,
      memoryLimit: spec.resources.limits.memory,
      isReady: status?.ready ?? false,
      restarts: status?.restartCount ?? 0,
      waiting: status?.state.waiting,
      running: status?.state.running === undefined ? undefined : { since },
      terminated: status?.state.terminated,
      lastTerminated: status?.lastState.terminated,
    };
  });
}

/** The containers that are kept of a pod, in their order. Of many, those that are not well come first. */
export function keptContainers(all: readonly ContainerState[]): readonly ContainerState[] {
  if (all.length <= MOST_KEPT) return all;
  const kept = new Set([...all.filter((each) => !isWell(each)), ...all.filter(isWell)].slice(0, MOST_KEPT));
  return all.filter((container) => kept.has(container));
}

function isWell({ isReady, running, terminated }: ContainerState): boolean {
  return (isReady && running !== undefined) || terminated?.exitCode === 0;
}

/** The end that a container's trouble is about: its present one where it failed, else the one of the run before. */
export function lastFailureOf({
  terminated,
  lastTerminated,
}: Pick<ContainerState, "terminated" | "lastTerminated">): Termination | undefined {
  return terminated !== undefined && terminated.exitCode !== 0 ? terminated : lastTerminated;
}

/** How long a run lasted, in milliseconds; the API gives whole seconds. Undefined where its times do not say. */
export function runMs({ startedAt, finishedAt }: Termination): number | undefined {
  return startedAt === undefined || finishedAt === undefined || finishedAt < startedAt
    ? undefined
    : finishedAt - startedAt;
}
