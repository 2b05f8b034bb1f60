import { type Silence, standingOf } from "../../alert/index.ts";
import { toInstant } from "../views/instant.ts";
import type { Matcher } from "./matcher.ts";
import { toMatchers } from "./to-matchers.ts";

/** The end of a silence without one, as every silence of Alertmanager has an end. */
const NEVER = Date.UTC(9999, 11, 31, 23, 59, 59);

/** A silence as Alertmanager shows it (`gettableSilence` of its openapi.yaml, 0.35). */
export interface GettableSilence {
  readonly id: string;
  readonly status: { readonly state: "expired" | "active" | "pending" };
  readonly updatedAt: string;
  readonly matchers: readonly Matcher[];
  readonly startsAt: string;
  readonly endsAt: string;
  readonly createdBy: string;
  readonly comment: string;
  readonly annotations: Readonly<Record<string, string>>;
}

/** Makes the form of Alertmanager of a silence. @param now Epoch milliseconds. */
export function toGettableSilence(silence: Silence, now: number): GettableSilence {
  const { id, match, from, until = NEVER, author, comment, createdAt } = silence;
  const unsaid = unsaidOf(silence);
  return {
    id,
    status: { state: standingOf(silence, now).state },
    updatedAt: toInstant(createdAt),
    matchers: toMatchers(match),
    startsAt: toInstant(from),
    endsAt: toInstant(until),
    createdBy: author,
    comment: unsaid === undefined ? comment : `${comment} [Tocsin: ${unsaid}]`,
    annotations: {},
  };
}

/** The properties of a silence that those of Alertmanager lack, in words; undefined for none. */
export function unsaidOf({ untilResolved, schedule }: Silence): string | undefined {
  const unsaid = [
    ...(untilResolved ? ["ends when no alert that it matches fires"] : []),
    ...(schedule === undefined ? [] : ["holds in some hours only"]),
  ];
  return unsaid.length === 0 ? undefined : unsaid.join("; ");
}

/** The order of Alertmanager: active ones by end, pending ones by begin, ended ones by end, the newest first. */
export function inOrder(silences: readonly GettableSilence[]): readonly GettableSilence[] {
  const states = ["active", "pending", "expired"];
  const keyOf = ({ status: { state }, startsAt, endsAt }: GettableSilence): readonly [number, number] => {
    const end = Date.parse(endsAt);
    const within = { active: end, pending: Date.parse(startsAt), expired: -end };
    return [states.indexOf(state), within[state]];
  };
  const keyed = silences.map((silence) => [keyOf(silence), silence] as const);
  return keyed.toSorted(([a], [b]) => a[0] - b[0] || a[1] - b[1]).map(([, silence]) => silence);
}
