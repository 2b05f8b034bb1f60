import type { Policy } from "../alert/index.ts";
import type { Configuration } from "./configuration.ts";

/** What of a configuration the alert engine decides by. @param cluster The name, from wherever it came. */
export function toPolicy(configuration: Configuration, cluster: string): Policy {
  const { rules, forwards, route, inhibit, silences, sinks, kubernetes } = configuration;
  return {
    cluster,
    rules,
    forwards,
    route,
    inhibit,
    silences,
    sinks: new Map(
      sinks.map(({ name, common: { minSeverity, sendResolved, maxAgeMs } }) => [
        name,
        { name, minSeverity, sendResolved, maxAgeMs },
      ]),
    ),
    trustSeverityFrom: new Set(kubernetes.trustSeverityFrom),
  };
}
