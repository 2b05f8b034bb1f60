import { isMapping } from "../lib/mapping.ts";
import { parseJson } from "../lib/parse-json.ts";
import { type FoundValue, yamlValues } from "./yaml-values.ts";

/** Longest value, in UTF-16 units: a list of all Events of a large cluster. */
const LONGEST_VALUE = 256 * 1024 * 1024;

/** Longest YAML that begins with a bracket, in UTF-16 units: it is hardly more than one Event. */
const LONGEST_FLOW = 1024 * 1024;

/** How often what follows a torn value is read anew: a file of many torn values would be read over and over. */
const MOST_RESTARTS = 20;

/**
 * Reads JSON values one after the other, each on one line or over many, several on a line, as `kubectl get --watch -o
 * json` prints them. It reports text that is none, and goes on at the next line. Of a value that is torn it gives the
 * items of the list that are whole. It holds one value in memory.
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
  readonly #restarts: number;
  #line: number;
  #startLine = 0;
  #lines: string[] = [];
  #length = 0;
  #depth = 0;

  /** @param linesBefore The lines before the text. */
  constructor(linesBefore = 0, restarts = 0) {
    this.#line = linesBefore;
    this.#restarts = restarts;
  }

  *take(line: string): Generator<FoundValue> {
    this.#line += 1;
    if (this.#lines.length > 0) {
      const next = this.#seemsTorn(line) ? parseJson(line) : undefined;
      if (isMapping(next)) {
        yield this.#torn();
        this.#clear();
        yield { line: this.#line, value: next };
        return;
      }
      yield* this.#join(line);
      return;
    }
    const text = afterSeparators(line);
    if (text === "") return;
    const whole = parseJson(text);
    if (whole === undefined) yield* this.#join(text);
    else yield { line: this.#line, value: whole };
  }

  *end(): Generator<FoundValue> {
    if (this.#lines.length === 0) return;
    const text = this.#lines.join("\n");
    const line = this.#startLine;
    const isOpen = this.#depth > 0;
    const torn = this.#torn();
    this.#clear();
    const value = parseJson(text);
    if (value !== undefined) yield { line, value };
    else if (isOpen) yield* this.#salvage(text, torn);
    // `{ reason: BackOff }` is YAML, which people write by hand.
    else if (text.length <= LONGEST_FLOW) yield* yamlValues(text, line);
    else yield { line, error: "is neither JSON nor YAML" };
  }

  /** Takes the text up to the bracket that closes its value, then what follows it. */
  *#join(text: string): Generator<FoundValue> {
    let rest = text;
    while (rest !== "") {
      if (this.#lines.length === 0) this.#startLine = this.#line;
      const end = this.#endIn(rest);
      const part = rest.slice(0, end);
      this.#lines.push(part);
      this.#length += part.length;
      if (this.#depth <= 0 || this.#length > LONGEST_VALUE) yield* this.end();
      rest = afterSeparators(rest.slice(part.length));
    }
    if (text === "" && this.#lines.length > 0) this.#lines.push(text);
  }

  /** Counts brackets; strings end with their line in JSON. Undefined when the value goes on. */
  #endIn(text: string): number | undefined {
    for (const { 0: token, index } of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\]]/gu)) {
      if (token === "{" || token === "[") this.#depth += 1;
      else if (token === "}" || token === "]") this.#depth -= 1;
      else continue;
      if (this.#depth <= 0) return index + 1;
    }
    return undefined;
  }

  /** Whether a value on one line that has no end meets a new line that may be a value of its own. */
  #seemsTorn(next: string): boolean {
    const [first, ...more] = this.#lines;
    return next.startsWith("{") && more.length === 0 && !/[[{,:]\s*$/u.test(first ?? "");
  }

  #torn(): FoundValue {
    return { line: this.#startLine, error: "is torn: it begins here and has no end" };
  }

  /** Reads on in a text that has no end: in its list, else at its next line that looks like a value. */
  *#salvage(text: string, torn: FoundValue): Generator<FoundValue> {
    const list = /^\s*(?:\{[^[]*"items"\s*:\s*)?\[/u.exec(text)?.[0];
    const start = list?.length ?? nextValue(text);
    if (list === undefined) yield torn;
    if (start === undefined || this.#restarts >= MOST_RESTARTS) return;
    const linesBefore = torn.line - 1 + text.slice(0, start).split("\n").length - 1;
    const reader = new ValueReader(linesBefore, this.#restarts + 1);
    for (const line of text.slice(start).split("\n")) yield* reader.take(line);
    yield* reader.end();
  }

  #clear(): void {
    this.#lines = [];
    this.#length = 0;
    this.#depth = 0;
  }
}

/** Drops separators of values: blanks, the commas of a list, byte order marks, the separators of RFC 7464. */
function afterSeparators(text: string): string {
  // oxlint-disable-next-line no-control-regex -- RFC 7464 begins each value with this character
  return text.replace(/^[\s,\uFEFF\u001E]+/u, "");
}

function nextValue(text: string): number | undefined {
  const at = text.indexOf("\n{");
  return at === -1 ? undefined : at + 1;
}
