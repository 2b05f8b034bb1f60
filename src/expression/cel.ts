import { type ASTNode, Environment as Engine, type ParseResult } from "@marcbachmann/cel-js";

import { nearest } from "../lib/nearest.ts";
import { suggestion } from "../lib/unknown-name.ts";
import type { Compiled, ExpressionFault, Fields, FieldType } from "./expression.ts";
import { registerFunctions, SAFE_NAMES } from "./functions.ts";
import { compileRegex } from "./regex.ts";
import { type Converter, converterOf, fieldAt, pruneFields } from "./values.ts";

/** Structural limits: an expression is a line or two, not a program. */
const LIMITS = { maxAstNodes: 500, maxDepth: 32 };
const LONGEST_EXPRESSION = 4096;

/** Nested loops multiply: two levels over 100 members are 10,000 steps, three would be a million. */
const DEEPEST_LOOPS = 2;
const LOOPS: ReadonlySet<string> = new Set(["all", "exists", "exists_one", "map", "filter"]);

/** One compiled expression. */
export interface Program {
  /** The name that the engine uses: `string`, `int`, `dyn`, `$event` for declared objects. */
  readonly type: string;
  /** Dotted paths of plain member access from a variable: `event.reason`. */
  readonly uses: ReadonlySet<string>;
  /** The path, when the whole expression is one. */
  readonly path: readonly string[] | undefined;
  /** @throws {Error} the errors of the engine. */
  run(scope: Readonly<Record<string, unknown>>): unknown;
}

/** Compiles expressions over declared variables. */
export type Compiler = (source: string) => Compiled<Program>;

/**
 * Makes a compiler for one set of variables. A scope may always have `now` (epoch milliseconds); only `ago()` reads it.
 */
export function createCompiler(fields: Fields): Compiler {
  const engine = new Engine({
    enableOptionalTypes: true,
    homogeneousAggregateLiterals: false,
    limits: LIMITS,
  });
  // Evaluation is synchronous, so one field can hold the instant of the running expression.
  let now: number | undefined;
  registerFunctions(engine, () => now);
  for (const [name, type] of Object.entries(fields)) {
    if (typeof type === "object") engine.registerVariable({ name, schema: toSchema(type) });
    else engine.registerVariable(name, toEngineType(type));
  }
  return (source) => {
    if (source.trim() === "") return fault("the expression is empty", 0);
    if (source.length > LONGEST_EXPRESSION) {
      return fault(`the expression is ${source.length} characters long; at most ${LONGEST_EXPRESSION}`, 0);
    }
    let parsed: ParseResult;
    try {
      parsed = engine.parse(source);
    } catch (error) {
      return { value: undefined, faults: [explain(error, source, fields)] };
    }
    const findings = inspect(parsed.ast);
    if (findings.faults.length > 0) return { value: undefined, faults: findings.faults };
    const checked = parsed.check();
    if (!checked.valid) return { value: undefined, faults: [explain(checked.error, source, fields)] };
    const convert = scopeConverter(pruneFields(fields, findings.uses));
    const program: Program = {
      type: checked.type ?? "dyn",
      uses: findings.uses,
      path: pathOf(parsed.ast),
      run: (scope) => {
        now = typeof scope["now"] === "number" ? scope["now"] : undefined;
        return parsed(convert(scope));
      },
    };
    return { value: program, faults: [] };
  };
}

function scopeConverter(used: Fields): (scope: Readonly<Record<string, unknown>>) => Record<string, unknown> {
  const entries = Object.entries(used).map(([name, type]): { name: string; convert: Converter } => ({
    name,
    convert: converterOf(type),
  }));
  return (scope) => {
    const converted: Record<string, unknown> = {};
    for (const { name, convert } of entries) converted[name] = convert(scope[name]);
    return converted;
  };
}

interface Schema {
  [name: string]: string | Schema;
}

function toSchema(fields: Fields): Schema {
  return Object.fromEntries(
    Object.entries(fields).map(([name, type]) => [
      name,
      typeof type === "object" ? toSchema(type) : toEngineType(type),
    ]),
  );
}

function toEngineType(type: Exclude<FieldType, Fields>): string {
  return type === "timestamp" ? "google.protobuf.Timestamp" : type;
}

/** Checks that the engine's own checker leaves out: used paths, regular expressions, loops. Renames `matches`. */
function inspect(root: ASTNode): {
  readonly uses: ReadonlySet<string>;
  readonly faults: readonly ExpressionFault[];
} {
  const uses = new Set<string>();
  const faults: ExpressionFault[] = [];
  const visit = (node: unknown, loops: number): void => {
    if (Array.isArray(node)) {
      for (const child of node) visit(child, loops);
      return;
    }
    if (!isNode(node)) return;
    const path = pathOf(node);
    if (path !== undefined) {
      uses.add(path.join("."));
      return;
    }
    let depth = loops;
    if (node.op === "rcall" || node.op === "call") {
      const name = node.args[0];
      if (node.op === "rcall" && LOOPS.has(name)) depth += 1;
      if (depth > DEEPEST_LOOPS) {
        faults.push({ message: `loops may be nested ${DEEPEST_LOOPS} deep at most`, offset: node.start });
        return;
      }
      if (name === "matches" || name === "extract") faults.push(...checkLiteral(node.args.at(-1)));
      // The engine looks functions up by this name when it checks types, after this.
      node.args[0] = SAFE_NAMES.get(name) ?? name;
    }
    visit(node.args, depth);
  };
  visit(root, 0);
  return { uses, faults };
}

function isNode(value: unknown): value is ASTNode {
  return typeof value === "object" && value !== null && "op" in value && "args" in value;
}

/** A literal pattern is checked at load. */
function checkLiteral(args: unknown): readonly ExpressionFault[] {
  const literal: unknown = Array.isArray(args) ? args[0] : undefined;
  if (!isNode(literal) || literal.op !== "value" || typeof literal.args !== "string") return [];
  const { start } = literal;
  return compileRegex(literal.args).faults.map(({ message, offset }) => ({
    message,
    offset: start + 1 + offset,
  }));
}

function pathOf(node: ASTNode): readonly string[] | undefined {
  if (node.op === "id") return [node.args];
  if (node.op !== "." && node.op !== ".?") return undefined;
  const base = pathOf(node.args[0]);
  return base === undefined ? undefined : [...base, node.args[1]];
}

function fault(message: string, offset: number): Compiled<Program> {
  return { value: undefined, faults: [{ message, offset }] };
}

/** Rewords an error of the engine, with the nearest name for an unknown one. */
function explain(error: unknown, source: string, fields: Fields): ExpressionFault {
  const message = engineMessage(error);
  const offset = startOf(error);
  const name = /^(?:no such key|unknown variable): (.+)$/u.exec(message)?.[1];
  if (name !== undefined) {
    const path = /[\w.]*$/u.exec(source.slice(0, offset))?.[0].split(".").slice(0, -1) ?? [];
    const known = fieldAt(fields, path);
    if (typeof known === "object") return { message: explainName(name, path.join("."), known), offset };
  }
  if (/^\s*\./u.test(source)) {
    return { message: `${message} (this is CEL: write event.reason, without a leading dot)`, offset };
  }
  return { message: `${message}${hintFor(message, source)}`, offset };
}

/** Functions of texts that people misspell; those of times are few, so that all of them are named. */
const TEXT_FUNCTIONS = [
  "contains",
  "startsWith",
  "endsWith",
  "matches",
  "extract",
  "split",
  "size",
  "upper",
  "lower",
  "truncate",
  "trim",
  "replace",
  "indexOf",
  "substring",
  "join",
  "default",
];
const TIME_FUNCTIONS =
  "ago, getFullYear, getMonth, getDate, getDayOfWeek, getDayOfYear, getHours, getMinutes, getSeconds";

function hintFor(message: string, source: string): string {
  if (message.startsWith("unexpected character: |") && /[^|]\|\s*[a-z]\w*/u.test(source)) {
    return " (functions are called with a dot: event.message.upper())";
  }
  const [, type = "", name = ""] = /no matching overload for '([\w.]+)\.(\w+)\(/u.exec(message) ?? [];
  if (type.endsWith("Timestamp")) return ` (a time has ${TIME_FUNCTIONS})`;
  const near = type === "string" ? nearest(name, TEXT_FUNCTIONS) : undefined;
  return near === undefined || near === name ? "" : ` (did you mean ${near}?)`;
}

function explainName(name: string, owner: string, fields: Fields): string {
  const what = owner === "" ? `unknown name "${name}"` : `"${owner}" has no field "${name}"`;
  return `${what}; ${suggestion(name, Object.keys(fields))}`;
}

/** The engine's message on one line, without its drawing of the source. */
export function engineMessage(error: unknown): string {
  const text =
    error instanceof Error
      ? "summary" in error && typeof error.summary === "string"
        ? error.summary
        : error.message
      : String(error);
  let [line = ""] = text.split("\n", 1);
  for (const [name, safe] of SAFE_NAMES) line = line.replaceAll(safe, name);
  // The engine begins messages with a capital, except before names such as `EOF`.
  return line.replace(/^[A-Z](?=[a-z])/u, (letter) => letter.toLowerCase());
}

function startOf(error: unknown): number {
  if (typeof error !== "object" || error === null || !("range" in error)) return 0;
  const { range } = error;
  return typeof range === "object" && range !== null && "start" in range && typeof range.start === "number"
    ? range.start
    : 0;
}
