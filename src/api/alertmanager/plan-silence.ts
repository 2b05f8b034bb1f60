import { requestSilence, type Silence, standingOf } from "../../alert/index.ts";
import type { Fault } from "../../lib/schema.ts";
import { RULE_LABEL } from "./api-labels.ts";
import { unsaidOf } from "./gettable-silence.ts";
import { isSameMatcher, type Matcher } from "./matcher.ts";
import type { PostableSilence } from "./postable-silence.ts";
import { toMatch } from "./to-match.ts";
import { toMatchers } from "./to-matchers.ts";

/** The silence to make of a request, and the one that it takes the place of; or why there is none. */
export type SilencePlan =
  | { readonly silence: Silence; readonly replaces: string | undefined }
  | { readonly status: 400 | 404; readonly refusal: string };

/** The facts that a request is held against. */
export interface SilenceFacts {
  readonly all: readonly Silence[];
  /** For a silence that is new. */
  readonly freeId: string;
  readonly labels: Parameters<typeof requestSilence>[1]["labels"];
  /** Epoch milliseconds. */
  readonly now: number;
}

/**
 * Plans a silence by the rules of Alertmanager (its `silence.Set`, 0.35): an id that is known changes that silence where
 * its past stays true, else a new one takes its place. A request that Tocsin's silences cannot express is refused.
 */
export function planSilence(asked: PostableSilence, facts: SilenceFacts): SilencePlan {
  const { all, now } = facts;
  if (asked.startsAt >= asked.endsAt) return refuse("start time must be before end time");
  if (asked.endsAt < now) return refuse("end time can't be in the past");
  const known = all.find(({ id }) => id === asked.id);
  if (asked.id !== "" && known === undefined)
    return { status: 404, refusal: `silence ${asked.id} not found` };
  const obstacle = known === undefined ? undefined : obstacleOf(known);
  if (obstacle !== undefined) return refuse(obstacle);
  return known !== undefined && canChange(known, asked, now)
    ? change(known, asked, facts)
    : make(asked, known, facts);
}

/** Why this API may not change a silence; undefined where it may. */
export function obstacleOf(silence: Silence): string | undefined {
  const { id, origin } = silence;
  if (origin === "config") return `${id} stands in the configuration: change it there`;
  if (origin === "annotation") return `${id} stands on an object: change its annotation`;
  const unsaid = unsaidOf(silence);
  return unsaid === undefined
    ? undefined
    : `${id} ${unsaid}, which this API cannot say: change it by \`tocsin silence\` or /api/v1/silences`;
}

/** Whether the past of the silence stays true: it says the same, and what has begun keeps its begin. */
function canChange(known: Silence, { matchers, startsAt }: PostableSilence, now: number): boolean {
  if (!saySame(toMatchers(known.match), matchers)) return false;
  const { state } = standingOf(known, now);
  if (state === "active") return Math.floor(known.from / 1000) === Math.floor(startsAt / 1000);
  return state === "pending" && startsAt >= now;
}

function saySame(ones: readonly Matcher[], others: readonly Matcher[]): boolean {
  const has = (list: readonly Matcher[], matcher: Matcher): boolean =>
    list.some((other) => isSameMatcher(matcher, other));
  return ones.every((one) => has(others, one)) && others.every((other) => has(ones, other));
}

function change(known: Silence, asked: PostableSilence, facts: SilenceFacts): SilencePlan {
  const isActive = standingOf(known, facts.now).state === "active";
  const from = isActive ? known.from : asked.startsAt;
  const plan = request({ match: known.match, from, asked }, facts, known.id);
  return "silence" in plan ? { ...plan, silence: { ...plan.silence, usedAt: known.usedAt } } : plan;
}

function make(asked: PostableSilence, known: Silence | undefined, facts: SilenceFacts): SilencePlan {
  const match = toMatch(asked.matchers);
  if (typeof match === "string") return refuse(match);
  const plan = request({ match, from: Math.max(asked.startsAt, facts.now), asked }, facts, facts.freeId);
  const isOver = known === undefined || standingOf(known, facts.now).state === "expired";
  return "silence" in plan && !isOver ? { ...plan, replaces: known.id } : plan;
}

function request(
  { match, from, asked }: Pick<Silence, "match" | "from"> & { readonly asked: PostableSilence },
  { all, labels, now }: SilenceFacts,
  id: string,
): SilencePlan {
  const { endsAt: until, createdBy: author, comment } = asked;
  const { silence, faults, hasRoom } = requestSilence(
    { match, from, until, author, comment },
    { id, now, labels, others: all.filter((other) => other.id !== id).length },
  );
  const errors = faults.filter(({ level }) => level === "error");
  if (errors.length > 0) return refuse(errors.map(inWords).join("; "));
  if (!hasRoom) return refuse("there are too many silences already, those that are over included");
  return { silence, replaces: undefined };
}

/** A fault of a silence in the words of this API. */
function inWords({ path: [key, label], message }: Fault): string {
  if (key === "match")
    return label === undefined ? message : `${label === "rule" ? RULE_LABEL : label}: ${message}`;
  return `${key === "until" ? "endsAt" : "startsAt"}: ${message}`;
}

function refuse(refusal: string): SilencePlan {
  return { status: 400, refusal };
}
