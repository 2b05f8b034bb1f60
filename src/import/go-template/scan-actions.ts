import { UntranslatableError } from "./go-node.ts";

/** A piece of a template: literal text, or the inside of `{{ }}`. */
export type Piece = { readonly text: string } | { readonly action: string };

/**
 * Cuts a template into literal texts and actions; dashes at the edges of an action have taken the blanks beside it, and
 * comments are gone.
 *
 * @throws {UntranslatableError} when an action has no end.
 */
export function scanActions(source: string): readonly Piece[] {
  const pieces: Piece[] = [];
  let trimNext = false;
  const literal = (text: string, trimEnd: boolean): void => {
    const start = trimNext ? text.trimStart() : text;
    const whole = trimEnd ? start.trimEnd() : start;
    if (whole !== "") pieces.push({ text: whole });
  };
  let at = 0;
  for (;;) {
    const open = source.indexOf("{{", at);
    if (open === -1) break;
    const close = endOfAction(source, open + 2);
    if (close === undefined) throw new UntranslatableError("an action has no end");
    const inside = source.slice(open + 2, close);
    const trimsBefore = /^-\s/u.test(inside);
    const trimsAfter = /\s-$/u.test(inside);
    literal(source.slice(at, open), trimsBefore);
    trimNext = trimsAfter;
    const action = inside
      .replace(/^-(?=\s)/u, "")
      .replace(/\s-$/u, "")
      .trim();
    if (!action.startsWith("/*")) pieces.push({ action });
    at = close + 2;
  }
  literal(source.slice(at), false);
  return pieces;
}

/** The index of the `}}` that ends an action, which may hold quoted texts. */
function endOfAction(source: string, from: number): number | undefined {
  for (let at = from; at < source.length; at++) {
    const char = source.charAt(at);
    if (source.startsWith("}}", at)) return at;
    if (char === "`") {
      at = source.indexOf("`", at + 1);
      if (at === -1) return undefined;
    } else if (char === '"') {
      for (at += 1; at < source.length && source.charAt(at) !== '"'; at++)
        if (source.charAt(at) === "\\") at += 1;
    }
  }
  return undefined;
}
