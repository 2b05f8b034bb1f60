import { setImmediate } from "node:timers/promises";

import { describe, expect, it } from "vitest";

import { AlertShelf } from "../../src/alert/alert-shelf.ts";
import { changed, KeptAlert, plain as plainOf, shareRest, streamOf } from "../../src/alert/kept-alert.ts";
import type { AlertState } from "../../src/alert/state.ts";
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
    const kept = KeptAlert.of(plain, new AlertShelf());
    expect(fieldsOf(kept)).toEqual(plain);
    kept.rest();
    await setImmediate();
    expect(fieldsOf(kept)).toEqual(plain);
    expect(streamOf(kept)).toEqual({ cluster: "test", namespace: "shop" });
  });

  it("is plain data again, with every field", () => {
    const kept = KeptAlert.of(plain, new AlertShelf());
    kept.rest();
    expect(plainOf(kept)).toEqual(plain);
    expect(plainOf(plain)).toBe(plain);
  });

  it("gives everybody the same parts, until hundreds of others were read", () => {
    const shelf = new AlertShelf();
    const [kept, ...others] = ["a", "b", "c", "d"].map((name) =>
      KeptAlert.of({ ...plain, fingerprint: name }, shelf),
    );
    for (const each of [kept, ...others]) each?.rest();
    const [member] = kept?.members ?? [];
    for (const other of others) expect(other.members).toEqual(plain.members);
    expect(kept?.members[0]).toBe(member);
    for (let read = 0; read < 300; read++) shelf.wake({ sleep: () => undefined });
    expect(kept?.members[0]).not.toBe(member);
    expect(kept?.members[0]).toEqual(member);
  });

  it("shares one object of what many have alike", () => {
    const shelf = new AlertShelf();
    const [a, b] = ["a", "b"].map((fingerprint) =>
      KeptAlert.of({ ...plain, fingerprint, destinations: [{ groupKey: "g", sinks: ["ops"] }] }, shelf),
    );
    expect(a?.destinations).toBe(b?.destinations);
    expect(a?.stream).toBe(b?.stream);
  });

  it("shares its parts with the alert that has other values elsewhere", () => {
    const kept = KeptAlert.of(plain, new AlertShelf());
    kept.rest();
    const patch = { phase: "resolved", isTold: true, firstLookAt: undefined, accounted: { ops: 3 } } as const;
    const later = changed(kept, patch);
    expect(fieldsOf(later)).toEqual({ ...plain, ...patch });
    expect(fieldsOf(kept)).toEqual(plain);
    expect(shareRest(kept, later)).toBe(true);
    expect(shareRest(kept, changed(kept, { sources: [] }))).toBe(false);
  });

  it.each([
    { what: "a plain alert", alert: () => plain },
    { what: "one of the book", alert: () => KeptAlert.of(plain, new AlertShelf()) },
  ])("has new parts beside the others, made of $what", ({ alert }) => {
    const later = changed(alert(), { members: [], occurrences: 7 });
    expect(fieldsOf(later)).toEqual({ ...plain, members: [], occurrences: 7 });
  });
});
