import { kubeletEvent } from "./events.ts";
import { type Load } from "./throughput.ts";

/** So many teams share the rules; every one has rules of its own for some reasons, in its own namespace. */
const REASONS = ["BackOff", "Failed", "Unhealthy", "FailedMount", "FailedScheduling"];

/** One in so many events is of the kind that rules are about; of these, only those of one namespace match. */
const INTERESTING = 10;

/** Events that pass by such rules. None matches: a match has costs of its own, which other cases measure. */
export const PASSING: Load = {
  events: 400_000,
  make: (index) =>
    kubeletEvent(index, {
      reason: index % INTERESTING === 0 ? (REASONS[(index / INTERESTING) % REASONS.length] ?? "") : "Created",
      objects: 1000,
    }),
  wants: { field: "reason", value: "Last" },
};

/** A configuration with `count` rules that name type, reason, kind, component and namespace. */
export function manyRules(count: number): object {
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
  return { rules, sinks: [{ name: "out", type: "file", path: "alerts.jsonl" }], route: { sinks: ["out"] } };
}
