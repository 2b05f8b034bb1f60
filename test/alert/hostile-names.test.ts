import { describe, expect, it } from "vitest";

import { objectOfMember } from "../../src/alert/alert-objects.ts";
import type { InhibitRule } from "../../src/alert/index.ts";
import { keyOfSource } from "../../src/alert/suppression/inhibit-keys.ts";
import { sourceKey } from "../../src/alert/tracking/alert.ts";
import { objectName } from "../../src/alert/tracking/identity.ts";
import { memberKey } from "../../src/alert/tracking/members.ts";
import { makeEvent, makeSubject } from "./make.ts";

/** Objects of one namespace whose names are made to be taken for each other. */
const OBJECTS = [
  { kind: "Pod", namespace: "shop", name: "a/b" },
  { kind: "Pod/a", namespace: "shop", name: "b" },
  { kind: "Pod", namespace: "shop", name: "shop/a" },
  { kind: "Pod/shop", namespace: "shop", name: "a" },
  { kind: "Pod", namespace: "shop", name: "a" },
  { kind: "Pod", namespace: "shop", name: "a%2Fb" },
  { kind: "Pod", namespace: "shop", name: "a\0b" },
  { kind: "Pod", namespace: "shop", name: "a|b" },
];

const SAME_OBJECT: InhibitRule = {
  name: "same",
  isSource: () => true,
  isTarget: () => true,
  equal: ["namespace", "kind", "name"],
  equalNode: false,
  isExpected: false,
  named: false,
};

describe("names with separators and control characters", () => {
  it.each([
    {
      what: "member",
      keyOf: (object: object) => memberKey(makeSubject({ involvedObject: object })),
    },
    {
      what: "source",
      keyOf: (object: object) => sourceKey("kubelet", makeSubject({ involvedObject: object }).object),
    },
    {
      what: "workload",
      keyOf: (object: object) => objectName(makeEvent({ involvedObject: object })),
    },
    {
      what: "cause",
      keyOf: (object: object) => keyOfSource(SAME_OBJECT, { cluster: "c", ...object }),
    },
  ])("make no $what pass for another", ({ keyOf }) => {
    expect(new Set(OBJECTS.map(keyOf)).size).toBe(OBJECTS.length);
  });

  it("move no border between an object and its container, or its writer", () => {
    const member = (name: string, container: string): string =>
      memberKey(
        makeSubject({
          involvedObject: {
            kind: "Pod",
            namespace: "shop",
            name,
            fieldPath: `spec.containers{${container}}`,
          },
        }),
      );
    expect(member("a/b", "c")).not.toBe(member("a", "b/c"));
    expect(objectOfMember({ key: member("a", "b/c") })).toBe("test/Pod/shop/a");
    expect(sourceKey("x/y", "test/Pod/shop/a")).not.toBe(sourceKey("y", "test/Pod/shop/a/x"));
  });
});
