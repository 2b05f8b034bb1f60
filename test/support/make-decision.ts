import type { Changes } from "../../src/alert/index.ts";

/** A decision: the first message of an alert. */
export function makeDecision(over: Partial<Changes["decisions"][number]> = {}): Changes["decisions"][number] {
  return {
    at: 1000,
    rule: "r",
    fingerprint: "f1",
    groupKey: "g",
    namespace: "shop",
    sink: "ops",
    outcome: "notified",
    reason: "first",
    occurrences: 1,
    deliveryId: "d1",
    ...over,
  };
}
