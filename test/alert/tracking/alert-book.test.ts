import { describe, expect, it } from "vitest";

import { toAlertRow } from "../../../src/alert/alert-rows.ts";
import type { EntityChanges, EntityKey } from "../../../src/alert/entity.ts";
import { changed } from "../../../src/alert/kept-alert.ts";
import type { AlertState } from "../../../src/alert/state.ts";
import { AlertBook } from "../../../src/alert/tracking/alert-book.ts";
import { makeAlert, makeEvent, makeMember } from "../make.ts";

const SOURCE = "test/Pod/shop/web-1/kubelet";
const labels = { namespace: "shop", workload: "Deployment/web" };
const a = makeAlert("a", { members: [makeMember("web-1")], sources: [SOURCE], labels });
const b = makeAlert("b", { members: [makeMember("web-1"), makeMember("web-2")], sources: [SOURCE], labels });

const names = (alerts: readonly AlertState[]): readonly string[] => alerts.map((alert) => alert.fingerprint);

function keysOf({ put, forget }: EntityChanges): Readonly<Record<"put" | "forget", readonly string[]>> {
  const shown = ({ kind, key }: EntityKey): string => `${kind} ${key}`;
  return { put: put.map(shown).toSorted(), forget: forget.map(shown).toSorted() };
}

function inBook(book: AlertBook, fingerprint: string): AlertState {
  const alert = book.get(fingerprint);
  if (alert === undefined) throw new Error(`there is no alert ${fingerprint}`);
  return alert;
}

function everywhere(book: AlertBook): unknown {
  return [
    names(book.all()),
    names(book.ofObject("test/Pod/shop/web-1")),
    names(book.ofObject("test/Pod/shop/web-2")),
    names(book.ofSource(SOURCE)),
    names(book.ofWorkload("test/Deployment/shop/web")),
  ];
}

describe("the book of alerts", () => {
  it("finds alerts by object, source and workload", () => {
    const book = new AlertBook();
    book.put(a);
    expect(everywhere(book)).toEqual([["a"], ["a"], [], ["a"], ["a"]]);
    book.put(b);
    expect(everywhere(book)).toEqual([["a", "b"], ["a", "b"], ["b"], ["a", "b"], ["a", "b"]]);
    expect(names(book.ofSource("test/Pod/shop/web-1/scheduler"))).toEqual([]);
    expect([
      book.size,
      book.hasSourceAbout("test/Pod/shop/web-1"),
      book.hasSourceAbout("test/Pod/shop/web-2"),
    ]).toEqual([2, true, false]);
    expect([book.hasObject("test/Pod/shop/web-2"), book.hasObject("test/Pod/shop/web-3")]).toEqual([
      true,
      false,
    ]);
    expect(book.hasWorkload("test/Deployment/shop/web")).toBe(true);
    expect(book.hasWorkload("test/Deployment/bank/web")).toBe(false);
    expect(names(book.ofWorkload("test/Deployment/bank/web"))).toEqual([]);
  });

  it("finds members and sources that came later", () => {
    const book = new AlertBook();
    book.put(a);
    book.put({ ...a, members: [...a.members, makeMember("web-2")], sources: [...a.sources, "x|y"] });
    expect(names(book.ofObject("test/Pod/shop/web-2"))).toEqual(["a"]);
    expect(names(book.ofSource("x|y"))).toEqual(["a"]);
  });

  it("keeps nothing of what is forgotten, and the rest", () => {
    const book = new AlertBook();
    book.put(a);
    book.put(b);
    book.forget(a);
    expect(everywhere(book)).toEqual([["b"], ["b"], ["b"], ["b"], ["b"]]);
    book.forget(b);
    expect(everywhere(book)).toEqual([[], [], [], [], []]);
    book.put(a);
    book.forget(a);
    expect([book.size, book.hasSourceAbout("test/Pod/shop/web-1"), book.get("a")]).toEqual([
      0,
      false,
      undefined,
    ]);
    expect([book.hasObject("test/Pod/shop/web-2"), book.hasWorkload("test/Deployment/shop/web")]).toEqual([
      false,
      false,
    ]);
  });

  it("tells the store of each change once, and not of what it came from", () => {
    const book = new AlertBook();
    book.load(a);
    expect(book.drain()).toEqual({ put: [], forget: [] });
    book.put(changed(inBook(book, "a"), { occurrences: 1 }));
    book.put(changed(inBook(book, "a"), { occurrences: 2 }));
    const drained = book.drain();
    expect(keysOf(drained)).toEqual({ put: ["alert a"], forget: [] });
    expect(drained.put[0]?.state).toEqual(toAlertRow({ ...a, occurrences: 2 }));
    book.put(b);
    book.forget(b);
    expect(keysOf(book.drain())).toEqual({
      put: [],
      forget: ["alert b", "event b", "member b/test/Pod/shop/web-1/app", "member b/test/Pod/shop/web-2/app"],
    });
    book.forget(a);
    book.put(a);
    expect(keysOf(book.drain())).toEqual({
      put: ["alert a", "event a", "member a/test/Pod/shop/web-1/app"],
      forget: [],
    });
    expect(book.drain()).toEqual({ put: [], forget: [] });
  });

  it("tells the store of a member when it has changed, and of the event when it is not merely counted up", () => {
    const book = new AlertBook();
    book.load(b);
    const [first = makeMember("web-1"), ...others] = inBook(book, "b").members;
    const members = [{ ...first, occurrences: 2 }, ...others];
    book.put(changed(inBook(book, "b"), { event: makeEvent({ count: 2 }), members }));
    expect(keysOf(book.drain()).put).toEqual(["alert b", "member b/test/Pod/shop/web-1/app"]);
    const more = [...inBook(book, "b").members, makeMember("web-3")];
    book.put(changed(inBook(book, "b"), { members: more }));
    expect(keysOf(book.drain()).put).toEqual(["alert b", "member b/test/Pod/shop/web-3/app"]);
    book.put(changed(inBook(book, "b"), { event: makeEvent({ message: "another" }) }));
    expect(keysOf(book.drain()).put).toEqual(["alert b", "event b"]);
  });

  it("counts the alerts of a group, which follow their destinations", () => {
    const book = new AlertBook();
    book.put(a);
    book.put(b);
    expect([book.countOfGroup("g"), names(book.ofGroup("g"))]).toEqual([2, ["a", "b"]]);
    book.put({ ...a, destinations: [{ groupKey: "h", sinks: ["ops"] }] });
    expect([book.countOfGroup("g"), book.countOfGroup("h")]).toEqual([1, 1]);
    book.forget(b);
    expect([book.countOfGroup("g"), names(book.ofGroup("g"))]).toEqual([0, []]);
  });

  it("tells its indexes of every change, with what was there before", () => {
    const heard: unknown[] = [];
    const shown = (alert: AlertState | undefined): unknown =>
      alert && [alert.fingerprint, alert.occurrences, alert.members];
    const book = new AlertBook([{ record: (before, after) => heard.push([shown(before), shown(after)]) }]);
    const again = { ...a, occurrences: 2 };
    book.put(a);
    book.put(again);
    book.forget(a);
    book.forget(a);
    expect(heard).toEqual([
      [undefined, shown(a)],
      [shown(a), shown(again)],
      [shown(again), undefined],
    ]);
  });
});
