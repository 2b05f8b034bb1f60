import { TocsinError } from "../lib/errors.ts";
import { truncate } from "../lib/text.ts";
import { createCompiler, engineMessage } from "./cel.ts";
import type { Compiled, Condition, Environment, Fields } from "./expression.ts";
import { compileTemplate } from "./template.ts";
import { toText } from "./values.ts";

const LONGEST_QUOTE = 40;

/**
 * Makes an environment over declared variables. Scopes are plain data: numbers, strings, instants as epoch
 * milliseconds, RFC 3339 or Date. A missing or null value gets the default of its type. `now` (epoch milliseconds) is
 * no variable, and serves `ago()`.
 */
export function createEnvironment(fields: Fields): Environment {
  const compile = createCompiler(fields);
  return {
    template: (source) => compileTemplate(source, compile),
    condition: (source): Compiled<Condition> => {
      const compiled = compile(source);
      if (compiled.value === undefined) return compiled;
      const program = compiled.value;
      if (program.type !== "bool" && program.type !== "dyn") {
        const message = `a condition must be true or false, and this is of type ${program.type}`;
        return { value: undefined, faults: [{ message, offset: 0 }] };
      }
      return { value: { source, holds: (scope) => isTrue(source, () => program.run(scope)) }, faults: [] };
    },
  };
}

function isTrue(source: string, run: () => unknown): boolean {
  let value: unknown;
  try {
    value = run();
  } catch (error) {
    // The cause is left out: the engine's own text repeats the message and draws the source.
    throw new TocsinError("ERR_EXPRESSION_INVALID", `"${source}": ${engineMessage(error)}`);
  }
  if (typeof value === "boolean") return value;
  const got = truncate(toText(value), LONGEST_QUOTE);
  throw new TocsinError("ERR_EXPRESSION_INVALID", `"${source}": expected true or false, got ${got}`);
}
