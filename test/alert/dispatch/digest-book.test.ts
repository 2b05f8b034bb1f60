import { describe, expect, it } from "vitest";

import { DigestBook } from "../../../src/alert/dispatch/digest-book.ts";
import { noLoad, withMissed } from "../../../src/alert/dispatch/storm.ts";
import type { NotifiedAlert } from "../../../src/alert/notification.ts";
import { Schedule } from "../../../src/alert/schedule.ts";

const MINUTE = 60_000;

/** Nothing here reads what it says. */
const ALERT = {} as NotifiedAlert;

describe("what sinks wait for", () => {
  it("forgets sinks that are no more, and what is due for them", () => {
    const schedule = new Schedule();
    const book = new DigestBook(schedule);
    book.load([noLoad("old"), noLoad("ops")], []);
    book.lookAt("old", MINUTE);
    book.wait("old", "group");
    book.configure(new Map([["ops", {}]]));
    expect(book.drain()).toEqual({ put: [], forget: [{ kind: "load", key: "old" }] });
    expect(schedule.next()).toBeUndefined();
    expect(book.drainDigest("old", MINUTE).keys).toEqual([]);
  });

  it("says of what it does not name only when it has told all that it names", () => {
    let load = noLoad("ops");
    // Ten are named: half of them as soon as possible, the others when a mute ends.
    for (let index = 0; index < 13; index++)
      load = withMissed(load, { alert: ALERT, cause: "mute", tellAt: index < 5 ? MINUTE : 9 * MINUTE });
    const schedule = new Schedule();
    const book = new DigestBook(schedule);
    book.load([load], []);
    const first = book.drainDigest("ops", MINUTE);
    expect([first.missed.length, first.missedOmitted]).toEqual([5, {}]);
    expect(DigestBook.sinkIn(schedule.take(9 * MINUTE) ?? "")).toBe("ops");
    const second = book.drainDigest("ops", 9 * MINUTE);
    expect([second.missed.length, second.missedOmitted]).toEqual([5, { "": 3 }]);
    expect(book.drainDigest("ops", 9 * MINUTE)).toEqual({ keys: [], missed: [], missedOmitted: {} });
  });
});
