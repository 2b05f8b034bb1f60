import { parseJson } from "../lib/parse-json.ts";
import { type FoundValue, yamlValues } from "./yaml-values.ts";

/** Longest value, in UTF-16 units: a list of all Events of a large cluster. */
const LONGEST_VALUE = 256 * 1024 * 1024;

/** Longest YAML that begins with a bracket, in UTF-16 units: it is hardly more than one Event. */
const LONGEST_FLOW = 1024 * 1024;

/**
 * Reads JSON values one after the other, each on one line or over many, as `kubectl get --watch -o json` prints them.
 * It reports text that is none, and goes on at the next line. It holds one value in memory.
 */
export async function* jsonValues(chunks: AsyncIterable<string>): AsyncGenerator<FoundValue> {
  const reader = new ValueReader();
  for await (const line of linesOf(chunks)) yield* reader.take(line);
  yield* reader.end();
}

async function* linesOf(chunks: AsyncIterable<string>): AsyncGenerator<string> {
  let rest = "";
  for await (const chunk of chunks) {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
  if (rest !== "") yield rest;
}

/** Joins lines until they are a value. */
class ValueReader {
  #line = 0;
  #startLine = 0;
  #lines: string[] = [];
  #length = 0;
  #depth = 0;

  *take(line: string): Generator<FoundValue> {
    this.#line += 1;
    if (this.#lines.length === 0) {
      if (line.trim() === "") return;
      this.#startLine = this.#line;
      const whole = parseJson(line);
      if (whole !== undefined) {
        yield { line: this.#line, value: whole };
        return;
      }
    }
    this.#lines.push(line);
    this.#length += line.length;
    this.#depth += depthOf(line);
    if (this.#depth <= 0 || this.#length > LONGEST_VALUE) yield* this.end();
  }

  *end(): Generator<FoundValue> {
    if (this.#lines.length === 0) return;
    const text = this.#lines.join("\n");
    const line = this.#startLine;
    this.#lines = [];
    this.#length = 0;
    this.#depth = 0;
    const value = parseJson(text);
    if (value !== undefined) yield { line, value };
    // `{ reason: BackOff }` is YAML, which people write by hand.
    else if (text.length <= LONGEST_FLOW) yield* yamlValues(text, line);
    else yield { line, error: "neither JSON nor YAML" };
  }
}

/** How many more brackets a line opens than it closes; strings end with their line in JSON. */
function depthOf(line: string): number {
  let depth = 0;
  for (const { 0: token } of line.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\]]/gu)) {
    if (token === "{" || token === "[") depth += 1;
    else if (token === "}" || token === "]") depth -= 1;
  }
  return depth;
}
