import { describe, expect, it } from "vitest";

import { toTime, toWireEvent, toWireObject } from "../../../src/alert/message/wire.ts";
import { makeEvent, makeMember } from "../make.ts";

describe("what receivers get", () => {
  it("dates in RFC 3339, also of clocks gone wild", () => {
    expect([1.5, 8.64e15, 8.64e15 + 1, -8.64e15, Infinity, NaN].map(toTime)).toEqual([
      "1970-01-01T00:00:00.001Z",
      "+275760-09-13T00:00:00.000Z",
      "1970-01-01T00:00:00.000Z",
      "-271821-04-20T00:00:00.000Z",
      "1970-01-01T00:00:00.000Z",
      "1970-01-01T00:00:00.000Z",
    ]);
  });

  it("has a related object or none", () => {
    expect(toWireEvent(makeEvent()).related).toBeNull();
    expect(toWireEvent(makeEvent({ related: { kind: "Node" } })).related).toMatchObject({
      kind: "Node",
      name: "",
    });
    expect(toWireEvent(makeEvent({ related: { name: "n" } })).related).toMatchObject({ name: "n" });
  });

  it("has a message of at most 8192 units", () => {
    expect(toWireEvent(makeEvent({ message: "x".repeat(9000) })).message).toHaveLength(8192);
  });

  it("has of an object what a person asks for, and nothing internal", () => {
    expect(Object.keys(toWireObject(makeMember("a")))).toEqual([
      "kind",
      "namespace",
      "name",
      "container",
      "occurrences",
      "firstSeen",
      "lastSeen",
      "message",
    ]);
  });
});
