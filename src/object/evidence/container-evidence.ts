import { formatDuration } from "../../lib/duration.ts";
import { oneLine } from "../../lib/text.ts";
import {
  BY_RESTART_RULE,
  type ContainerState,
  lastFailureOf,
  runMs,
  type Termination,
} from "../container.ts";

/** The trouble of one container, by its state. Its texts come from the cluster and are hostile. */
export interface ContainerEvidence {
  readonly name: string;
  readonly image: string;
  readonly restarts: number;
  /** As written in the spec: `40Mi`; "" for none. */
  readonly memoryLimit: string;
  /** Why it does not run, such as `CrashLoopBackOff`; "" when it does. */
  readonly waiting: string;
  /** Undefined when it has never ended. */
  readonly exit:
    | {
        readonly code: number;
        /** `OOMKilled`, `Error`, `Completed`. */
        readonly reason: string;
        /** Milliseconds since 1970. */
        readonly at: number | undefined;
        /** How long it ran, in milliseconds; the API gives whole seconds. */
        readonly ranMs: number | undefined;
      }
    | undefined;
  /** The same for people, in one line; "" when there is nothing to say. */
  readonly text: string;
}

/** Reasons to wait that every container has while its pod starts. */
const NO_TROUBLE = new Set(["", "ContainerCreating", "PodInitializing", BY_RESTART_RULE]);

/** Reasons to wait that only say that another reason came before. */
const CRASHED = "CrashLoopBackOff";

/** Reasons of an end that its exit code says as well. */
const PLAIN_REASONS = new Set(["", "Error", "Completed"]);

/** The trouble of a container; undefined when it has none. */
export function containerEvidence(container: ContainerState): ContainerEvidence | undefined {
  const { name, image, restarts, memoryLimit, waiting } = container;
  const ended = lastFailureOf(container);
  const waits = waiting !== undefined && !NO_TROUBLE.has(waiting.reason) ? waiting : undefined;
  if (ended === undefined && waits === undefined) return undefined;
  const isCrash = waits === undefined || (waits.reason === CRASHED && ended !== undefined);
  return {
    name,
    image,
    restarts,
    memoryLimit,
    waiting: waits?.reason ?? "",
    exit: ended && { code: ended.exitCode, reason: ended.reason, at: ended.finishedAt, ranMs: runMs(ended) },
    text: isCrash && ended !== undefined ? exitText(ended, container) : waitingText(waits),
  };
}

/** `exit 137 OOMKilled after 15 s, limit 40Mi, 3 restarts`, `exit 1 after < 1 s`. */
function exitText(ended: Termination, { memoryLimit, restarts }: ContainerState): string {
  const { exitCode, signal, reason } = ended;
  const parts = [`exit ${exitCode}`];
  if (!PLAIN_REASONS.has(reason)) parts.push(oneLine(reason));
  if (signal !== 0) parts.push(`signal ${signal}`);
  const ran = runMs(ended);
  if (ran !== undefined) parts.push(`after ${ran < 1000 ? "< 1 s" : formatDuration(ran)}`);
  const rest = [
    ...(reason === "OOMKilled" && memoryLimit !== "" ? [`limit ${oneLine(memoryLimit)}`] : []),
    ...(restarts === 0 ? [] : [restarts === 1 ? "1 restart" : `${restarts} restarts`]),
  ];
  return [parts.join(" "), ...rest].join(", ");
}

function waitingText(waits: ContainerState["waiting"]): string {
  if (waits === undefined) return "";
  return oneLine(waits.message === "" ? waits.reason : `${waits.reason}: ${waits.message}`);
}
