import type { EventKeys } from "../event/index.ts";
import { createEventIndex } from "./event-index.ts";
import { couldHave, type Profile, PROFILE_FIELDS } from "./profile.ts";

/** Tells for the keys of an event whether any profile could have them, in a few look-ups and without allocating. */
export type ProfileIndex = (keys: EventKeys) => boolean;

/** An index over profiles. */
export function indexProfiles(profiles: readonly Profile[]): ProfileIndex {
  const find = createEventIndex(
    [...distinct(profiles)].map((profile) => ({ entry: profile, profiles: [profile] })),
  );
  return (keys) => {
    for (const profile of find(keys)) if (allows(profile, keys)) return true;
    return false;
  };
}

function allows(profile: Profile, keys: EventKeys): boolean {
  for (const field of PROFILE_FIELDS) if (!couldHave(profile, field, keys[field])) return false;
  return true;
}

function distinct(profiles: readonly Profile[]): Iterable<Profile> {
  return new Map(profiles.map((profile) => [keyOf(profile), profile])).values();
}

function keyOf({ values, reasonPattern }: Profile): string {
  const lists = PROFILE_FIELDS.map((field) => {
    const exact = values[field];
    return exact === undefined ? null : [...exact].toSorted();
  });
  return JSON.stringify([reasonPattern?.text, lists]);
}
