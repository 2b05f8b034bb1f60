import { z } from "zod";

import { issueWords } from "./issue-words.ts";
import { nearest } from "./nearest.ts";
import { unknownName } from "./unknown-name.ts";

/** A fault in a parsed value, before its place in a file is known. */
export interface Fault {
  readonly level: "error" | "warning";
  /** Keys and indexes from the root of the document. */
  readonly path: readonly (string | number)[];
  /** Point at the key itself instead of its value. */
  readonly onKey?: boolean;
  /** Characters into the scalar at `path`, for faults inside an expression or pattern. */
  readonly offset?: number;
  /** Keys beside or below the path that the fault is about as well: it says nothing when one of them is wrong itself. */
  readonly related?: readonly string[];
  /** Of an unknown key: the known one that was probably meant. */
  readonly meant?: string | undefined;
  readonly message: string;
}

/** Words of other tools → the word of this one. */
const FOREIGN_WORDS: Readonly<Record<string, string>> = {
  receiver: "sinks",
  receivers: "sinks",
  matchers: "match",
  matcher: "match",
  match_re: "match",
  group_by: "groupBy",
  group_wait: "groupWait",
  group_interval: "groupInterval",
  repeat_interval: "repeatInterval",
  send_resolved: "sendResolved",
  mute_time_intervals: "mute",
  active_time_intervals: "active",
  time_intervals: "timeIntervals",
  inhibit_rules: "inhibit",
  minCount: "threshold",
  webhook_url: "url",
  webhookUrl: "url",
  api_url: "url",
  layout: "template",
  alert: "name",
  annotations: "labels",
};

/** The key under which `strict` passes the known keys of an object to `faultsOf`, inside the issue's message. */
const KNOWN_KEYS = "known-keys:";

/**
 * Makes an object schema in which a misspelt key is an error that names the nearest one.
 *
 * @param example Its form, for those who write a value of another type.
 */
export function strict<Shape extends z.ZodRawShape>(
  shape: Shape,
  example?: string,
): z.ZodObject<Shape, z.core.$strict> {
  return z.strictObject(shape, {
    error: (issue) => {
      if (issue.code === "unrecognized_keys") return KNOWN_KEYS + Object.keys(shape).join(",");
      const isOther = example !== undefined && issue.code === "invalid_type" && issue.input !== undefined;
      return isOther ? `expected a mapping: write ${example}` : undefined;
    },
  });
}

/**
 * For a refinement of an object: it is checked as soon as these keys are right, whatever is wrong elsewhere, so that one
 * round finds both.
 */
export function whenRight(...keys: readonly string[]): {
  readonly when: (payload: z.core.ParsePayload) => boolean;
} {
  const isAboutKeys = ({ path = [] }: { readonly path?: readonly PropertyKey[] | undefined }): boolean =>
    path.length === 0 || keys.includes(String(path[0]));
  return {
    when: ({ value, issues }) => typeof value === "object" && value !== null && !issues.some(isAboutKeys),
  };
}

/** For a refinement of a list: it is checked also when entries are wrong; of those it sees the parts that are right. */
export function whenList(): { readonly when: (payload: z.core.ParsePayload) => boolean } {
  return { when: ({ value }) => Array.isArray(value) };
}

/** Checks a value; returns every fault at once, in the order zod found them. */
export function check<T>(
  schema: z.ZodType<T>,
  value: unknown,
  base: readonly (string | number)[] = [],
):
  | { readonly value: T; readonly faults: readonly [] }
  | { readonly value: undefined; readonly faults: readonly Fault[] } {
  const result = schema.safeParse(value, { error: issueWords });
  if (result.success) return { value: result.data, faults: [] };
  return { value: undefined, faults: result.error.issues.flatMap((issue) => faultsOf(issue, base)) };
}

function faultsOf(issue: z.core.$ZodIssue, base: readonly (string | number)[]): Fault[] {
  const path = [...base, ...issue.path.map((key) => (typeof key === "number" ? key : String(key)))];
  if (issue.code === "unrecognized_keys") {
    const known = issue.message.startsWith(KNOWN_KEYS)
      ? issue.message.slice(KNOWN_KEYS.length).split(",")
      : [];
    return issue.keys.map((key) => ({
      level: "error",
      path: [...path, key],
      onKey: true,
      meant: FOREIGN_WORDS[key] ?? nearest(key, known),
      message: unknownKey(key, known),
    }));
  }
  if (issue.code === "invalid_union") {
    const branch = likeliest(issue.errors);
    if (branch !== undefined) return branch.flatMap((inner) => faultsOf(inner, path));
  }
  return [{ level: "error", path, ...offsetOf(issue), message: inOurVoice(issue.message) }];
}

/** A custom issue may carry the place inside of its scalar, as `params: { offset }`. */
function offsetOf(issue: z.core.$ZodIssue): Pick<Fault, "offset"> {
  const offset: unknown = issue.code === "custom" ? issue.params?.["offset"] : undefined;
  return typeof offset === "number" ? { offset } : {};
}

/** zod's messages begin with a capital; ours follow a position and begin with a small letter. */
function inOurVoice(message: string): string {
  return message
    .replace(/^Invalid input: expected/u, "expected")
    .replace(/^[A-Z](?=[a-z])/u, (first) => first.toLowerCase());
}

/** Finds the one branch of a union that the user meant: the only one whose fault is not at the outermost type. */
function likeliest(
  branches: readonly (readonly z.core.$ZodIssue[])[],
): readonly z.core.$ZodIssue[] | undefined {
  const deep = branches.filter((issues) =>
    issues.every(
      (issue) => issue.path.length > 0 || issue.code === "unrecognized_keys" || issue.code === "custom",
    ),
  );
  return deep.length === 1 ? deep[0] : undefined;
}

/** `unknown key "namspaces"; did you mean "namespaces"?` */
export function unknownKey(key: string, known: readonly string[]): string {
  const foreign = FOREIGN_WORDS[key];
  if (foreign !== undefined && known.includes(foreign))
    return `unknown key "${key}"; here it is called "${foreign}"`;
  return known.length === 0 ? `unknown key "${key}"` : unknownName("key", key, known);
}
