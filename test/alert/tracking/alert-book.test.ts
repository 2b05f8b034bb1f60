import { describe, expect, it } from "vitest";

import type { AlertState } from "../../../src/alert/state.ts";
import { AlertBook } from "../../../src/alert/tracking/alert-book.ts";
import { makeAlert, makeMember } from "../make.ts";

const SOURCE = "kubelet|Pod/shop/web-1";
const labels = { namespace: "shop", workload: "Deployment/web" };
const a = makeAlert("a", { members: [makeMember("web-1")], sources: [SOURCE], labels });
const b = makeAlert("b", { members: [makeMember("web-1"), makeMember("web-2")], sources: [SOURCE], labels });

const names = (alerts: readonly AlertState[]): readonly string[] => alerts.map((alert) => alert.fingerprint);

function everywhere(book: AlertBook): unknown {
  return [
    names(book.all()),
    names(book.ofObject("Pod/shop/web-1")),
    names(book.ofObject("Pod/shop/web-2")),
    names(book.ofSource(SOURCE)),
    names(book.ofWorkload("shop", "Deployment/web")),
    names(book.farReaching()),
  ];
}

describe("the book of alerts", () => {
  it("finds alerts by object, source and workload, and those that reach further", () => {
    const book = new AlertBook();
    book.put(a, false);
    expect(everywhere(book)).toEqual([["a"], ["a"], [], ["a"], ["a"], []]);
    book.put(b, true);
    expect(everywhere(book)).toEqual([["a", "b"], ["a", "b"], ["b"], ["a", "b"], ["a", "b"], ["b"]]);
    expect([book.size, book.hasSources, book.hasSource(SOURCE), book.hasSource("x")]).toEqual([
      2,
      true,
      true,
      false,
    ]);
    expect(names(book.ofWorkload("bank", "Deployment/web"))).toEqual([]);
  });

  it("finds members and sources that came later", () => {
    const book = new AlertBook();
    book.put(a, false);
    book.put({ ...a, members: [...a.members, makeMember("web-2")], sources: [...a.sources, "x|y"] }, false);
    expect(names(book.ofObject("Pod/shop/web-2"))).toEqual(["a"]);
    expect(names(book.ofSource("x|y"))).toEqual(["a"]);
  });

  it("keeps nothing of what is forgotten, and the rest", () => {
    const book = new AlertBook();
    book.put(a, true);
    book.put(b, true);
    book.forget(a);
    expect(everywhere(book)).toEqual([["b"], ["b"], ["b"], ["b"], ["b"], ["b"]]);
    book.forget(b);
    expect(everywhere(book)).toEqual([[], [], [], [], [], []]);
    book.put(a, false);
    expect(names(book.farReaching())).toEqual([]);
    book.forget(a);
    expect([book.size, book.hasSources, book.hasSource(SOURCE), book.get("a")]).toEqual([
      0,
      false,
      false,
      undefined,
    ]);
  });

  it("tells the store of each change once, and not of what it came from", () => {
    const book = new AlertBook();
    book.load(a, false);
    expect(book.drainChanges()).toEqual({ put: [], forget: [] });
    const changed = { ...a, occurrences: 2 };
    book.put(a, false);
    book.put(changed, false);
    expect(book.drainChanges()).toEqual({ put: [changed], forget: [] });
    book.put(b, false);
    book.forget(b);
    expect(book.drainChanges()).toEqual({ put: [], forget: ["b"] });
    book.forget(changed);
    book.put(a, false);
    expect(book.drainChanges()).toEqual({ put: [a], forget: [] });
    expect(book.drainChanges()).toEqual({ put: [], forget: [] });
  });
});
