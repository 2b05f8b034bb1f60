import { Environment as Engine } from "@marcbachmann/cel-js";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";

import { readHandwritten } from "../../src/explain/index.ts";
import { registerFunctions, SAFE_NAMES } from "../../src/expression/functions.ts";
import { createEnvironment } from "../../src/expression/index.ts";
import { EVENT_FIELDS, toEventScope } from "../../src/rule/fields.ts";
import { readPage, rowsOf } from "./pages.ts";

const PAGE = readPage("docs/expressions.md");
const FIVE_MINUTES_MS = 300_000;

const codes = (cell: string): readonly string[] =>
  [...cell.matchAll(/`([^`]+)`/gu)].map(([, code = ""]) => code.replaceAll(String.raw`\|`, "|"));

/** Each expression of the page, with what it says that comes out. */
const examples = rowsOf(PAGE).flatMap(([expressions = "", result = ""]) =>
  codes(expressions).map((expression) => ({ expression, result: codes(result)[0] ?? "" })),
);

/** The names of all functions that an expression may call. */
function functionNames(): readonly string[] {
  const engine = new Engine({ enableOptionalTypes: true });
  registerFunctions(engine, () => 0);
  const renamed = new Set(SAFE_NAMES.values());
  const names = engine.getDefinitions().functions.map(({ name }) => name);
  // `optional.none()` is what a missing key gives; nobody writes it.
  return [...new Set(names)].filter((name) => !renamed.has(name) && name !== "none");
}

describe("docs/expressions.md", () => {
  const block = PAGE.blocks.find(({ mark }) => mark === "event.yaml");
  const event = readHandwritten(parse(block?.text ?? ""), "prod");
  const environment = createEnvironment({ event: EVENT_FIELDS });
  const scope = { event: toEventScope(event), now: event.lastSeenAt + FIVE_MINUTES_MS };

  it.each(examples)("says what comes of $expression", ({ expression, result }) => {
    const { value, faults } = environment.template(`{{ ${expression} }}`);
    expect(faults).toEqual([]);
    expect(value?.value(scope)).toEqual(JSON.parse(result));
  });

  it.each(functionNames())("has an example of %s", (name) => {
    const call = new RegExp(String.raw`\b${name}\(`, "u");
    expect(examples.map(({ expression }) => expression).filter((each) => call.test(each))).not.toEqual([]);
  });
});
