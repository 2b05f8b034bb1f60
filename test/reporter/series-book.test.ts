import { describe, expect, it } from "vitest";

import { draftOf } from "../../src/reporter/draft.ts";
import { SeriesBook } from "../../src/reporter/series-book.ts";
import { Series } from "../../src/reporter/series.ts";

const MINUTE = 60_000;
const DRAFT = draftOf({
  regarding: { kind: "Pod", name: "web" },
  reason: "Test",
  action: "Test",
  note: "",
});

/** A series that has occurred at this minute; all of it is written unless it is pending. */
function series(key: string, { minute = 0, isPending = false } = {}): Series {
  const now = { wall: minute * MINUTE, monotonic: minute * MINUTE };
  const made = new Series({ key, name: key, writeId: key }, DRAFT, now);
  made.occur(now);
  if (!isPending) made.told = made.count;
  return made;
}

const keysOf = (book: SeriesBook): readonly string[] => [...book.values()].map(({ key }) => key);

describe("the book of series", () => {
  it("makes room by what was quiet longest, and never by what still has something to tell", () => {
    const book = new SeriesBook();
    book.add(series("pending", { isPending: true }));
    const writing = series("writing");
    writing.isWriting = true;
    book.add(writing);
    for (let index = 0; index < 4094; index++) book.add(series(`told-${index}`));
    // The first one occurs again.
    book.touch("told-0");
    expect(book.makeRoom()).toBe(true);
    expect(book.size).toBe(4095);
    expect(keysOf(book).slice(0, 3)).toEqual(["pending", "writing", "told-2"]);
    expect(book.touch("told-1")).toBeUndefined();
    book.add(series("new"));
    expect(book.makeRoom()).toBe(true);
    expect(book.touch("told-2")).toBeUndefined();
  });

  it("has none when everything has something to tell", () => {
    const book = new SeriesBook();
    for (let index = 0; index < 4096; index++) book.add(series(`${index}`, { isPending: true }));
    expect(book.makeRoom()).toBe(false);
    expect(book.size).toBe(4096);
  });

  it("forgets what was quiet for six minutes, when it is told", () => {
    const book = new SeriesBook();
    book.add(series("pending", { minute: 0, isPending: true }));
    book.add(series("old", { minute: 0 }));
    book.add(series("young", { minute: 1 }));
    book.forgetQuiet(6 * MINUTE - 1);
    expect(keysOf(book)).toEqual(["pending", "old", "young"]);
    book.forgetQuiet(6 * MINUTE);
    expect(keysOf(book)).toEqual(["pending", "young"]);
  });

  it("removes a series, and not another that has taken its key", () => {
    const book = new SeriesBook();
    const first = series("a");
    book.add(first);
    const second = series("a");
    book.add(second);
    book.remove(first);
    expect(keysOf(book)).toEqual(["a"]);
    book.remove(second);
    expect(keysOf(book)).toEqual([]);
  });
});

describe("a series", () => {
  it("was last seen at its latest occurrence, also when the clock on the wall is set back", () => {
    const made = series("a", { minute: 10 });
    made.occur({ wall: 5 * MINUTE, monotonic: 11 * MINUTE });
    expect(made).toMatchObject({ firstAt: 10 * MINUTE, lastAt: 10 * MINUTE, seenAt: 11 * MINUTE, count: 2 });
  });
});
