import type { ApiClient } from "../../kube/index.ts";
import type { Clock } from "../../lib/clock.ts";
import type { Logger } from "../../lib/log.ts";
import type { WatchMetrics } from "./watch-metrics.ts";

/** The cluster and the collaborators that all watchers of a source share. */
export interface SourceContext {
  /** The name of the cluster. */
  readonly cluster: string;
  readonly client: ApiClient;
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  readonly log: Logger;
  readonly metrics: WatchMetrics;
}
