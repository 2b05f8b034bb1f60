import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { normalise, ObjectKey, objectKey } from "../../src/event/index.ts";

const text = fc.string({ unit: fc.constantFrom("a", "b", "/", "%", "2", "F", "\0", "\n", "é") });
const object = fc.record({ cluster: text, kind: text, namespace: text, name: text });

describe("the key of an object", () => {
  it("is one text for the four parts, and gives them back", () => {
    const pod = { cluster: "prod", kind: "Pod", namespace: "shop", name: "web-1" };
    expect(ObjectKey.format(pod)).toBe("prod/Pod/shop/web-1");
    expect(ObjectKey.parse("prod/Pod/shop/web-1")).toEqual(pod);
  });

  it("is no other object's, whatever their names contain", () => {
    fc.assert(
      fc.property(object, object, (a, b) => {
        expect(ObjectKey.parse(ObjectKey.format(a))).toEqual(a);
        expect(ObjectKey.format(a) === ObjectKey.format(b)).toBe(JSON.stringify(a) === JSON.stringify(b));
      }),
    );
  });

  it("differs for Events whose writers put separators, control characters or halves of characters in names", () => {
    const keys = [
      { kind: "Pod", namespace: "shop", name: "a/b" },
      { kind: "Pod", namespace: "shop/a", name: "b" },
      { kind: "Pod/shop", namespace: "a", name: "b" },
      { kind: "Pod", namespace: "shop", name: "a%2Fb" },
      { kind: "Pod", namespace: "shop", name: "a\0b" },
      { kind: "Pod", namespace: "shop", name: "\uD800" },
      { kind: "Pod", namespace: "shop", name: "\uD801" },
    ].map((involvedObject) => {
      const metadata = { name: "e", namespace: involvedObject.namespace, uid: "u", resourceVersion: "1" };
      return Buffer.from(objectKey(normalise({ metadata, involvedObject }, "prod"))).toString();
    });
    expect(new Set(keys).size).toBe(keys.length);
  });
});

describe("the name of an object in its namespace", () => {
  it("has the kind first, and gives both parts back, whatever they contain", () => {
    expect(ObjectKey.formatName({ kind: "Deployment", name: "web" })).toBe("Deployment/web");
    expect(ObjectKey.parseName("Deployment/a/b")).toEqual({ kind: "Deployment", name: "a/b" });
    expect(ObjectKey.parseName("")).toEqual({ kind: "", name: "" });
    fc.assert(
      fc.property(text, text, (kind, name) => {
        expect(ObjectKey.parseName(ObjectKey.formatName({ kind, name }))).toEqual({ kind, name });
      }),
    );
  });

  it("makes the key of an owner in the cluster and namespace of what it owns", () => {
    expect(ObjectKey.beside("prod/Pod/shop/web-1", "ReplicaSet/web")).toBe("prod/ReplicaSet/shop/web");
    expect(ObjectKey.beside("eks%2Fprod/Pod/shop/web-1", "K%2F8/a/b")).toBe("eks%2Fprod/K%2F8/shop/a%2Fb");
  });
});
