import { type Command, type Operand, UntranslatableError } from "./go-node.ts";

/** Texts, numbers, fields, names, brackets and pipes. */
const TOKEN =
  /\s*("(?:[^"\\]|\\.)*"|`[^`]*`|-?\d+(?:\.\d+)?|(?:\.[A-Za-z_]\w*)+|\.|\$\w*|[A-Za-z_]\w*|[()|]|:=|=|,)/uy;

/**
 * Reads the commands of an action: `.Message | upper` has two.
 *
 * @throws {UntranslatableError} when it uses variables, or is none.
 */
export function parseCommands(source: string): readonly Command[] {
  const tokens = tokensOf(source);
  const parser = new Parser(tokens);
  const commands = parser.pipeline();
  if (!parser.isDone) throw new UntranslatableError(`${source} cannot be read`);
  return commands;
}

function tokensOf(source: string): readonly string[] {
  const tokens: string[] = [];
  const token = new RegExp(TOKEN);
  const end = source.trimEnd().length;
  while (token.lastIndex < end) {
    const [, text] = token.exec(source) ?? [];
    if (text === undefined) throw new UntranslatableError(`${source} cannot be read`);
    tokens.push(text);
  }
  return tokens;
}

class Parser {
  readonly #tokens: readonly string[];
  #at = 0;

  constructor(tokens: readonly string[]) {
    this.#tokens = tokens;
  }

  get isDone(): boolean {
    return this.#at === this.#tokens.length;
  }

  pipeline(): readonly Command[] {
    const commands = [this.#command()];
    while (this.#tokens[this.#at] === "|") {
      this.#at += 1;
      commands.push(this.#command());
    }
    return commands;
  }

  #command(): Command {
    const operands: Operand[] = [];
    for (;;) {
      const token = this.#tokens[this.#at];
      if (token === undefined || token === "|" || token === ")") break;
      this.#at += 1;
      operands.push(this.#operand(token));
    }
    if (operands.length === 0) throw new UntranslatableError("an action is empty");
    return operands;
  }

  #operand(token: string): Operand {
    if (token === "(") return this.#bracket();
    if (token.startsWith('"')) return { is: "text", value: unquoted(token) };
    if (token.startsWith("`")) return { is: "text", value: token.slice(1, -1) };
    if (token.startsWith(".")) return { is: "field", names: namesOf(token) };
    if (/^-?\d/u.test(token)) return { is: "number", value: token };
    if (token === "true" || token === "false") return { is: "bool", value: token === "true" };
    if (token === "nil") return { is: "nil" };
    if (/^[A-Za-z_]/u.test(token)) return { is: "function", name: token };
    throw new UntranslatableError(`${token} has no equal`);
  }

  #bracket(): Operand {
    const commands = this.pipeline();
    if (this.#tokens[this.#at] !== ")") throw new UntranslatableError("a bracket has no end");
    this.#at += 1;
    const next = this.#tokens[this.#at] ?? "";
    const isField = next.startsWith(".") && next !== ".";
    if (isField) this.#at += 1;
    return { is: "pipeline", commands, names: isField ? namesOf(next) : [] };
  }
}

function namesOf(token: string): readonly string[] {
  return token.split(".").filter((name) => name !== "");
}

/** Go's quoted texts have the escapes of JSON and some more. */
function unquoted(token: string): string {
  try {
    // A JSON text is a text.
    return JSON.parse(token) as string;
  } catch {
    throw new UntranslatableError(`${token} has an escape without an equal`);
  }
}
