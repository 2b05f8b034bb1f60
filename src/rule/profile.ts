import type { CounterSpec, ReasonRow } from "./compiled-rule.ts";
import type { Alternative } from "./matcher.ts";

/**
 * The values of the four indexed fields that something can match at most; undefined for any. An event outside of it
 * cannot match, one inside may.
 */
export interface Profile {
  readonly reasons: ReadonlySet<string> | undefined;
  readonly types: ReadonlySet<string> | undefined;
  readonly kinds: ReadonlySet<string> | undefined;
  readonly components: ReadonlySet<string> | undefined;
}

/** The profile of one mapping of a match. */
export function profileOf(alternative: Alternative): Profile {
  const exact = (path: string): ReadonlySet<string> | undefined =>
    alternative.tests.find(({ field }) => field.path === path)?.pattern.exact;
  return {
    reasons: exact("reason"),
    types: exact("type"),
    kinds: exact("involvedObject.kind"),
    components: exact("source.component"),
  };
}

/** The profile of a row of the reason table. */
export function profileOfRow(row: ReasonRow): Profile {
  return {
    reasons: new Set([row.reason]),
    types: one(row.type),
    kinds: row.kinds.length === 0 ? undefined : new Set(row.kinds),
    components: one(row.component),
  };
}

/** The profile of a counter-event of the reason table. */
export function profileOfCounter(spec: CounterSpec): Profile {
  return {
    reasons: new Set([spec.reason]),
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
  const anyReason: Profile[] = [];
  const byReason = new Map<string, Profile[]>();
  for (const profile of distinct(profiles)) {
    if (profile.reasons === undefined) anyReason.push(profile);
    for (const reason of profile.reasons ?? []) {
      const list = byReason.get(reason);
      if (list === undefined) byReason.set(reason, [profile]);
      else list.push(profile);
    }
  }
  const some = (list: readonly Profile[], type: string, kind: string, component: string): boolean => {
    for (const { types, kinds, components } of list) {
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
  return (type, reason, kind, component) => {
    const list = byReason.get(reason);
    return (
      (list !== undefined && some(list, type, kind, component)) || some(anyReason, type, kind, component)
    );
  };
}

function distinct(profiles: readonly Profile[]): Iterable<Profile> {
  const list = (values: ReadonlySet<string> | undefined): readonly string[] | null =>
    values === undefined ? null : [...values].toSorted();
  return new Map(
    profiles.map((profile) => {
      const { reasons, types, kinds, components } = profile;
      return [JSON.stringify([list(reasons), list(types), list(kinds), list(components)]), profile];
    }),
  ).values();
}
