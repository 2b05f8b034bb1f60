import type { Composing } from "../message/to-notified.ts";
import type { DispatchContext } from "./dispatch-context.ts";
import { standingsOf } from "./standings-of.ts";

/** The sources of the texts of a message. */
export function composing(context: DispatchContext): Composing {
  const {
    policy: { rules, pageUrl },
    facts,
    observer,
    now,
  } = context;
  return {
    standingsOf: (alert) => standingsOf(context, alert),
    rule: (name) => rules.byName.get(name),
    facts,
    onTextError: (rule, stage) => observer.ruleError(rule, stage),
    pageUrl,
    now,
  };
}

/** For sinks that want no logs, for words about many groups, and for those that are kept. */
export function composingWithoutLogs(context: DispatchContext): Composing {
  const { facts } = context;
  return { ...composing(context), facts: { get: (object) => facts.get(object) } };
}
