import type { GroupFacts } from "../../rule/index.ts";
import type { NotifiedAlert } from "../notification.ts";
import type { AlertState } from "../state.ts";
import { type Composing, toNotified } from "./to-notified.ts";

/** Objects that an alert outside of a message names. */
export const MOST_OBJECTS = 20;

/**
 * An alert as receivers get it outside of a message, with the texts of its rule. It has no evidence: only the engine
 * knows the state of objects.
 */
export function toOpenAlert(
  alert: AlertState,
  group: GroupFacts,
  { rule, now }: Pick<Composing, "rule" | "now">,
): NotifiedAlert {
  const nothing = { get: () => undefined };
  return toNotified(
    alert,
    { group, room: MOST_OBJECTS },
    // A text that cannot be rendered is logged by the messages about the alert.
    { rule, now, facts: nothing, onTextError: () => undefined },
  );
}
