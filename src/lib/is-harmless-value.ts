/** Words that stand where a value could, in messages about it. */
const HARMLESS: ReadonlySet<string> = new Set(
  `true false null nil none undefined empty unset set missing required invalid expired unknown yes no on off optional
   disabled enabled present absent provided not found ok error failed default redacted hidden masked string str bytes
   object function secret password token value bearer basic n/a any int number bool boolean must is was should cannot
   authentication authorization mismatch incorrect wrong denied changed updated unexpected malformed`.split(
    /\s+/u,
  ),
);

/** References, templates, and values that somebody has taken out already. */
const PLACEHOLDER =
  /^(?:\$|\{\{|\{%|<|%[({sv]|\*{2,}|x{3,}$|\.{3}|\[?(?:redacted|filtered|hidden|masked|object)\b|map\[\]|\[\]|\{\}|(?:vault|valueFrom|secretKeyRef|arn|projects\/)[:/])/iu;

/** A path of files, or the name of a Kubernetes object with or without its namespace. */
const PATH = /^(?:\.{0,2}\/[a-z._][a-z\d._-]*){2,}\/?$|^file:/u;
const OBJECT_NAME = /^[a-z][a-z.]*(?:[-/][a-z.]+\d{0,2})+$/u;

/** The place of a value. */
export interface ValuePlace {
  readonly kind: "secret" | "password" | "header";
  /** Behind a colon and a blank, where prose may stand too. */
  readonly mayBeProse: boolean;
  readonly isQuoted: boolean;
  /** Whether another plain word follows. */
  readonly hasWordBehind: boolean;
}

/** Whether a value under the name of a secret is none. @param value Its first 64 characters. */
export function isHarmlessValue(
  value: string,
  { kind, mayBeProse, isQuoted, hasWordBehind }: ValuePlace,
): boolean {
  const word = value.toLowerCase().replace(/[.,;:!?)\]}]+$/u, "");
  if (word === "" || HARMLESS.has(word) || PLACEHOLDER.test(value)) return true;
  if (PATH.test(value)) return true;
  if (mayBeProse && !isQuoted && hasWordBehind && /^[A-Za-z'’]+[.,;:]?$/u.test(value)) return true;
  if (kind !== "secret") return false;
  return (
    value.length < 3 ||
    /^\d{1,5}$/u.test(word) ||
    OBJECT_NAME.test(value) ||
    /^[()[\]{}<>=!&|,;:.]/u.test(value)
  );
}
