import { RULE_REASONS, type Schedule } from "./schedule.ts";

const AT_ONCE = { critical: "0s", else: "0s" };

/** The bridge's configuration: everything is forwarded to two sinks, and most of it is an alert as well. */
export function configurationOf(schedule: Schedule, receivers: string): object {
  const sink = (name: string): object => ({
    name,
    type: "webhook",
    url: `${receivers}/${name}`,
    timeout: "60s",
  });
  return {
    cluster: "chaos",
    kubernetes: {
      kubeconfig: "kubeconfig.yaml",
      startFrom: "all",
      api: schedule.api,
      namespaces: schedule.namespaces,
      eventTtl: `${schedule.eventTtlMinutes}m`,
      enrich: "off",
    },
    state: { path: "state/tocsin.db" },
    rules: RULE_REASONS.map((reason) => ({
      name: reason.replace(/^Chaos/u, "chaos-").toLowerCase(),
      match: { reason },
      identity: ["namespace", "object"],
      // So many at once would come in digests, but for what is critical.
      severity: "critical",
      lifecycle: "recurring",
      // Longer than any run, so that every alert begins once.
      resolve: { quiet: "7d", maxAge: "30d" },
    })),
    forward: [{ name: "all", sinks: ["ledger", "mirror"] }],
    sinks: [sink("ledger"), { ...sink("mirror"), batch: { size: 20, wait: "1s" } }, sink("alerts")],
    route: { sinks: ["alerts"], groupBy: ["..."], groupWait: AT_ONCE, groupInterval: AT_ONCE },
    log: { format: "json" },
  };
}
