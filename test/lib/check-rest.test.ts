import { describe, expect, it } from "vitest";
import { z } from "zod";

import { checkRest } from "../../src/lib/check-rest.ts";
import { type Fault, strict } from "../../src/lib/schema.ts";

const Schema = strict({
  name: z.string(),
  size: z.int().default(1),
  tags: z.array(z.string()).default([]),
});

const faultAt = (path: Fault["path"], related: readonly string[] = []): Fault => ({
  level: "error",
  path,
  related,
  message: "m",
});

describe("checkRest", () => {
  it("gives a sound value back, and keeps every further fault", () => {
    const { value, rest, faults, further } = checkRest(Schema, { name: "a" });
    expect({ value, rest, faults }).toEqual({
      value: rest,
      rest: { name: "a", size: 1, tags: [] },
      faults: [],
    });
    expect(further([faultAt(["name"])])).toHaveLength(1);
  });

  it("leaves a wrong part out, and everything that is said of it", () => {
    const { value, rest, faults, further } = checkRest(Schema, { name: "a", size: "x" }, { base: ["it"] });
    expect({ value, rest }).toEqual({ value: undefined, rest: { name: "a", size: 1, tags: [] } });
    expect(faults.map(({ path }) => path)).toEqual([["it", "size"]]);
    const other = faultAt(["it", "name"]);
    const missing = faultAt(["it"], ["size", "tags"]);
    const beside = faultAt(["it", "tags"], ["size"]);
    expect(further([other, faultAt(["it", "size"]), missing, beside, faultAt(["it"])])).toEqual([
      other,
      faultAt(["it"]),
    ]);
  });

  it("takes a misspelt key for the one that is missed, and for nothing more", () => {
    const { further } = checkRest(Schema, { name: "a", tag: ["b"] });
    const inside = faultAt(["tags", 0]);
    expect(further([faultAt([], ["tags"]), inside])).toEqual([inside]);
  });

  it("fills in stand-ins for what is required", () => {
    expect(checkRest(Schema, { name: 5, size: 2 }).rest).toBeUndefined();
    const { rest } = checkRest(Schema, { name: 5, size: 2 }, { standIns: { name: "-" } });
    expect(rest).toEqual({ name: "-", size: 2, tags: [] });
  });

  it("finds nothing in what is no mapping", () => {
    const { rest, further } = checkRest(Schema, 5, { standIns: { name: "-" } });
    expect({ rest, left: further([faultAt(["name"])]) }).toEqual({ rest: undefined, left: [] });
  });
});
