import type { ClusterEvent } from "../event/index.ts";
import type {
  CompiledForward,
  CompiledRule,
  CounterMatcher,
  CounterSpec,
  ForwardSet,
  RuleSet,
} from "./compiled-rule.ts";
import { createEventIndex, type EventIndex } from "./event-index.ts";
import { groupByValues } from "./group-by-values.ts";
import { keysOfEvent } from "./keys-of-event.ts";
import { looksUpOf, type Reader, readerOf, textsOf } from "./looks-up.ts";
import type { Matcher } from "./matcher.ts";
import { indexProfiles, type ProfileIndex } from "./profile-index.ts";
import { overlap, type Profile, profileOfCounter, profileOfRow } from "./profile.ts";
import { isCounter, type ReasonTable } from "./reason-table.ts";
import { waysToEnd } from "./ways-to-end.ts";

/** A rule with its profiles for the index. */
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

/** The parts of a rule set; only enabled rules, in the order of their files. */
export interface RuleSetParts {
  readonly rules: readonly IndexedRule[];
  readonly drops: readonly CompiledDrop[];
  readonly table: ReasonTable;
  readonly labelNames: ReadonlySet<string>;
}

const NONE: readonly never[] = Object.freeze([]);

/** Puts rules, drops and the reason table together. It keeps only the parts of its arguments that matching needs. */
export function createRuleSet({ drops: allDrops, table, labelNames, ...parts }: RuleSetParts): RuleSet {
  const rules = parts.rules.map(({ rule, matcher, counterProfiles }) => ({ rule, matcher, counterProfiles }));
  const drops = allDrops.map(({ name, matcher }) => ({ name, matcher }));
  const ordinary = indexMatchers(rules.filter(({ rule }) => !rule.fallback));
  const fallbacks = indexMatchers(rules.filter(({ rule }) => rule.fallback));
  const dropping = indexMatchers(drops);
  const counters = createCounterTest(rules, table);
  const couldMatch = indexProfiles(
    rules.flatMap(({ matcher }) => matcher.alternatives.map(({ profile }) => profile)),
  );
  const droppedBy = (event: ClusterEvent, keys = keysOfEvent(event)): string | undefined => {
    for (const { name, matcher } of dropping(keys)) if (matcher.matches(event)) return name;
    return undefined;
  };
  const readers: readonly Reader[] = [
    ...rules.map(({ rule, matcher }) => readerOf({ what: "rule", name: rule.name }, matcher, textsOf(rule))),
    ...drops.map(({ name, matcher }) => readerOf({ what: "drop", name }, matcher)),
  ];
  return {
    rules: rules.map(({ rule }) => rule),
    byName: new Map(rules.map(({ rule }) => [rule.name, rule])),
    couldMatch,
    couldResolve: counters.could,
    reachesFurther: counters.reachFurther,
    match: (event, onConditionFailed) => {
      const keys = keysOfEvent(event);
      if (droppedBy(event, keys) !== undefined) return NONE;
      const matched = matching(ordinary(keys), event, onConditionFailed);
      return matched.length > 0 ? matched : matching(fallbacks(keys), event, onConditionFailed);
    },
    droppedBy: (event) => droppedBy(event),
    reasonRow: (event) => table.rowOf(event),
    sampleOf: (rule) => rule.sample(table.rows),
    endsOf: (rule) => waysToEnd(rule, table.rowOf(rule.sample(table.rows))),
    readers,
    readsState: rules.some(({ rule }) => rule.state !== undefined),
    looksUp: looksUpOf(readers),
    labelNames,
    couldCounter: (event) => counters.is(event),
  };
}

function matching(
  candidates: readonly IndexedRule[],
  event: ClusterEvent,
  onConditionFailed: ((rule: string) => void) | undefined,
): readonly CompiledRule[] {
  let matched: CompiledRule[] | undefined;
  for (const { rule, matcher } of candidates) {
    const isHeard = matcher.when !== undefined && onConditionFailed !== undefined;
    const onFailed = isHeard ? () => onConditionFailed(rule.name) : undefined;
    if (!matcher.matches(event, onFailed)) continue;
    if (matched === undefined) matched = [rule];
    else matched.push(rule);
  }
  return matched ?? NONE;
}

function indexMatchers<Entry extends { readonly matcher: Matcher }>(
  entries: readonly Entry[],
): EventIndex<Entry> {
  return createEventIndex(
    entries.map((entry) => ({ entry, profiles: entry.matcher.alternatives.map(({ profile }) => profile) })),
  );
}

/** Recognises counter-events: those of the rules, and those of the rows that a rule without its own could use. */
function createCounterTest(
  rules: readonly IndexedRule[],
  table: ReasonTable,
): {
  readonly could: ProfileIndex;
  readonly is: (event: ClusterEvent) => boolean;
  readonly reachFurther: boolean;
} {
  const specs = specsInUse(rules, table);
  const specsByReason = Map.groupBy(specs, (spec) => spec.reason);
  const matchers = rules.flatMap(({ rule }) => rule.resolve.by ?? []);
  const own = anyOf(matchers);
  const could = indexProfiles([
    ...specs.map(profileOfCounter),
    ...rules.flatMap(({ counterProfiles }) => counterProfiles),
  ]);
  return {
    could,
    reachFurther: [...specs, ...matchers].some(({ same }) => !same.includes("object")),
    is: (event) =>
      could({ head: keysOfEvent(event), message: event.message, count: event.count }) &&
      (specsByReason.get(event.reason)?.some((spec) => isCounter(spec, event)) === true || own(event)),
  };
}

/** The counter-events of the rows that a rule without its own could use. */
function specsInUse(rules: readonly IndexedRule[], { rows }: ReasonTable): readonly CounterSpec[] {
  const leaning = rules
    .filter(({ rule }) => rule.resolve.by === undefined)
    .flatMap(({ matcher }) => matcher.alternatives.map(({ profile }) => profile));
  const { named, open } = groupByValues(leaning, ({ values }) => values.reason);
  return rows
    .filter((row) => {
      if (row.counterEvents.length === 0) return false;
      const about = profileOfRow(row);
      const touches = (profile: Profile): boolean => overlap(profile, about);
      return named.get(row.reason)?.some(touches) === true || open.some(touches);
    })
    .flatMap((row) => row.counterEvents);
}

/** Makes a test whether an event is one of these counter-events. */
function anyOf(counters: readonly CounterMatcher[]): (event: ClusterEvent) => boolean {
  const { named, open } = groupByValues(counters, ({ reasons }) => reasons);
  return (event) => {
    const matches = (counter: CounterMatcher): boolean => counter.matches(event);
    return named.get(event.reason)?.some(matches) === true || open.some(matches);
  };
}

/** A forward with its matcher. */
export interface IndexedForward {
  readonly forward: CompiledForward;
  readonly matcher: Matcher;
  /** Sources of texts that its sinks make of a record. */
  readonly texts?: readonly string[];
}

/** Puts forwards together. */
export function createForwardSet(entries: readonly IndexedForward[]): ForwardSet {
  const candidates = indexMatchers(entries);
  const readers = entries.map(({ forward, matcher, texts }) =>
    readerOf({ what: "forward", name: forward.name }, matcher, texts),
  );
  return {
    forwards: entries.map(({ forward }) => forward),
    readers,
    looksUp: looksUpOf(readers),
    couldWant: indexProfiles(
      entries.flatMap(({ matcher }) => matcher.alternatives.map(({ profile }) => profile)),
    ),
    match: (event) => {
      let matched: CompiledForward[] | undefined;
      for (const { forward, matcher } of candidates(keysOfEvent(event))) {
        if (matcher.matches(event)) (matched ??= []).push(forward);
      }
      return matched ?? NONE;
    },
  };
}
