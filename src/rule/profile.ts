import type { CompiledPattern } from "../expression/index.ts";
import type { CounterSpec, ReasonRow } from "./compiled-rule.ts";
import type { Alternative } from "./matcher.ts";
import { perReason } from "./per-reason.ts";

/**
 * The values of the four indexed fields that something can match at most; undefined for any. An event outside of it
 * cannot match, one inside may.
 */
export interface Profile {
  readonly reasons: ReadonlySet<string> | undefined;
  /** A pattern on the reason that is more than values; undefined when there is none. */
  readonly reasonPattern: CompiledPattern | undefined;
  readonly types: ReadonlySet<string> | undefined;
  readonly kinds: ReadonlySet<string> | undefined;
  readonly components: ReadonlySet<string> | undefined;
}

/** The profile of one mapping of a match. */
export function profileOf(alternative: Alternative): Profile {
  const patternOf = (path: string): CompiledPattern | undefined =>
    alternative.tests.find(({ field }) => field.path === path)?.pattern;
  const exact = (path: string): ReadonlySet<string> | undefined => patternOf(path)?.exact;
  const reason = patternOf("reason");
  return {
    reasons: reason?.exact,
    reasonPattern: reason?.exact === undefined ? reason : undefined,
    types: exact("type"),
    kinds: exact("involvedObject.kind"),
    components: exact("source.component"),
  };
}

/** The profile of a row of the reason table. */
export function profileOfRow(row: ReasonRow): Profile {
  return {
    reasons: new Set([row.reason]),
    reasonPattern: undefined,
    types: one(row.type),
    kinds: row.kinds.length === 0 ? undefined : new Set(row.kinds),
    components: one(row.component),
  };
}

/** The profile of a counter-event of the reason table. */
export function profileOfCounter(spec: CounterSpec): Profile {
  return {
    reasons: new Set([spec.reason]),
    reasonPattern: undefined,
    types: undefined,
    kinds: one(spec.kind),
    components: one(spec.component),
  };
}

/** Whether one event could have both profiles. */
export function overlap(a: Profile, b: Profile): boolean {
  return (
    shareOne(a.reasons, b.reasons) &&
    shareOne(a.types, b.types) &&
    shareOne(a.kinds, b.kinds) &&
    shareOne(a.components, b.components)
  );
}

/** Whether something with this profile could have this reason. */
export function couldHaveReason({ reasons, reasonPattern }: Profile, reason: string): boolean {
  if (reasons !== undefined) return reasons.has(reason);
  return reasonPattern === undefined || reasonPattern.test(reason);
}

function one(value: string): ReadonlySet<string> | undefined {
  return value === "" ? undefined : new Set([value]);
}

function shareOne(a: ReadonlySet<string> | undefined, b: ReadonlySet<string> | undefined): boolean {
  return a === undefined || b === undefined || !a.isDisjointFrom(b);
}

/** Answers for the four keys of an event whether any profile could have it, in a few look-ups and without allocating. */
export type ProfileIndex = (type: string, reason: string, kind: string, component: string) => boolean;

/** An index over profiles. */
export function indexProfiles(profiles: readonly Profile[]): ProfileIndex {
  const all = [...distinct(profiles)];
  const ofReason = perReason((reason) => all.filter((profile) => couldHaveReason(profile, reason)));
  return (type, reason, kind, component) => {
    for (const { types, kinds, components } of ofReason(reason)) {
      if (
        (types === undefined || types.has(type)) &&
        (kinds === undefined || kinds.has(kind)) &&
        (components === undefined || components.has(component))
      ) {
        return true;
      }
    }
    return false;
  };
}

function distinct(profiles: readonly Profile[]): Iterable<Profile> {
  const list = (values: ReadonlySet<string> | undefined): readonly string[] | null =>
    values === undefined ? null : [...values].toSorted();
  return new Map(
    profiles.map((profile) => {
      const { reasons, reasonPattern, types, kinds, components } = profile;
      const reason = reasonPattern?.text ?? list(reasons);
      return [JSON.stringify([reason, list(types), list(kinds), list(components)]), profile];
    }),
  ).values();
}
