import { z } from "zod";

import type { Choosing, Notification } from "../../alert/index.ts";
import { strict } from "../../lib/schema.ts";

/** One value, or one of a closed set by a label of the alert, so that no Event names a destination. */
export type Choice<Value> = { readonly only: Value } | Chosen<Value>;

interface Chosen<Value> {
  readonly by: string;
  readonly of: Readonly<Record<string, Value>>;
  readonly else: Value;
}

/** The name of the value for alerts whose label has none of its own. */
const OTHERS = "else";

/**
 * An option with one value, or `{ by: team, of: { shop: …, pay: … }, else: … }`.
 *
 * @param words.one For the fault of anything else: `a routing key`.
 * @param words.many For the fault of `of`: `routing keys`.
 * @param alone The form of the only value, where it differs from that of the chosen ones.
 */
export function choiceOption<Value>(
  schema: z.ZodType<Value>,
  words: { readonly one: string; readonly many: string },
  alone: z.ZodType<Value> = schema,
): z.ZodType<Choice<Value>> {
  const chosen = strict({
    by: z.string({ error: "expected a label of the alert, such as team" }).min(1),
    of: z
      .record(z.string(), schema, { error: `expected a mapping from values of the label to ${words.many}` })
      .refine((of) => !Object.hasOwn(of, OTHERS), { error: "else stands beside of, not in it" }),
    else: schema,
  });
  return z
    .union([alone, chosen], { error: `expected ${words.one}, or { by, of, else }` })
    .transform((value) => (isChosen(value) ? value : { only: value }));
}

/** No value has the key `by`. */
function isChosen<Value>(value: Value | Chosen<Value>): value is Chosen<Value> {
  return typeof value === "object" && value !== null && "by" in value;
}

/**
 * How the destination is chosen; undefined where there is only one.
 *
 * @param show Names a destination that is no secret, so that two labels with the same are one. Left out: a destination
 * has the name of its label's value.
 */
export function choosing<Value>(
  choice: Choice<Value>,
  show?: (value: Value) => string,
): Choosing | undefined {
  if ("only" in choice) return undefined;
  return {
    label: choice.by,
    nameOf: (value) => {
      const name = Object.hasOwn(choice.of, value) ? value : OTHERS;
      return show === undefined ? name : show(valueOf(choice, name));
    },
  };
}

/** The name of the destination of a notification: a value of the label, `else`, or "" where there is only one. */
export function chosenName(
  choice: Choice<unknown>,
  { group, alerts }: Pick<Notification, "group" | "alerts">,
): string {
  if ("only" in choice) return "";
  // Routes to the sink group by the label, so all alerts have the value that their group has.
  const value = group.labels[choice.by] ?? alerts[0]?.labels[choice.by] ?? "";
  return Object.hasOwn(choice.of, value) ? value : OTHERS;
}

/** The value with a name that `chosenName` or `Choosing` gave. */
export function valueOf<Value>(choice: Choice<Value>, name: string): Value {
  if ("only" in choice) return choice.only;
  return choice.of[name] ?? choice.else;
}

/** All values by their names. */
export function valuesOf<Value>(choice: Choice<Value>): ReadonlyMap<string, Value> {
  if ("only" in choice) return new Map([["", choice.only]]);
  return new Map([...Object.entries(choice.of), [OTHERS, choice.else]]);
}
