import { z } from "zod";

import { instant, listOf, sentence, word } from "./lenient.ts";

/** Most conditions kept of one object; a Pod of Kubernetes 1.36 has six, a Node five. */
const MOST_CONDITIONS = 32;

/** One entry of `status.conditions`. */
export interface Condition {
  readonly type: string;
  /** `True`, `False` or `Unknown`. */
  readonly status: string;
  readonly reason: string;
  readonly message: string;
  /** When its status changed last, milliseconds since 1970; undefined when its writer left it out. */
  readonly since: number | undefined;
  /** When anything of it changed last; missing where its writer does not say. */
  readonly updatedAt?: number;
}

const schema = z
  .object({
    type: word,
    status: word,
    reason: word,
    message: sentence,
    lastTransitionTime: instant,
    lastUpdateTime: instant,
  })
  .transform(({ lastTransitionTime, lastUpdateTime, ...condition }): Condition => ({
    ...condition,
    since: lastTransitionTime,
    ...(lastUpdateTime === undefined ? {} : { updatedAt: lastUpdateTime }),
  }));

/** The conditions of a status. */
export const conditions = listOf(schema, MOST_CONDITIONS);

/** @returns Undefined when the object has no condition of this type, which says nothing. */
export function conditionOf(
  { conditions: all }: { readonly conditions: readonly Condition[] },
  type: string,
): Condition | undefined {
  return all.find((condition) => condition.type === type);
}
