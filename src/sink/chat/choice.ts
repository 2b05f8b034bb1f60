import { z } from "zod";

import type { Notification } from "../../alert/index.ts";
import { strict } from "../../lib/schema.ts";

/** One value, or one of a closed set by a label of the alert: no Event names a destination. */
export type Choice<Value> =
  | { readonly only: Value }
  | { readonly by: string; readonly of: Readonly<Record<string, Value>>; readonly else: Value };

/** The name of the value that is there for every label without one of its own. */
const OTHERS = "else";

/**
 * An option with one value, or `{ by: team, of: { shop: …, pay: … }, else: … }`.
 *
 * @param expected For the fault of anything else: `a routing key`.
 */
export function choiceOption<Value extends object | string>(
  schema: z.ZodType<Value>,
  expected: string,
): z.ZodType<Choice<Value>> {
  const chosen = strict({
    by: z.string({ error: "expected a label of the alert, such as team" }).min(1),
    of: z.record(z.string(), schema, { error: `expected a mapping from values of the label to ${expected}` }),
    else: schema,
  });
  return z.union([chosen, schema.transform((only) => ({ only }))], {
    error: `expected ${expected}, or { by, of, else }`,
  });
}

/** The name of the value for a notification: the label's value, `else`, or "" where there is only one. */
export function chosenName(choice: Choice<unknown>, { alerts }: Pick<Notification, "alerts">): string {
  if ("only" in choice) return "";
  const value = alerts[0]?.labels[choice.by] ?? "";
  return Object.hasOwn(choice.of, value) ? value : OTHERS;
}

/** All values by their names, as `chosenName` gives them. */
export function valuesOf<Value>(choice: Choice<Value>): ReadonlyMap<string, Value> {
  if ("only" in choice) return new Map([["", choice.only]]);
  return new Map([...Object.entries(choice.of), [OTHERS, choice.else]]);
}
