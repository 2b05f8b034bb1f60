import { describe, expect, it } from "vitest";

import { FactBook } from "../../../src/alert/facts/fact-book.ts";
import type { Inquiry } from "../../../src/alert/index.ts";
import { readObjectState } from "../../../src/object/index.ts";
import { START } from "../../support/event-sketch.ts";
import { podBody } from "../../support/object-bodies.ts";
import { makeAlert, makeMember } from "../make.ts";

const WEB = "test/Pod/shop/web-1";
const DEPLOYMENT = "test/Deployment/shop/web";

const inquiry = (object: string, purpose: Inquiry["purpose"] = "watch"): Inquiry => ({
  object,
  apiVersion: "v1",
  purpose,
});

function found(uid: string, message = "") {
  const body = podBody({ uid });
  const state = readObjectState("Pod", { ...body, status: { ...(body["status"] as object), message } });
  if (state === undefined) throw new Error("a Pod is an object");
  return state;
}

function makeBook(options: Partial<ConstructorParameters<typeof FactBook>[0]> = {}): FactBook {
  return new FactBook({ asks: true, isOfAlert: () => true, ...options });
}

describe("logs", () => {
  it("are kept for some seconds, and apart from what is known of the pod", () => {
    const object = "test/Pod/shop/web-1";
    const found = readObjectState("Pod", { metadata: { name: "web-1" } })!;
    const logs = [{ container: "app", lines: ["panic"] }];
    const book = new FactBook({ asks: true, isOfAlert: () => true });
    book.take([{ object, at: 1000, found, context: { changes: [], replicaSets: {}, logs } }]);
    expect(JSON.stringify(book.get(object))).not.toContain("panic");
    book.forgetLogs(11_000);
    expect(book.logsOf(object)).toEqual(logs);
    book.forgetLogs(11_001);
    expect(book.logsOf(object)).toEqual([]);
    expect(book.get(object)).toMatchObject({ found });
  });
});

describe("asking", () => {
  const timing = { now: START, freshMs: 5000 };

  it("makes one inquiry while it is open, and another after ten seconds without an answer", () => {
    const book = makeBook();
    expect(book.ask(inquiry(WEB), timing)).toBe(true);
    expect(book.ask(inquiry(WEB), timing)).toBe(true);
    expect(book.drain()).toEqual([inquiry(WEB)]);
    expect(book.isAsked(WEB, START)).toBe(true);
    book.ask(inquiry(WEB), { ...timing, now: START + 9999 });
    expect(book.drain()).toEqual([]);
    expect(book.isAsked(WEB, START + 10_000)).toBe(false);
    book.ask(inquiry(WEB), { ...timing, now: START + 10_000 });
    expect(book.drain()).toEqual([inquiry(WEB)]);
  });

  it("is repeated at once for a more urgent purpose", () => {
    const book = makeBook();
    book.ask(inquiry(WEB, "watch"), timing);
    book.drain();
    book.ask(inquiry(WEB, "tell"), timing);
    book.ask(inquiry(WEB, "hint"), timing);
    expect(book.drain()).toEqual([inquiry(WEB, "tell")]);
  });

  it("asks nothing while an answer is young, also one that says nothing", () => {
    const book = makeBook();
    book.take([
      { object: WEB, at: START, found: found("u1") },
      { object: DEPLOYMENT, at: START, found: "unknown" },
    ]);
    for (const object of [WEB, DEPLOYMENT]) {
      expect(book.ask(inquiry(object), { now: START + 5000, freshMs: 5000 })).toBe(false);
      expect(book.ask(inquiry(object), { now: START + 5001, freshMs: 5000 })).toBe(true);
    }
    expect(book.drain()).toHaveLength(2);
  });

  it("asks nothing where nobody answers", () => {
    const book = makeBook({ asks: false });
    expect(book.ask(inquiry(WEB), timing)).toBe(false);
    expect(book.drain()).toEqual([]);
  });
});

describe("a fact", () => {
  it("comes back as it was, and closes its inquiry", () => {
    const book = makeBook();
    const fact = { object: WEB, at: START, found: found("u1") };
    book.ask(inquiry(WEB), { now: START, freshMs: 0 });
    book.take([fact]);
    expect(book.get(WEB)).toEqual(fact);
    expect(book.isAsked(WEB, START)).toBe(false);
    expect(book.drain()).toEqual([]);
  });

  it("gives way to a newer one, to no older one, and never to an answer that says nothing", () => {
    const book = makeBook();
    book.take([{ object: WEB, at: START + 2, found: found("u2") }]);
    book.take([{ object: WEB, at: START + 1, found: "gone" }]);
    book.take([{ object: WEB, at: START + 3, found: "unknown" }]);
    expect(book.get(WEB)?.found).toMatchObject({ uid: "u2" });
    expect(book.answeredAt(WEB)).toBe(START + 3);
    book.take([{ object: WEB, at: START + 3, found: "gone" }]);
    expect(book.get(WEB)?.found).toBe("gone");
  });

  it("about an object that nobody asked for, and no alert is about, is not kept", () => {
    const book = makeBook({ isOfAlert: (object) => object === WEB });
    book.take([
      { object: WEB, at: START, found: "gone" },
      { object: DEPLOYMENT, at: START, found: "gone" },
    ]);
    expect([book.get(WEB)?.found, book.get(DEPLOYMENT)]).toEqual(["gone", undefined]);
    book.ask(inquiry(DEPLOYMENT), { now: START, freshMs: 0 });
    book.take([{ object: DEPLOYMENT, at: START, found: "gone" }]);
    expect(book.get(DEPLOYMENT)?.found).toBe("gone");
  });

  it("is forgotten with the last alert about its object, and so is the inquiry", () => {
    const open = new Set([WEB, DEPLOYMENT]);
    const book = makeBook({ isOfAlert: (object) => open.has(object) });
    const alert = makeAlert("a", { members: [makeMember("web-1", { workload: "Deployment/web" })] });
    book.take([{ object: WEB, at: START, found: "gone" }]);
    book.ask(inquiry(DEPLOYMENT), { now: START, freshMs: 0 });
    book.record(alert, undefined);
    expect([book.size, book.isAsked(DEPLOYMENT, START)]).toEqual([1, true]);
    open.clear();
    book.record(alert, undefined);
    expect([book.size, book.isAsked(DEPLOYMENT, START)]).toEqual([0, false]);
    expect(book.drain()).toEqual([]);
  });
});

describe("the memory of a fact book", () => {
  it("holds 10,000 pods", () => {
    const book = makeBook();
    for (let pod = 0; pod < 10_000; pod++)
      book.take([{ object: `test/Pod/shop/web-${pod}`, at: START, found: found(`u${pod}`) }]);
    expect(book.size).toBe(10_000);
  });

  it.each([
    ["Latin letters", "x"],
    ["other letters, which take two bytes", "ж"],
  ])("has a bound in bytes, with %s, and forgets the oldest answers", (_what, letter) => {
    const book = makeBook({ mostBytes: 10_000 });
    for (let pod = 0; pod < 10; pod++)
      book.take([{ object: `test/Pod/shop/web-${pod}`, at: START, found: found("u", letter.repeat(2000)) }]);
    expect(book.size).toBe(letter === "x" ? 4 : 2);
    expect(book.get("test/Pod/shop/web-9")?.found).toMatchObject({ uid: "u" });
    expect(book.get("test/Pod/shop/web-0")).toBeUndefined();
  });
});
