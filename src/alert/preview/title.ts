import type { CompiledRule } from "../../rule/index.ts";
import { toNotified } from "../message/to-notified.ts";
import type { AlertState } from "../state.ts";

/** The title that a message about this alert alone would have; nothing is known of its objects. @param now Epoch milliseconds. */
export function titleOf(alert: AlertState, rule: CompiledRule, now: number): string {
  const group = { key: "", labels: {}, alerts: 1 };
  const composing = {
    rule: () => rule,
    facts: { get: () => undefined },
    onTextError: () => undefined,
    now,
  };
  return toNotified(alert, { group, room: 0 }, composing).title;
}
