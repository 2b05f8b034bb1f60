import type { Notification } from "../../alert/index.ts";
import { shortLine } from "./words.ts";

const LONGEST_PART = 200;
const MOST_NAMES = 3;

/**
 * Why the reader gets this: rule, reason as Kubernetes writes it, cluster, route, and alerts held back. Each part is
 * one line, not escaped.
 */
export function whyOf(notification: Notification): readonly string[] {
  const { alerts, cluster, route, sink, test, trigger } = notification;
  if (test) {
    // The built-in text says it; a sink's own does not.
    const sender = notification.text.builtIn === "" ? "sent by tocsin send-test" : "";
    return clean([`sink ${sink}`, sender, cluster]);
  }
  if (trigger === "self") return clean(["tocsin itself", cluster]);
  const rules = namesOf(alerts.map((alert) => alert.rule));
  const reasons = namesOf(alerts.map((alert) => alert.event.reason));
  const components = new Set(alerts.map((alert) => alert.event.source.component));
  const [component = ""] = components;
  const from = components.size === 1 && component !== "" ? ` from ${component}` : "";
  return clean([
    rules === ""
      ? ""
      : `${alerts.some((alert) => alert.rule !== alerts[0]?.rule) ? "rules" : "rule"} ${rules}`,
    reasons === "" ? "" : `${reasons}${from}`,
    cluster,
    // The route of a rule with its own sinks is named after the rule.
    route.startsWith("rule:") ? "" : `route ${route}`,
    LATE.get(trigger) ?? "",
    heldBack(notification.suppressed),
  ]);
}

/** Why the message comes later than the problem began. */
const LATE: ReadonlyMap<Notification["trigger"], string> = new Map([
  ["unmuted", "muted until now"],
  ["silence-ended", "silenced until now"],
  ["storm", "one message for many"],
  ["scheduled", "one message for all since the last"],
  ["flapping", "fires and ends over and over"],
]);

/** `12 held back by inhibition, 3 by silence`. */
function heldBack(suppressed: Readonly<Record<string, number>>): string {
  const held = Object.entries(suppressed).filter(([, count]) => count > 0);
  return held
    .map(([reason, count], index) => `${count} ${index === 0 ? "held back by" : "by"} ${reason}`)
    .join(", ");
}

function namesOf(values: readonly string[]): string {
  const names = [...new Set(values)].filter((name) => name !== "");
  const rest = names.length - MOST_NAMES;
  return names.slice(0, MOST_NAMES).join(", ") + (rest > 0 ? ` and ${rest} more` : "");
}

function clean(parts: readonly string[]): readonly string[] {
  return parts.map((part) => shortLine(part, LONGEST_PART)).filter((part) => part !== "");
}
