import { cutMiddleBytes } from "../lib/cut-middle.ts";
import { TocsinError } from "../lib/errors.ts";
import { type Compiler, engineMessage, type Program } from "./cel.ts";
import type { Compiled, ExpressionFault, Template } from "./expression.ts";
import { toJson, toText } from "./values.ts";

/** Longest text that the author of an Event can cause; UTF-8 bytes. */
const MOST_BYTES = 16 * 1024;

type Scope = Readonly<Record<string, unknown>>;

/** A piece of a text: literal characters, or an expression with its place in the source. */
type Part = string | { readonly expression: string; readonly offset: number };

/** Compiles a text with `{{ CEL }}` holes; returns the faults of all holes at once. */
export function compileTemplate(source: string, compile: Compiler): Compiled<Template> {
  const scanned = scan(source);
  const faults: ExpressionFault[] = [...scanned.faults];
  const uses = new Set<string>();
  const parts: (string | Hole)[] = [];
  for (const part of scanned.parts) {
    if (typeof part === "string") {
      parts.push(part);
      continue;
    }
    const compiled = compile(part.expression);
    for (const fault of compiled.faults) {
      faults.push({ message: fault.message, offset: part.offset + fault.offset });
    }
    const program = compiled.value;
    if (program === undefined) continue;
    for (const path of program.uses) uses.add(path);
    const message = unprintable(program);
    if (message === undefined) parts.push(toHole(part.expression, program));
    else faults.push({ message, offset: part.offset });
  }
  if (faults.length > 0) return { value: undefined, faults };
  return { value: toTemplate(source, parts, uses), faults: [] };
}

/** The reason why a value of this type cannot stand in a text; undefined when it can. */
function unprintable({ type, path }: Program): string | undefined {
  if (type.startsWith("optional")) return "the value may be missing; add .orValue(…)";
  if (type.includes("$") && (path === undefined || !type.startsWith("$"))) {
    return "the value is an object; name one of its fields";
  }
  return undefined;
}

interface Hole {
  value(scope: Scope): unknown;
}

function toHole(expression: string, program: Program): Hole {
  const path = program.type.startsWith("$") ? program.path : undefined;
  return {
    value: (scope) => {
      // Declared objects pass unchanged: the engine keeps its own form of them.
      if (path !== undefined) return toJson(follow(scope, path));
      try {
        return toJson(program.run(scope));
      } catch (error) {
        // The cause is left out: the engine's own text repeats the message and draws the source.
        const text = `"{{ ${expression.trim()} }}": ${engineMessage(error)}`;
        throw new TocsinError("ERR_EXPRESSION_INVALID", text);
      }
    },
  };
}

function follow(scope: Scope, path: readonly string[]): unknown {
  let value: unknown = scope;
  for (const name of path) {
    // The path was declared when the text was compiled.
    value = typeof value === "object" && value !== null ? (value as Scope)[name] : undefined;
  }
  return value;
}

function toTemplate(source: string, parts: readonly (string | Hole)[], uses: ReadonlySet<string>): Template {
  const [first] = parts;
  const hole = parts.length === 1 && typeof first === "object" ? first : undefined;
  const render = (scope: Scope): string => {
    let text = "";
    for (const part of parts) text += typeof part === "string" ? part : toText(part.value(scope));
    return cutMiddleBytes(text, MOST_BYTES);
  };
  return {
    source,
    single: hole !== undefined,
    uses,
    render,
    value: (scope) => {
      if (hole === undefined) return render(scope);
      const value = hole.value(scope);
      return typeof value === "string" ? cutMiddleBytes(value, MOST_BYTES) : value;
    },
  };
}

function scan(source: string): {
  readonly parts: readonly Part[];
  readonly faults: readonly ExpressionFault[];
} {
  const parts: Part[] = [];
  let at = 0;
  while (at < source.length) {
    const open = source.indexOf("{{", at);
    if (open < 0) break;
    if (open > at) parts.push(source.slice(at, open));
    const close = endOfHole(source, open + 2);
    if (close === undefined) {
      return { parts, faults: [{ message: 'a "{{" has no "}}" after it', offset: open }] };
    }
    parts.push({ expression: source.slice(open + 2, close), offset: open + 2 });
    at = close + 2;
  }
  if (at < source.length) parts.push(source.slice(at));
  return { parts, faults: [] };
}

/** Finds the `}}` that ends a hole, and skips those in strings and after a `{` of the expression. */
function endOfHole(source: string, from: number): number | undefined {
  let depth = 0;
  for (let at = from; at < source.length; at++) {
    const char = source.charAt(at);
    if (char === '"' || char === "'") at = endOfString(source, at);
    else if (char === "{") depth += 1;
    else if (char === "}" && depth > 0) depth -= 1;
    else if (source.startsWith("}}", at)) return at;
  }
  return undefined;
}

/** The index of the last character of the string literal that begins at `start`, triple-quoted ones included. */
function endOfString(source: string, start: number): number {
  const char = source.charAt(start);
  const quote = source.startsWith(char.repeat(3), start) ? char.repeat(3) : char;
  for (let at = start + quote.length; at < source.length; at++) {
    if (source.charAt(at) === "\\") at += 1;
    else if (source.startsWith(quote, at)) return at + quote.length - 1;
  }
  return source.length;
}
