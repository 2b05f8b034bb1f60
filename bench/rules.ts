import { kubeletEvent } from "./events.ts";
import { measureThroughput, type Throughput } from "./throughput.ts";

/** So many teams share the rules; every one has rules of its own for some reasons, in its own namespace. */
const REASONS = ["BackOff", "Failed", "Unhealthy", "FailedMount", "FailedScheduling"];

/** One in so many events is of the kind that rules are about; of these, only those of one namespace match. */
const INTERESTING = 10;

/**
 * The rate at which events pass by `count` rules that name type, reason, kind, component and namespace. None
 * matches: a match has costs of its own, which other cases measure.
 */
export function measureRules(count: number): Promise<Throughput> {
  const rules = Array.from({ length: count }, (_rule, index) => ({
    name: `rule-${index}`,
    match: {
      type: "Warning",
      reason: REASONS[index % REASONS.length],
      kind: "Pod",
      source: "kubelet",
      // Those of `shop`, where the events are, ask for another container.
      namespace: index < REASONS.length ? "shop" : `team-${Math.floor(index / REASONS.length)}`,
      container: "another",
    },
    lifecycle: "recurring",
    resolve: { by: [{ reason: "Started", namespace: "shop", container: "another" }], quiet: "15m" },
  }));
  return measureThroughput({
    events: 400_000,
    make: (index) =>
      kubeletEvent(index, {
        reason:
          index % INTERESTING === 0 ? (REASONS[(index / INTERESTING) % REASONS.length] ?? "") : "Created",
        objects: 1000,
      }),
    configuration: {
      rules,
      sinks: [{ name: "out", type: "file", path: "alerts.jsonl" }],
      route: { sinks: ["out"] },
    },
    done: (bridge) => bridge.metric("tocsin_events_total"),
  });
}
