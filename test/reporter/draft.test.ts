import { describe, expect, it } from "vitest";

import { draftOf, isQualifiedName, seriesKey } from "../../src/reporter/draft.ts";
import { referenceTo, type Report, ReportError } from "../../src/reporter/index.ts";

const GOOD: Report = {
  regarding: { kind: "Deployment", namespace: "shop", name: "web" },
  reason: "InjectionFailed",
  action: "Inject",
  note: "no database",
};

function refusal(change: object): ReportError {
  try {
    draftOf({ ...GOOD, ...change });
  } catch (error) {
    if (error instanceof ReportError) return error;
    throw error;
  }
  throw new Error("it was taken");
}

describe("a report that can be no Event", () => {
  it.each<[object, string, string]>([
    [{ reason: "" }, "reason", "reason is empty; write a text of 1 to 128 bytes"],
    [{ reason: undefined }, "reason", "reason is missing; write a text of 1 to 128 bytes"],
    [{ reason: "ü".repeat(65) }, "reason", "reason has 130 bytes; at most 128 are allowed"],
    [{ action: "" }, "action", "action is empty; write a text of 1 to 128 bytes"],
    [{ note: undefined }, "note", "note is missing; write what happened, for people"],
    [{ type: "Error" }, "type", 'type is "Error"; write Warning or Normal'],
    [{ severity: "fatal" }, "severity", 'severity is "fatal"; write critical, warning or info'],
    [{ regarding: undefined }, "regarding", "regarding is missing; write which object is meant"],
    [
      { regarding: { name: "web" } },
      "regarding.kind",
      "regarding.kind is missing; write a text of 1 to 128 bytes",
    ],
    [
      { regarding: { kind: "Pod", name: "" } },
      "regarding.name",
      "regarding.name is empty; write a text of 1 to 253 bytes",
    ],
    [
      { regarding: { kind: "Pod", name: "web", namespace: "../default" } },
      "regarding.namespace",
      'regarding.namespace is "../default"; write the name of a namespace',
    ],
    [
      { related: { kind: "Pod", name: "web", uid: 7 } },
      "related.uid",
      "related.uid is number; write a text of 1 to 253 bytes",
    ],
    [{ dedupeKey: "" }, "dedupeKey", "dedupeKey is empty; write a text of 1 to 1024 bytes"],
    [
      { annotations: { "shop.example/order": 4711 } },
      "annotations.shop.example/order",
      "annotations.shop.example/order is number; write a text",
    ],
    [
      { annotations: { a: "x".repeat(4096) } },
      "annotations",
      "annotations have 4097 bytes; at most 4096 are allowed",
    ],
  ])("%j: says which field and why", (change, field, message) => {
    expect(refusal(change)).toMatchObject({ failure: "invalid", field, message, code: "ERR_REPORT" });
  });

  it("has an annotation whose key is none", () => {
    expect(refusal({ annotations: { "a b": "x" } }).message).toMatch(
      /^annotations is "a b"; the key must be /u,
    );
  });

  it("is quoted in part only", () => {
    expect(refusal({ type: "x".repeat(5000) }).message.length).toBeLessThan(150);
  });
});

describe("a draft", () => {
  it("takes the edges of what is allowed", () => {
    const draft = draftOf({
      ...GOOD,
      reason: "r".repeat(128),
      note: "",
      regarding: { kind: "Node", name: "n".repeat(253), namespace: "", uid: "" },
    });
    expect(draft).toMatchObject({ namespace: "default", note: "", type: "Warning" });
    expect(draft.regarding).toEqual({ kind: "Node", name: "n".repeat(253) });
  });

  it("holds a copy, whatever becomes of the caller's object", () => {
    const regarding = { kind: "Pod", name: "web" };
    const draft = draftOf({ ...GOOD, regarding });
    regarding.name = "changed";
    expect(draft.regarding.name).toBe("web");
  });

  it("has a key in which no field can pass for another", () => {
    const keys = [
      GOOD,
      { ...GOOD, reason: "Inject", action: "InjectionFailed" },
      { ...GOOD, dedupeKey: "no database" },
      { ...GOOD, related: GOOD.regarding },
      { ...GOOD, regarding: { ...GOOD.regarding, fieldPath: "spec.containers{a}" } },
    ].map((report) => seriesKey(draftOf(report), false));
    expect(new Set(keys).size).toBe(keys.length);
  });
});

describe("a qualified name", () => {
  it.each(["kubelet", "shop.example/injector", "a", "A_b.c-d", "x".repeat(63)])("%s", (name) => {
    expect(isQualifiedName(name)).toBe(true);
  });
  it.each(["", "a b", "-a", "a/", "/a", "a/b/c", "Shop.example/a", "x".repeat(64), "ü"])(
    "%s is none",
    (name) => {
      expect(isQualifiedName(name)).toBe(false);
    },
  );
});

describe("a reference", () => {
  it("is read off an object", () => {
    const object = { apiVersion: "v1", kind: "Pod", metadata: { name: "web", namespace: "shop", uid: "u" } };
    expect(referenceTo(object)).toEqual({
      apiVersion: "v1",
      kind: "Pod",
      name: "web",
      namespace: "shop",
      uid: "u",
      fieldPath: undefined,
    });
  });

  it("says what an object out of a list does not say itself", () => {
    const kind = { apiVersion: "apps/v1", kind: "Deployment", fieldPath: "spec" };
    expect(referenceTo({ metadata: { name: "web" } }, kind)).toMatchObject({ ...kind, name: "web" });
    expect(refusal({ regarding: referenceTo({}) }).field).toBe("regarding.kind");
  });
});
