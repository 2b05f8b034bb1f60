import type { Glimpse } from "./compiled-rule.ts";
import { createEventIndex } from "./event-index.ts";
import { couldHave, type Profile, PROFILE_FIELDS } from "./profile.ts";

/**
 * Tells whether an event could have any of the profiles: by its keys in a few look-ups and without allocating, and by its
 * message and its count where the keys alone do not say no.
 */
export type ProfileIndex = (glimpse: Glimpse) => boolean;

/** An index over profiles. */
export function indexProfiles(profiles: readonly Profile[]): ProfileIndex {
  const find = createEventIndex(
    [...distinct(profiles)].map((profile) => ({ entry: profile, profiles: [profile] })),
  );
  return (glimpse) => {
    for (const profile of find(glimpse.head)) if (allows(profile, glimpse)) return true;
    return false;
  };
}

function allows(profile: Profile, glimpse: Glimpse): boolean {
  const { head } = glimpse;
  for (const field of PROFILE_FIELDS) if (!couldHave(profile, field, head[field])) return false;
  if (profile.messagePattern?.test(glimpse.message) === false) return false;
  return profile.countPattern === undefined || profile.countPattern.test(glimpse.count);
}

function distinct(profiles: readonly Profile[]): Iterable<Profile> {
  return new Map(profiles.map((profile) => [keyOf(profile), profile])).values();
}

function keyOf({ values, reasonPattern, typePattern, messagePattern, countPattern }: Profile): string {
  const lists = PROFILE_FIELDS.map((field) => {
    const exact = values[field];
    return exact === undefined ? null : [...exact].toSorted();
  });
  return JSON.stringify([
    reasonPattern?.text,
    typePattern?.text,
    messagePattern?.text,
    countPattern?.text,
    lists,
  ]);
}
