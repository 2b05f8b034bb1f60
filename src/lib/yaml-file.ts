import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  type Document,
  visit,
} from "yaml";

import type { Finding } from "./finding.ts";
import type { Locator } from "./locator.ts";
import type { Fault } from "./schema.ts";

/** Enough for honest files; it stops the "billion laughs". */
export const MOST_ALIASES = 100;

/** One YAML document that knows the position of each of its values. */
export interface YamlFile extends Locator {
  /** Plain data; undefined when `findings` is not empty. */
  readonly value: unknown;
  /** Faults of the YAML itself. */
  readonly findings: readonly Finding[];
}

/** Parses YAML text; never throws. */
export function parseYaml(file: string, text: string): YamlFile {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    merge: true,
    uniqueKeys: true,
    logLevel: "error",
  });
  const at = (offset: number): { line: number; column: number } => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
  const fault = (offset: number, message: string): Finding => ({
    level: "error",
    file,
    ...at(offset),
    path: "",
    message,
  });
  const findings: Finding[] = firstErrors(document).map(({ code, message, pos: [offset] }) =>
    fault(offset, code === "MULTIPLE_DOCS" ? SECOND_DOCUMENT : explainSyntax(message, text, offset)),
  );
  for (const { tag, offset } of unknownTags(document, text)) findings.push(fault(offset, explainTag(tag)));
  for (const { source, offset } of danglingAliases(document)) {
    findings.push(
      fault(offset, `*${source} is an alias in YAML, and nothing is called so: put quotes around the word`),
    );
  }
  let value: unknown;
  if (findings.length === 0) {
    try {
      value = document.toJS({ maxAliasCount: MOST_ALIASES });
    } catch (error) {
      findings.push(fault(0, error instanceof Error ? error.message : String(error)));
    }
  }
  return {
    file,
    value,
    findings,
    locate: (faults) =>
      faults
        .map((fault): Finding => {
          const offset = offsetOf(document, fault);
          return {
            level: fault.level,
            file,
            ...at(offset),
            path: dotted(fault.path),
            message: fault.message,
          };
        })
        .toSorted((a, b) => a.line - b.line || a.column - b.column),
  };
}

/** `rules[1].match.type`. */
export function dotted(path: readonly (string | number)[]): string {
  let text = "";
  for (const key of path) text += typeof key === "number" ? `[${key}]` : text === "" ? key : `.${key}`;
  return text;
}

const SECOND_DOCUMENT =
  "a second document begins after ---, and a file holds one: put its entries into the first, or into a file of its own";

/** Errors of which each stands for itself; after any other one the rest of the file reads as nonsense. */
const SEPARATE: ReadonlySet<string> = new Set(["DUPLICATE_KEY"]);

function firstErrors({ errors }: Document.Parsed): Document.Parsed["errors"] {
  const first = errors.findIndex(({ code }) => !SEPARATE.has(code));
  return first === -1 ? errors : errors.slice(0, first + 1);
}

/** Tags that nothing here gives a meaning; YAML takes the value without them. */
function unknownTags(
  { warnings }: Document.Parsed,
  text: string,
): readonly { readonly tag: string; readonly offset: number }[] {
  return warnings
    .filter(({ code }) => code === "TAG_RESOLVE_FAILED")
    .map(({ pos: [offset] }) => ({ tag: /^\S+/u.exec(text.slice(offset))?.[0] ?? "", offset }));
}

function explainTag(tag: string): string {
  const word = tag.replace(/^!+/u, "").replace(/[,\]}]+$/u, "");
  const instead = /^(?:not|ne|ns)$/iu.test(word)
    ? "write { not: value }"
    : /^env/iu.test(word)
      ? "write { env: NAME }, where a secret may stand"
      : "leave it out, or put quotes around the value";
  return `${tag} is a tag of YAML, which has no meaning here: ${instead}`;
}

/** Aliases of missing anchors. */
function danglingAliases(
  document: Document.Parsed,
): readonly { readonly source: string; readonly offset: number }[] {
  const found: { readonly source: string; readonly offset: number }[] = [];
  visit(document, {
    Alias: (_, node) => {
      if (node.resolve(document) === undefined)
        found.push({ source: node.source, offset: node.range?.[0] ?? 0 });
    },
  });
  return found;
}

/** Finds the deepest existing node of a path; a fault of a missing key is shown at its parent. */
function offsetOf(document: Document.Parsed, fault: Fault): number {
  let node: Node | null | undefined = document.contents;
  let start = startOf(node) ?? 0;
  for (const [index, key] of fault.path.entries()) {
    const onKey = fault.onKey === true && index === fault.path.length - 1;
    const next = childOf(isAlias(node) ? node.resolve(document) : node, key);
    if (next === undefined) return start;
    start = startOf(onKey ? next.key : (next.value ?? next.key)) ?? start;
    node = next.value;
  }
  return fault.offset === undefined ? start : start + exactOffset(node, fault.offset);
}

function startOf(node: Node | null | undefined): number | undefined {
  return node?.range?.[0];
}

interface Child {
  readonly key: Node | null;
  readonly value: Node | null;
}

function childOf(node: Node | null | undefined, key: string | number): Child | undefined {
  if (isMap(node)) {
    const pair = node.items.find(
      (item) => String(isScalar(item.key) ? item.key.value : item.key) === String(key),
    );
    // Keys and values of a parsed document are nodes.
    return pair && { key: pair.key as Node | null, value: pair.value as Node | null };
  }
  if (!isSeq(node)) return undefined;
  const value = node.items[Number(key)] as Node | undefined;
  return value && { key: null, value };
}

/** In plain one-line scalars the offset counts characters; quoted ones start after the quote; others at their start. */
function exactOffset(node: Node | null | undefined, offset: number): number {
  if (!isScalar(node)) return 0;
  if (node.type === "PLAIN") return offset;
  if (node.type === "QUOTE_DOUBLE" || node.type === "QUOTE_SINGLE") return offset + 1;
  return 0;
}

/** Explains the traps of YAML itself. */
function explainSyntax(message: string, text: string, offset: number): string {
  const line = text.slice(text.lastIndexOf("\n", offset - 1) + 1).split("\n", 1)[0] ?? "";
  if (/\$\{\w+\}/u.test(line))
    return '"${NAME}" is not replaced in this file, and without quotes its brackets are a mapping: write { env: NAME }';
  if (/:\s*\{\{/u.test(line))
    return `${message} ("{{ … }}" without quotes is a mapping: put quotes around the text)`;
  if (/[:[,-]\s*\*[\w-]/u.test(line))
    return `${message} (a word that starts with * is an alias in YAML: put quotes around it)`;
  return message;
}
