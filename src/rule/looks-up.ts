import type { CompiledRule } from "./compiled-rule.ts";
import type { Matcher } from "./matcher.ts";

/** The look-ups before an event can be matched or sent: the event itself does not have these values. */
export interface LooksUp {
  /** Labels or annotations of the object. */
  readonly objects: boolean;
  /** Labels of its namespace. */
  readonly namespaces: boolean;
}

/** A rule, a drop or a forward that needs look-ups, with the values that it reads and the kinds. */
export interface Reader {
  readonly what: "rule" | "drop" | "forward";
  readonly name: string;
  readonly looksUp: LooksUp;
  /** Kinds of objects that can match; undefined: any. */
  readonly kinds: ReadonlySet<string> | undefined;
}

/** The values that one of them reads. @param texts Beside its match: sources of texts with `{{ }}`. */
export function readerOf(
  { what, name }: Pick<Reader, "what" | "name">,
  matcher: Matcher,
  texts: readonly string[] = [],
): Reader {
  return { what, name, looksUp: looksUp({ ...matcher, texts }), kinds: kindsOf(matcher) };
}

/** The look-ups that these need together. */
export function looksUpOf(readers: readonly Reader[]): LooksUp {
  return {
    objects: readers.some((reader) => reader.looksUp.objects),
    namespaces: readers.some((reader) => reader.looksUp.namespaces),
  };
}

/** The kinds of objects that can match; undefined: any. */
export function kindsOf({ alternatives }: Pick<Matcher, "alternatives">): ReadonlySet<string> | undefined {
  const kinds = alternatives.map(({ profile }) => profile.values.kind);
  const [first] = kinds;
  // Most rules have one alternative, and nothing of their own to remember then.
  if (kinds.length === 1 || kinds.includes(undefined)) return kinds.includes(undefined) ? undefined : first;
  return new Set(kinds.flatMap((each) => [...(each ?? [])]));
}

/** A part that reads events by patterns and expressions. */
type Reading = Pick<Matcher, "alternatives" | "exceptions" | "when"> & {
  readonly texts: readonly string[];
};

function looksUp(reading: Reading): LooksUp {
  const { alternatives, exceptions, when, texts } = reading;
  const paths = [...alternatives, ...exceptions].flatMap(({ tests }) => tests.map(({ field }) => field.path));
  const sources = [...texts, when?.source ?? ""];
  return {
    objects:
      paths.some((path) => /^involvedObject\.(?:labels|annotations)\./u.test(path)) ||
      sources.some((source) => /\b(?:involvedObject|regarding)\.(?:labels|annotations)\b/u.test(source)),
    namespaces:
      paths.some((path) => path.startsWith("namespaceLabels.")) ||
      sources.some((source) => /\bnamespaceLabels\b/u.test(source)),
  };
}

/** The texts of a rule, as written. */
export function textsOf({
  dashboard,
  identity,
  labels,
  runbook,
  text,
  title,
}: CompiledRule): readonly string[] {
  const own = [title, text, runbook, dashboard, ...labels.values()];
  const parts = identity.filter((part) => typeof part === "object");
  return [...own, ...parts].flatMap((each) => (each === undefined ? [] : [each.source]));
}
