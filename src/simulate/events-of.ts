import { errorIn, type Finding } from "../lib/finding.ts";
import { eventsIn, type FoundEvent, type FoundState, type NoEvent } from "./events-in.ts";
import { jsonValues } from "./json-values.ts";
import { type FoundValue, yamlValues } from "./yaml-values.ts";

/** Longest YAML, which is held in memory whole; UTF-16 units. */
const LONGEST_YAML = 256 * 1024 * 1024;

/** The first line of what kubectl prints for people. */
const TABLE = /^(?:NAMESPACE\s+)?LAST SEEN\s/u;

// oxlint-disable-next-line no-control-regex -- control characters that no text has show what is no text
const BINARY = /[\u0000-\u0008\u000e-\u001a]/u;

/**
 * Reads the Events of a text: any sequence of JSON or YAML values, each an Event, a list of Events, or a watch line
 * `{ type, object }` with or without `receivedAt`, also in the envelopes of other programs. Everything that kubectl
 * prints with -o json or -o yaml can be read. Lines `{ receivedAt, type: "STATE", object }`, and those of type DELETED,
 * give the states of other objects.
 *
 * @param file Its name in findings.
 * @param onFinding Called for every value that is no Event; reading goes on.
 */
export async function* eventsOf(
  file: string,
  chunks: AsyncIterable<string>,
  onFinding: (finding: Finding) => void,
): AsyncGenerator<FoundEvent | FoundState> {
  for await (const value of await valuesOf(chunks)) {
    const all = "error" in value ? [{ ...value, place: "" }] : eventsIn(value.value, value.line);
    for (const found of all) {
      if ("error" in found || "otherKind" in found) onFinding(findingOf(file, found));
      else yield found;
    }
  }
}

function findingOf(file: string, found: NoEvent): Finding {
  const at = { line: found.line, column: 1, path: found.place };
  if ("error" in found) return { ...errorIn(file, found.error), ...at };
  return {
    ...errorIn(file, `is ${found.otherKind}, not an Event, and is left out`),
    ...at,
    level: "warning",
  };
}

/** JSON begins with a bracket, everything else is YAML. */
async function valuesOf(chunks: AsyncIterable<string>): Promise<AsyncIterable<FoundValue>> {
  const iterator = chunks[Symbol.asyncIterator]();
  let head = "";
  for (;;) {
    const { value, done } = await iterator.next();
    if (done === true) break;
    head += value;
    if (head.trim() !== "") break;
  }
  if (BINARY.test(head)) return refused("is no text, neither JSON nor YAML");
  if (TABLE.test(head.trimStart())) return refused("is a table, which lacks most of an Event");
  const all = startingWith(head, { [Symbol.asyncIterator]: () => iterator });
  // oxlint-disable-next-line no-control-regex -- RFC 7464 begins each value with this character
  return /^[\s\u001e]*[[{]/u.test(head) ? jsonValues(all) : wholeYaml(all);
}

async function* refused(error: string): AsyncGenerator<FoundValue> {
  yield { line: 1, error };
}

async function* wholeYaml(chunks: AsyncIterable<string>): AsyncGenerator<FoundValue> {
  let text = "";
  for await (const chunk of chunks) {
    text += chunk;
    if (text.length > LONGEST_YAML) {
      yield { line: 1, error: "is more than 256 MiB of YAML; write JSON, which is read bit by bit" };
      return;
    }
  }
  yield* yamlValues(text);
}

async function* startingWith(head: string, rest: AsyncIterable<string>): AsyncGenerator<string> {
  yield head;
  yield* rest;
}
