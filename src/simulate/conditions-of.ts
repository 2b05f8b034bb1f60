import type { StateSpec } from "./state-spec.ts";

/** A part of an object as the API server writes it. */
export type Body = Readonly<Record<string, unknown>>;

/** Times of a state, as the API server writes them. */
export interface Times {
  readonly since: string;
  readonly of: (fromStart: number) => string;
}

/** Writes spec and status of one kind. */
export type Writer = (state: StateSpec, times: Times) => { readonly spec?: Body; readonly status: Body };

/** Conditions as `status` has them: those that the kind has, and those that the story adds. */
export function conditionsOf(
  { conditions = {} }: StateSpec,
  since: string,
  own: Readonly<Record<string, boolean>>,
): readonly Body[] {
  const stated = Object.entries(own).map(([type, is]): readonly [string, string] => [
    type,
    is ? "True" : "False",
  ]);
  const all = new Map([...stated, ...Object.entries(conditions)]);
  return [...all].map(([type, status]) => ({ type, status, lastTransitionTime: since }));
}
