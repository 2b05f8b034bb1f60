import type { ReloadOutcome } from "../api/index.ts";
import type { Configuration } from "../config/index.ts";
import type { ApiClient, OwnPod } from "../kube/index.ts";
import type { Clock } from "../lib/clock.ts";
import type { Logger } from "../lib/log.ts";
import type { Metrics } from "../lib/metrics.ts";
import type { Scrubber } from "../lib/scrub.ts";
import type { Reporter } from "../reporter/index.ts";

/** Collaborators of an app; several apps can live in one process. */
export interface AppOptions {
  readonly configuration: Configuration;
  /** Reads everything again, for a reload. @param cluster The name that stays while the service runs. */
  readonly load: (cluster: string) => Promise<{
    readonly configuration: Configuration | undefined;
    readonly findings: ReloadOutcome["findings"];
  }>;
  readonly client: ApiClient;
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  readonly env: NodeJS.ProcessEnv;
  readonly log: Logger;
  /** The metrics of this app; each app needs a registry of its own. */
  readonly metrics: Metrics;
  readonly scrubber: Scrubber;
  readonly stdout: (text: string) => Promise<void>;
  /** Whether standard output is a terminal that wants colour. */
  readonly colour: boolean;
  readonly version: string;
  /** False: the API server has nothing but Events. */
  readonly looksUp?: boolean | undefined;
  /** Gives memory that nobody needs any more back to the system. */
  readonly returnMemory?: (() => void) | undefined;
  /** Writes Events about the bridge itself; closed with the app. */
  readonly ownEvents?: { readonly reporter: Reporter; readonly pod: OwnPod } | undefined;
}

/** The whole service. Made → started → stopped; each only once, and a start that fails leaves nothing open. */
export interface App {
  /** @throws {TocsinError} when the state file or the address cannot be opened; or the error of a `stop` meanwhile. */
  start(): Promise<void>;
  /** Takes a changed configuration into use, or refuses it and keeps the old one; never rejects. Only while it runs. */
  reload(): Promise<ReloadOutcome>;
  /**
   * Commits everything that was read, lets running attempts finish for some seconds, leaves the rest for the next
   * start. Safe to call again.
   */
  stop(): Promise<void>;
  /** Rejects when a loop has failed for good; resolves after `stop`. */
  readonly ended: Promise<void>;
  /** `http://127.0.0.1:8080`; undefined while not started. */
  readonly address: string | undefined;
}
