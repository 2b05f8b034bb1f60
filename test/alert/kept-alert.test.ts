import { setImmediate } from "node:timers/promises";

import { describe, expect, it } from "vitest";

import { changed, KeptAlert, streamOf } from "../../src/alert/kept-alert.ts";
import type { AlertState } from "../../src/alert/state.ts";
import { Packer } from "../../src/lib/packer.ts";
import { makeAlert, makeMember } from "./make.ts";

const plain = makeAlert("a", {
  members: [makeMember("web-1", { clearedAt: 5, window: [[1, 2]] }), makeMember("web-2")],
  membersOmitted: ["x"],
  sources: ["s"],
});

/** Every field, also those that are getters. */
function fieldsOf(alert: AlertState): unknown {
  return Object.fromEntries(Object.keys(plain).map((field) => [field, Reflect.get(alert, field)]));
}

describe("an alert in the book", () => {
  it("has all fields, before and after its parts rest", async () => {
    const kept = KeptAlert.of(plain, new Packer());
    expect(fieldsOf(kept)).toEqual(plain);
    kept.rest();
    await setImmediate();
    expect(fieldsOf(kept)).toEqual(plain);
    expect(streamOf(kept)).toEqual({ cluster: "test", namespace: "shop" });
  });

  it("gives everybody the same parts within one turn", () => {
    const kept = KeptAlert.of(plain, new Packer());
    kept.rest();
    expect(kept.members[0]).toBe(kept.members[0]);
  });

  it("shares its parts with the alert that has other values elsewhere", () => {
    const kept = KeptAlert.of(plain, new Packer());
    kept.rest();
    const later = changed(kept, { phase: "resolved", resolvedAt: 9 });
    expect(fieldsOf(later)).toEqual({ ...plain, phase: "resolved", resolvedAt: 9 });
    expect(kept.sharesParts(later)).toBe(true);
    expect(kept.sharesParts(changed(kept, { sources: [] }))).toBe(false);
  });

  it.each([
    { what: "a plain alert", alert: () => plain },
    { what: "one of the book", alert: () => KeptAlert.of(plain, new Packer()) },
  ])("has new parts beside the others, made of $what", ({ alert }) => {
    const later = changed(alert(), { members: [], occurrences: 7 });
    expect(fieldsOf(later)).toEqual({ ...plain, members: [], occurrences: 7 });
  });
});
