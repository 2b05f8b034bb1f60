import { describe, expect, it } from "vitest";

import { ownerChains } from "../../src/event/index.ts";

/** A Pod of an operator with one owner more than are followed. */
const LONG = {
  "Pod/shop/web-1": "ReplicaSet/web",
  "ReplicaSet/shop/web": "Deployment/web",
  "Deployment/shop/web": "WebApp/web",
  "WebApp/shop/web": "Tenant/shop",
  "Tenant/shop/shop": "Fleet/all",
};
const CIRCLE = { "Pod/shop/a": "Pod/b", "Pod/shop/b": "Pod/a" };
const ELSEWHERE = { "Pod/shop/a": "Job/a", "Job/bank/a": "CronJob/a" };

const chainsOf = (owners: Readonly<Record<string, string>>) => ownerChains((object) => owners[object]);

describe("the chain of owners", () => {
  it.each([
    {
      title: "is followed four owners far",
      owners: LONG,
      object: "Pod/shop/web-1",
      chain: ["ReplicaSet/web", "Deployment/web", "WebApp/web", "Tenant/shop"],
    },
    {
      title: "ends where it bites its tail",
      owners: CIRCLE,
      object: "Pod/shop/a",
      chain: ["Pod/b", "Pod/a"],
    },
    { title: "stays in the namespace", owners: ELSEWHERE, object: "Pod/shop/a", chain: ["Job/a"] },
    { title: "is empty without an owner", owners: { "Pod/shop/a": "" }, object: "Pod/shop/a", chain: [] },
    {
      title: "works for objects without a namespace",
      owners: { "Node//n": "Machine/n" },
      object: "Node//n",
      chain: ["Machine/n"],
    },
  ])("$title", ({ owners, object, chain }) => {
    expect(chainsOf(owners).of(object)).toEqual(chain);
  });

  it.each([
    { object: "ReplicaSet/shop/web", top: undefined },
    { object: "Deployment/shop/web", top: "Fleet/shop/all" },
    { object: "Pod/shop/other", top: "Pod/shop/other" },
  ])("has the top $top above $object", ({ object, top }) => {
    expect(chainsOf(LONG).topOf(object)).toBe(top);
  });

  it("is read level by level, and no object twice", async () => {
    const read: (readonly string[])[] = [];
    const load = (owners: Readonly<Record<string, string>>, ...objects: readonly string[]) =>
      chainsOf(owners).load(objects, async (level) => void read.push(level));
    await load({ ...LONG, "Pod/shop/web-2": "ReplicaSet/web" }, "Pod/shop/web-1", "Pod/shop/web-2");
    expect(read.splice(0)).toEqual([
      ["Pod/shop/web-1", "Pod/shop/web-2"],
      ["ReplicaSet/shop/web"],
      ["Deployment/shop/web"],
      ["WebApp/shop/web"],
    ]);
    await load(CIRCLE, "Pod/shop/a");
    expect(read).toEqual([["Pod/shop/a"], ["Pod/shop/b"]]);
  });
});
