import { compilePattern } from "../../expression/index.ts";

/** A condition on one label, as Alertmanager writes it: `name = value`, `!=`, `=~` or `!~`. A missing label is "". */
export interface Matcher {
  readonly name: string;
  readonly value: string;
  /** Whether the value is an RE2 expression, which stands for the whole value of the label. */
  readonly isRegex: boolean;
  readonly isEqual: boolean;
}

/** Whether labels fulfil a condition. */
export type LabelTest = (labels: Readonly<Record<string, string>>) => boolean;

/** A regular expression over the whole value, as Alertmanager anchors it (its `pkg/labels/matcher.go`, 0.35). */
export function anchored(regex: string): string {
  return `^(?:${regex})$`;
}

/** The inverse of `anchored`; undefined for any other expression. */
export function innerOf(regex: string): string | undefined {
  const inner = /^\^\(\?:(?<inner>.*)\)\$$/su.exec(regex)?.groups?.["inner"];
  // `^(?:a)|(?:b)$` only looks like one.
  return inner === undefined || faultOfRegex(inner) !== undefined ? undefined : inner;
}

/** The faults of a regular expression, in words; undefined for none. */
export function faultOfRegex(regex: string): string | undefined {
  const { faults } = compilePattern({ regex });
  return faults.length === 0 ? undefined : faults.map(({ message }) => message).join("; ");
}

/** Compiles a matcher; a text says what is wrong with its regular expression. */
export function compileMatcher({ name, value, isRegex, isEqual }: Matcher): LabelTest | string {
  const test = isRegex ? compileWhole(value) : (text: string) => text === value;
  if (typeof test === "string") return test;
  return (labels) => test(Object.hasOwn(labels, name) ? (labels[name] ?? "") : "") === isEqual;
}

/** Compiles a regular expression over a whole text; a text says what is wrong with it. */
export function compileWhole(regex: string): ((text: string) => boolean) | string {
  const whole = anchored(regex);
  const { value } = compilePattern({ regex: whole });
  return value === undefined ? (faultOfRegex(whole) ?? "") : (text) => value.test(text);
}

/** Whether two matchers say the same. */
export function isSameMatcher(one: Matcher, other: Matcher): boolean {
  return (
    one.name === other.name &&
    one.value === other.value &&
    one.isRegex === other.isRegex &&
    one.isEqual === other.isEqual
  );
}
