import {
  Document,
  isCollection,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  type Node,
  visit,
  type YAMLMap,
  type YAMLSeq,
} from "yaml";

import { cleanText } from "./text.ts";

/** A comment above the value at a path; that of the empty path stands at the top. */
export interface Remark {
  /** Keys and indexes. */
  readonly path: readonly (string | number)[];
  /** One line or several; the text of a proposal may be YAML itself. */
  readonly text: string;
}

/** A list or mapping up to this many characters stands on one line. */
const LONGEST_FLOW = 72;

/**
 * Writes plain data as YAML as people write it: short lists and mappings on one line, long texts as blocks, a blank line
 * between top-level keys. Reading it back gives the same data; keys whose value is undefined are left out.
 *
 * @param remarks A remark about a value that is not there is left out.
 */
export function writeYaml(value: unknown, remarks: readonly Remark[] = []): string {
  const document = new Document(value, { aliasDuplicateObjects: false });
  for (const remark of remarks) attach(document, remark);
  visit(document, {
    Collection: (key, node) => {
      const isTop = key === null;
      node.flow = !isTop && isShort(node);
    },
  });
  if (isMap(document.contents)) {
    for (const [index, { key }] of document.contents.items.entries()) {
      if (index > 0 && isNode(key)) key.spaceBefore = true;
    }
  }
  return document.toString({ lineWidth: 0 });
}

function attach(document: Document, { path, text }: Remark): void {
  const comment = cleanText(text)
    .trimEnd()
    .split("\n")
    .map((line) => (line === "" ? "" : ` ${line}`))
    .join("\n");
  if (path.length === 0) {
    document.commentBefore = comment;
    return;
  }
  const node = nodeAt(document, path);
  if (node === undefined) return;
  node.commentBefore = [...linesOf(node.commentBefore), comment].join("\n");
}

/** The library has null and undefined for none. */
function linesOf(comment: string | null | undefined): readonly string[] {
  return typeof comment === "string" ? [comment] : [];
}

/** The key of a mapping or the item of a list, above which a comment stands. */
function nodeAt(document: Document, path: readonly (string | number)[]): Node | undefined {
  let node: unknown = document.contents;
  let place: unknown;
  for (const step of path) {
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && key.value === step);
      [place, node] = [pair?.key, pair?.value];
    } else if (isSeq(node)) {
      node = node.items[Number(step)];
      place = node;
    } else return undefined;
  }
  return isNode(place) ? place : undefined;
}

/** Entries stand one below the other, however short they are. */
function isShort(node: YAMLMap | YAMLSeq): boolean {
  if (isSeq(node) && node.items.some(isMap) && node.items.every(isMap)) return false;
  let length = 0;
  visit(node, (_, inner) => {
    // A comment needs a line of its own.
    if (inner !== node && isNode(inner) && linesOf(inner.commentBefore).length > 0) length = Infinity;
    if (isScalar(inner)) {
      const text = String(inner.value);
      length += text.includes("\n") ? Infinity : text.length + 2;
    } else if (isCollection(inner) || isPair(inner)) length += 2;
    return length > LONGEST_FLOW ? visit.BREAK : undefined;
  });
  return length <= LONGEST_FLOW;
}
