import type { Configuration } from "../config/index.ts";
import type { SelfAlertSink } from "../self/index.ts";

/** The sinks that may carry alerts about the bridge itself. Without `selfAlerts` those of the root route are chosen. */
export function selfAlertSinks({
  policy,
  process,
  sinks,
}: Pick<Configuration, "policy" | "process" | "sinks">): readonly SelfAlertSink[] {
  const chosen = process.selfAlerts?.sinks ?? policy.route?.sinks ?? [];
  return sinks
    .filter(({ type }) => type.takes.includes("alerts"))
    .map(({ name, common: { minSeverity, maxAgeMs } }) => ({
      name,
      isChosen: chosen.includes(name),
      minSeverity,
      maxAgeMs,
    }));
}
