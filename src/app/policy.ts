import type { Policy, SinkPolicy } from "../alert/index.ts";
import type { Configuration } from "../config/index.ts";

/** What the engine needs of a configuration. */
export function toPolicy(configuration: Configuration, cluster: string): Policy {
  const sinks = configuration.sinks.map(({ name, common }): SinkPolicy => ({
    name,
    minSeverity: common.minSeverity,
    sendResolved: common.sendResolved,
    maxAgeMs: common.maxAgeMs,
  }));
  return {
    cluster,
    rules: configuration.rules,
    forwards: configuration.forwards,
    route: configuration.route,
    sinks: new Map(sinks.map((sink) => [sink.name, sink])),
    trustSeverityFrom: new Set(configuration.kubernetes.trustSeverityFrom),
  };
}
