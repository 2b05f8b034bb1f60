import type { EventKeys } from "../event/index.ts";
import type { CompiledPattern } from "../expression/index.ts";
import type { CounterSpec, ReasonRow } from "./compiled-rule.ts";
import type { FieldTest } from "./test-compiler.ts";

/** An indexed field of an event. */
export type ProfileField = keyof EventKeys;

/** The indexed fields; those that divide events most come first. */
export const PROFILE_FIELDS: readonly ProfileField[] = ["reason", "namespace", "kind", "component", "type"];

/**
 * The only values of the indexed fields with which an entry can match; a missing field may have any value. An event
 * outside cannot match, one inside may.
 */
export interface Profile {
  readonly values: Readonly<Partial<Record<ProfileField, ReadonlySet<string>>>>;
  /** A pattern on the reason that is more than a list of values; undefined when there is none. */
  readonly reasonPattern: CompiledPattern | undefined;
  /** A pattern on the type that is more than a list of values; undefined when there is none. */
  readonly typePattern: CompiledPattern | undefined;
  /** A pattern on the message; undefined when there is none. */
  readonly messagePattern: CompiledPattern | undefined;
  /** A pattern on the count; undefined when there is none. */
  readonly countPattern: CompiledPattern | undefined;
}

const PATHS: Readonly<Record<ProfileField | "message" | "count", string>> = {
  reason: "reason",
  namespace: "involvedObject.namespace",
  kind: "involvedObject.kind",
  component: "source.component",
  type: "type",
  message: "message",
  count: "count",
};

/** The profile of a mapping with these tests. */
export function profileOf(tests: readonly FieldTest[]): Profile {
  const patternOf = (name: keyof typeof PATHS): CompiledPattern | undefined =>
    tests.find(({ field }) => field.path === PATHS[name])?.pattern;
  const values: Partial<Record<ProfileField, ReadonlySet<string>>> = {};
  for (const name of PROFILE_FIELDS) {
    const exact = patternOf(name)?.exact;
    if (exact !== undefined) values[name] = exact;
  }
  return {
    values,
    reasonPattern: values.reason === undefined ? patternOf("reason") : undefined,
    typePattern: values.type === undefined ? patternOf("type") : undefined,
    messagePattern: patternOf("message"),
    countPattern: patternOf("count"),
  };
}

/** The profile of a row of the reason table. */
export function profileOfRow({
  reason,
  type,
  kinds,
  component,
}: Pick<ReasonRow, "reason" | "type" | "kinds" | "component">): Profile {
  const kind = kinds.length === 0 ? undefined : new Set(kinds);
  return {
    values: {
      ...one("reason", reason),
      ...one("type", type),
      ...(kind && { kind }),
      ...one("component", component),
    },
    reasonPattern: undefined,
    typePattern: undefined,
    messagePattern: undefined,
    countPattern: undefined,
  };
}

/** The profile of a counter-event of the reason table. */
export function profileOfCounter({ reason, kind, component }: CounterSpec): Profile {
  return {
    values: { ...one("reason", reason), ...one("kind", kind), ...one("component", component) },
    reasonPattern: undefined,
    typePattern: undefined,
    messagePattern: undefined,
    countPattern: undefined,
  };
}

/** Whether one event could have both profiles. */
export function overlap({ values: a }: Profile, { values: b }: Profile): boolean {
  return PROFILE_FIELDS.every((field) => {
    const [some, others] = [a[field], b[field]];
    return some === undefined || others === undefined || !some.isDisjointFrom(others);
  });
}

/** Whether something with this profile could have this value in a field. */
export function couldHave(profile: Profile, field: ProfileField, value: string): boolean {
  const exact = profile.values[field];
  if (exact !== undefined) return exact.has(value);
  return patternOn(profile, field)?.test(value) !== false;
}

/** The pattern on a field that is more than a list of values. */
export function patternOn(
  { reasonPattern, typePattern }: Profile,
  field: ProfileField,
): CompiledPattern | undefined {
  if (field === "reason") return reasonPattern;
  return field === "type" ? typePattern : undefined;
}

function one(field: ProfileField, value: string): Profile["values"] {
  return value === "" ? {} : { [field]: new Set([value]) };
}
