import { describe, expect, it } from "vitest";

import { ChangeLog } from "../../src/feed/change-log.ts";

const ROOMY = { changes: 100, bytes: 10_000 };

function keysSince(log: ChangeLog, n: number): readonly string[] | "too-old" {
  const changes = log.since(n);
  return changes === "too-old" ? changes : changes.map(({ key, isGone }) => (isGone ? `-${key}` : key));
}

describe("the log of changes", () => {
  it("gives those who come back what they missed, in order", () => {
    const log = new ChangeLog(ROOMY);
    expect([log.last, keysSince(log, 0)]).toEqual([0, []]);
    log.add("alert", "a", false);
    log.add("alert", "b", false);
    const seen = log.last;
    log.add("alert", "c", false);
    log.add("alert", "b", true);
    expect(keysSince(log, seen)).toEqual(["c", "-b"]);
    expect(keysSince(log, log.last)).toEqual([]);
  });

  it("keeps of each key only the newest change, and keys of one kind apart from those of another", () => {
    const log = new ChangeLog(ROOMY);
    for (let round = 0; round < 1000; round++) for (const key of ["a", "b"]) log.add("alert", key, false);
    log.add("group", "a", false);
    expect(log.since(0)).toEqual([
      { n: 1999, kind: "alert", key: "a", isGone: false },
      { n: 2000, kind: "alert", key: "b", isGone: false },
      { n: 2001, kind: "group", key: "a", isGone: false },
    ]);
  });

  it("says that a number is too old once a change behind it is not kept any more", () => {
    const log = new ChangeLog({ ...ROOMY, changes: 3 });
    for (const key of ["a", "b", "c", "d", "e"]) log.add("alert", key, false);
    expect(keysSince(log, 1)).toBe("too-old");
    expect(keysSince(log, 2)).toEqual(["c", "d", "e"]);
    // A newer change of the same key takes the place of the older one, so that nothing has to go.
    log.add("alert", "c", false);
    expect(keysSince(log, 2)).toEqual(["d", "e", "c"]);
  });

  it("says so of a number that it has not given out", () => {
    const log = new ChangeLog(ROOMY);
    log.add("alert", "a", false);
    expect(keysSince(log, 2)).toBe("too-old");
  });

  it("is bounded in bytes, however long a key is", () => {
    const log = new ChangeLog({ ...ROOMY, bytes: 1000 });
    for (const key of ["a", "b"]) log.add("group", key.repeat(300), false);
    expect(keysSince(log, 1)).toEqual(["b".repeat(300)]);
    expect(keysSince(log, 0)).toBe("too-old");
    log.add("group", "c".repeat(600), false);
    expect([log.last, keysSince(log, 3), keysSince(log, 2)]).toEqual([3, [], "too-old"]);
    log.add("group", "d", false);
    expect(keysSince(log, 3)).toEqual(["d"]);
  });
});
