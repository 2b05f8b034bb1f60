import type { AlertState } from "../state.ts";

/** Alerts that were read one by one have copies of what thousands of them have in common; this keeps it once. */
export class SharedFields {
  readonly #texts = new Map<string, string>();
  readonly #lists = new Map<string, AlertState["destinations"]>();

  /** The same alert, with the values that were seen first. */
  of(alert: AlertState): AlertState {
    const { ruleVersion, destinations } = alert;
    return {
      ...alert,
      ruleVersion: keptIn(this.#texts, ruleVersion, ruleVersion),
      destinations: keptIn(this.#lists, JSON.stringify(destinations), destinations),
    };
  }
}

/** The value that is known under a key; this one from now on when there is none. */
function keptIn<Value>(known: Map<string, Value>, key: string, value: Value): Value {
  const before = known.get(key);
  if (before === undefined) known.set(key, value);
  return before ?? value;
}
