import type { RE2JS } from "re2js";

/** Instructions of a compiled RE2 program, as re2js 2.10 numbers them (RE2's `Inst`, in the order of its source). */
const [ALT, ALT_MATCH, EMPTY_WIDTH, FAIL, MATCH, RUNE] = [1, 2, 4, 5, 6, 8];

/**
 * Conditions of an empty-width instruction: start of the text, end of the text. Those of lines and words count as met
 * anywhere.
 */
const [BEGIN_TEXT, END_TEXT] = [4, 8];

interface Instruction {
  readonly op: number;
  readonly out: number;
  readonly arg: number;
}

interface Program {
  readonly inst: readonly Instruction[];
  readonly start: number;
}

/** A place in the text where a thread of the program may stand. */
type Place = "start" | "inside" | "end";

/**
 * Whether any text can match: `a$b`, `x^y` and `[^\s\S]` have none. Walks the engine's program and tracks only the
 * position in the text, which is the mistake in such patterns. A program that this function cannot read counts as one
 * that can match.
 */
export function canMatch(compiled: RE2JS): boolean {
  const program = programOf(compiled);
  if (program === undefined) return true;
  const seen = new Set<string>();
  const waiting: (readonly [number, Place])[] = [
    [program.start, "start"],
    [program.start, "inside"],
  ];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const [pc, place] = next;
    const key = `${pc} ${place}`;
    const instruction = program.inst[pc];
    if (seen.has(key) || instruction === undefined) continue;
    seen.add(key);
    if (instruction.op === MATCH) return true;
    waiting.push(...stepsFrom(instruction, place));
  }
  return false;
}

function stepsFrom({ op, out, arg }: Instruction, place: Place): readonly (readonly [number, Place])[] {
  if (op === FAIL) return [];
  if (op === ALT || op === ALT_MATCH) {
    return [
      [out, place],
      [arg, place],
    ];
  }
  if (op === EMPTY_WIDTH) {
    const isAtStart = (arg & BEGIN_TEXT) !== 0;
    if (isAtStart && place === "inside") return [];
    // An empty text is at its start and at its end.
    const isAtEnd = (arg & END_TEXT) !== 0;
    return [[out, isAtEnd ? "end" : place]];
  }
  // No character can follow the end.
  if (op >= RUNE) return place === "end" ? [] : [[out, "inside"]];
  return [[out, place]];
}

/** The engine does not publish its program; unexpected parts of it are undefined. */
function programOf(compiled: RE2JS): Program | undefined {
  const engine: unknown = Reflect.get(compiled, "re2Input");
  if (typeof engine !== "object" || engine === null) return undefined;
  const program: unknown = Reflect.get(engine, "prog");
  return isProgram(program) ? program : undefined;
}

function isProgram(value: unknown): value is Program {
  return (
    typeof value === "object" &&
    value !== null &&
    "start" in value &&
    typeof value.start === "number" &&
    "inst" in value &&
    Array.isArray(value.inst) &&
    value.inst.every(
      (each: unknown) =>
        typeof each === "object" && each !== null && "op" in each && "out" in each && "arg" in each,
    )
  );
}
