import type { ClusterEvent } from "../event/index.ts";
import type { CompiledForward, CompiledRule, CounterSpec, ForwardSet, RuleSet } from "./compiled-rule.ts";
import type { Matcher } from "./matcher.ts";
import { perReason } from "./per-reason.ts";
import {
  couldHaveReason,
  indexProfiles,
  overlap,
  type Profile,
  profileOf,
  profileOfCounter,
  profileOfRow,
} from "./profile.ts";
import { isCounter, type ReasonTable } from "./reason-table.ts";

/** A rule with what the index has to know of it. */
export interface IndexedRule {
  readonly rule: CompiledRule;
  readonly matcher: Matcher;
  /** Of its own counter-events. */
  readonly counterProfiles: readonly Profile[];
}

/** A `drop` entry in its executable form. */
export interface CompiledDrop {
  readonly name: string;
  readonly matcher: Matcher;
}

/** What a rule set is made of; only enabled rules, in the order of their files. */
export interface RuleSetParts {
  readonly rules: readonly IndexedRule[];
  readonly drops: readonly CompiledDrop[];
  readonly table: ReasonTable;
}

const NONE: readonly never[] = Object.freeze([]);

/** Puts rules, drops and the reason table together. */
export function createRuleSet({ rules, drops, table }: RuleSetParts): RuleSet {
  const ordinary = indexByReason(rules.filter(({ rule }) => !rule.fallback));
  const fallbacks = indexByReason(rules.filter(({ rule }) => rule.fallback));
  const dropping = indexByReason(drops.map((drop) => ({ ...drop, rule: drop.name })));
  const counters = createCounterTest(rules, table);
  const couldOpen = indexProfiles(rules.flatMap(({ matcher }) => matcher.alternatives.map(profileOf)));
  const droppedBy = (event: ClusterEvent): string | undefined => {
    for (const { name, matcher } of dropping(event.reason)) if (matcher.matches(event)) return name;
    return undefined;
  };
  return {
    rules: rules.map(({ rule }) => rule),
    byName: new Map(rules.map(({ rule }) => [rule.name, rule])),
    couldWant: (type, reason, kind, component) =>
      couldOpen(type, reason, kind, component) || counters.could(type, reason, kind, component),
    match: (event) => {
      if (droppedBy(event) !== undefined) return NONE;
      const matched = matching(ordinary(event.reason), event);
      return matched.length > 0 ? matched : matching(fallbacks(event.reason), event);
    },
    droppedBy,
    reasonRow: (event) => table.rowOf(event),
    couldCounter: (event) => counters.is(event),
  };
}

function matching(candidates: readonly IndexedRule[], event: ClusterEvent): readonly CompiledRule[] {
  let matched: CompiledRule[] | undefined;
  for (const { rule, matcher } of candidates) {
    if (!matcher.matches(event)) continue;
    if (matched === undefined) matched = [rule];
    else matched.push(rule);
  }
  return matched ?? NONE;
}

/** The entries that could match an event with a reason, in their order. */
function indexByReason<Entry extends { readonly matcher: Matcher }>(
  entries: readonly Entry[],
): (reason: string) => readonly Entry[] {
  const profiled = entries.map((entry) => ({ entry, profiles: entry.matcher.alternatives.map(profileOf) }));
  return perReason((reason) =>
    profiled
      .filter(({ profiles }) => profiles.some((profile) => couldHaveReason(profile, reason)))
      .map(({ entry }) => entry),
  );
}

/** Tells counter-events: those of the rules, and those of the rows that a rule without its own could come to use. */
function createCounterTest(
  rules: readonly IndexedRule[],
  table: ReasonTable,
): { readonly could: ReturnType<typeof indexProfiles>; readonly is: (event: ClusterEvent) => boolean } {
  const leaning = rules
    .filter(({ rule }) => rule.resolve.by === undefined)
    .flatMap(({ matcher }) => matcher.alternatives.map(profileOf));
  const specs: readonly CounterSpec[] = table.rows
    .filter(
      (row) => row.counterEvents.length > 0 && leaning.some((profile) => overlap(profile, profileOfRow(row))),
    )
    .flatMap((row) => row.counterEvents);
  const specsByReason = Map.groupBy(specs, (spec) => spec.reason);
  const own = rules.flatMap(({ rule }) => rule.resolve.by ?? []);
  const could = indexProfiles([
    ...specs.map(profileOfCounter),
    ...rules.flatMap(({ counterProfiles }) => counterProfiles),
  ]);
  return {
    could,
    is: (event) =>
      could(event.type, event.reason, event.involvedObject.kind, event.source.component) &&
      (specsByReason.get(event.reason)?.some((spec) => isCounter(spec, event)) === true ||
        own.some((counter) => counter.matches(event))),
  };
}

/** A forward with its matcher. */
export interface IndexedForward {
  readonly forward: CompiledForward;
  readonly matcher: Matcher;
}

/** Puts forwards together. */
export function createForwardSet(entries: readonly IndexedForward[]): ForwardSet {
  const candidates = indexByReason(entries);
  return {
    forwards: entries.map(({ forward }) => forward),
    couldWant: indexProfiles(entries.flatMap(({ matcher }) => matcher.alternatives.map(profileOf))),
    match: (event) => {
      let matched: CompiledForward[] | undefined;
      for (const { forward, matcher } of candidates(event.reason)) {
        if (matcher.matches(event)) (matched ??= []).push(forward);
      }
      return matched ?? NONE;
    },
  };
}
