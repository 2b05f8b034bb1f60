import { readFileSync } from "node:fs";

import { describe, expect, it } from "vitest";

import { typesForEntries } from "../../src/config/types-for-entries.ts";
import { loadSinkTypes, SINK_TYPE_NAMES } from "../../src/sinks/index.ts";

describe("the types of sinks of a configuration", () => {
  it("are those that its entries name, and those that they meant", async () => {
    const entries = [{ type: "stdout" }, { type: "slcak" }, { type: "stdout" }, { type: 7 }, {}, "slack"];
    const { types, names } = await typesForEntries(entries);
    expect(types.map(({ type }) => type)).toEqual(["slack", "stdout"]);
    expect(names).toEqual(SINK_TYPE_NAMES);
  });

  it("are all of the program where nobody names one", async () => {
    expect((await loadSinkTypes()).map(({ type }) => type)).toEqual(SINK_TYPE_NAMES);
    expect(await loadSinkTypes(["no-such-type"])).toEqual([]);
  });

  it("are loaded by nothing else", () => {
    expect(readFileSync("src/sinks/index.ts", "utf8")).not.toMatch(/^import (?!type).* from "\.\//mu);
  });
});
