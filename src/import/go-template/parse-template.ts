import { type GoNode, UntranslatableError } from "./go-node.ts";
import { parseCommands } from "./parse-commands.ts";
import { type Piece, scanActions } from "./scan-actions.ts";

/**
 * Reads a template of Go: texts, holes, `if` with `else if` and `else`.
 *
 * @throws {UntranslatableError} for `range`, `with`, `template` and variables, and for what is no template.
 */
export function parseTemplate(source: string): readonly GoNode[] {
  const reader = new Reader(scanActions(source));
  const { nodes, end } = reader.body();
  if (end !== undefined) throw new UntranslatableError(`${end} has nothing before it`);
  return nodes;
}

/** Words that begin another construct. */
const OTHERS = /^(?:range|with|template|block|define|break|continue)\b/u;

interface Body {
  readonly nodes: readonly GoNode[];
  /** The action that ended it; undefined at the end of the template. */
  readonly end: string | undefined;
}

class Reader {
  readonly #pieces: readonly Piece[];
  #at = 0;

  constructor(pieces: readonly Piece[]) {
    this.#pieces = pieces;
  }

  body(): Body {
    const nodes: GoNode[] = [];
    for (;;) {
      const piece = this.#pieces[this.#at];
      if (piece === undefined) return { nodes, end: undefined };
      this.#at += 1;
      if ("text" in piece) nodes.push({ is: "literal", text: piece.text });
      else if (/^(?:end|else)\b/u.test(piece.action)) return { nodes, end: piece.action };
      else if (OTHERS.test(piece.action))
        throw new UntranslatableError(`${piece.action.split(/\s/u, 1)[0] ?? ""} has no equal`);
      else if (/^if\b/u.test(piece.action)) nodes.push(this.#if(piece.action.slice("if".length)));
      else nodes.push({ is: "hole", commands: parseCommands(piece.action) });
    }
  }

  #if(first: string): GoNode {
    const branches: { condition: ReturnType<typeof parseCommands>; body: readonly GoNode[] }[] = [];
    let condition = first;
    for (;;) {
      const { nodes, end } = this.body();
      branches.push({ condition: parseCommands(condition), body: nodes });
      const [, further] = /^else\s+if\b(.*)$/su.exec(end ?? "") ?? [];
      if (further !== undefined) {
        condition = further;
        continue;
      }
      if (end === "else") {
        const last = this.body();
        if (last.end !== "end") throw new UntranslatableError("an else has no end");
        return { is: "if", branches, otherwise: last.nodes };
      }
      if (end !== "end") throw new UntranslatableError("an if has no end");
      return { is: "if", branches, otherwise: [] };
    }
  }
}
