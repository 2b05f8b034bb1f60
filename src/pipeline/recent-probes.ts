import type { FailedProbe } from "../alert/index.ts";
import { type ClusterEvent, objectKey } from "../event/index.ts";
import { BoundedMap } from "../lib/bounded-map.ts";
import { cutMiddle } from "../lib/cut-middle.ts";
import { oneLine } from "../lib/text.ts";

/** Pods whose failed probes are remembered, and containers of one pod, the newest ones. */
const MOST_PODS = 5000;
const MOST_OF_ONE = 4;

/** How long a failed probe may explain that its container was killed. */
const PROBE_MS = 3_600_000;

/** Longest answer that is kept, UTF-16 units: a probe may answer with a whole page. */
const LONGEST_MESSAGE = 300;

/** Texts of Kubernetes 1.19 to 1.36. A readiness probe kills nothing, and rules tell of it by its own Event. */
const KILLING = /^(?:Liveness|Startup) probe (?:failed|errored)/u;

/**
 * The last answer to the probe of each container: the Event that a container is killed for its probe does not have it. In
 * memory only.
 */
export class RecentProbes {
  readonly #failed = new BoundedMap<string, readonly FailedProbe[]>(MOST_PODS);

  /** Remembers the failed probe that an Event tells. The key of the pod keeps namespaces apart. */
  record(event: ClusterEvent): void {
    const { source, reason, message, involvedObject, lastSeenAt: at } = event;
    if (source.component !== "kubelet" || reason !== "Unhealthy" || !KILLING.test(message)) return;
    const object = objectKey(event);
    const { container } = involvedObject;
    const others = (this.#failed.get(object) ?? []).filter((known) => known.container !== container);
    const probe = { container, at, message: cutMiddle(oneLine(message), LONGEST_MESSAGE) };
    this.#failed.set(object, [...others, probe].slice(-MOST_OF_ONE));
  }

  /** The failed probes of a pod in the hour before. @param pod Its key. @param now Epoch milliseconds. */
  of(pod: string, now: number): readonly FailedProbe[] {
    return (this.#failed.get(pod) ?? []).filter(({ at }) => at > now - PROBE_MS);
  }
}
