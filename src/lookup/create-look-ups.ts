import type { ApiClient } from "../kube/index.ts";
import type { Clock } from "../lib/clock.ts";
import type { Logger } from "../lib/log.ts";
import type { Metrics } from "../lib/metrics.ts";
import type { InspectedKind } from "../object/index.ts";
import { ContainerLogs, type ContainerLogsOptions } from "./container-logs.ts";
import { LookUpPace } from "./look-up-pace.ts";
import { LookUp } from "./look-up.ts";
import { StateLookUp } from "./state-look-up.ts";
import { turnsOf } from "./turn.ts";

/** Collaborators and values of look-ups. */
export interface LookUpsDeps {
  /** `owners`: metadata alone; `state`: also the state of objects. */
  readonly enrich: "owners" | "state";
  /** The name of the cluster: objects of other clusters are not looked up. */
  readonly cluster: string;
  /** The only namespaces with look-ups; empty for all of them. */
  readonly namespaces: readonly string[];
  /** Kinds beside the built-in ones, as configured now. */
  readonly inspected: () => readonly InspectedKind[];
  /** Whether somebody reads labels and annotations of objects or namespaces. */
  readonly keepsTexts: () => boolean;
  /** Logs in messages; undefined: none is read. */
  readonly logs?: Pick<ContainerLogsOptions, "namespaces" | "lines"> | undefined;
  readonly client: Pick<ApiClient, "getJson" | "getText">;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
}

/**
 * Makes the look-ups of one API server, which share one pace where states are read. An object whose state was just read
 * needs no second request for its owner.
 */
export function createLookUps(deps: LookUpsDeps): {
  readonly owners: LookUp;
  readonly states: StateLookUp | undefined;
  /** Undefined where no log is read. */
  readonly logs: ContainerLogs | undefined;
} {
  const { clock } = deps;
  if (deps.enrich === "owners")
    return { owners: new LookUp({ ...deps, inspected: undefined }), states: undefined, logs: undefined };
  const pace = new LookUpPace(clock.monotonic());
  const owners = new LookUp({ ...deps, turn: turnsOf(pace, "owner", clock) });
  const states = new StateLookUp({ ...deps, pace, onRead: (object, body) => owners.learn(object, body) });
  const turn = turnsOf(pace, "logs", clock);
  const logs = deps.logs && new ContainerLogs({ ...deps, ...deps.logs, turn });
  return { owners, states, logs };
}
