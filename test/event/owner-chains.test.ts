import { describe, expect, it } from "vitest";

import { ownerChains } from "../../src/event/index.ts";

/** A Pod of an operator with one owner more than are followed. */
const LONG = {
  "prod/Pod/shop/web-1": "ReplicaSet/web",
  "prod/ReplicaSet/shop/web": "Deployment/web",
  "prod/Deployment/shop/web": "WebApp/web",
  "prod/WebApp/shop/web": "Tenant/shop",
  "prod/Tenant/shop/shop": "Fleet/all",
};
const CIRCLE = { "prod/Pod/shop/a": "Pod/b", "prod/Pod/shop/b": "Pod/a" };
const ELSEWHERE = { "prod/Pod/shop/a": "Job/a", "prod/Job/bank/a": "CronJob/a" };

const chainsOf = (owners: Readonly<Record<string, string>>) => ownerChains((object) => owners[object]);

describe("the chain of owners", () => {
  it.each([
    {
      title: "is followed four owners far",
      owners: LONG,
      object: "prod/Pod/shop/web-1",
      chain: ["ReplicaSet/web", "Deployment/web", "WebApp/web", "Tenant/shop"],
    },
    {
      title: "ends where it bites its tail",
      owners: CIRCLE,
      object: "prod/Pod/shop/a",
      chain: ["Pod/b", "Pod/a"],
    },
    { title: "stays in the namespace", owners: ELSEWHERE, object: "prod/Pod/shop/a", chain: ["Job/a"] },
    {
      title: "is empty without an owner",
      owners: { "prod/Pod/shop/a": "" },
      object: "prod/Pod/shop/a",
      chain: [],
    },
    {
      title: "works for objects without a namespace",
      owners: { "prod/Node//n": "Machine/n" },
      object: "prod/Node//n",
      chain: ["Machine/n"],
    },
  ])("$title", ({ owners, object, chain }) => {
    expect(chainsOf(owners).of(object)).toEqual(chain);
  });

  it.each([
    { object: "prod/ReplicaSet/shop/web", top: undefined },
    { object: "prod/Deployment/shop/web", top: "prod/Fleet/shop/all" },
    { object: "prod/Pod/shop/other", top: "prod/Pod/shop/other" },
  ])("has the top $top above $object", ({ object, top }) => {
    expect(chainsOf(LONG).topOf(object)).toBe(top);
  });

  it("is read level by level, and no object twice", async () => {
    const read: (readonly string[])[] = [];
    const load = (owners: Readonly<Record<string, string>>, ...objects: readonly string[]) =>
      chainsOf(owners).load(objects, async (level) => void read.push(level));
    await load(
      { ...LONG, "prod/Pod/shop/web-2": "ReplicaSet/web" },
      "prod/Pod/shop/web-1",
      "prod/Pod/shop/web-2",
    );
    expect(read.splice(0)).toEqual([
      ["prod/Pod/shop/web-1", "prod/Pod/shop/web-2"],
      ["prod/ReplicaSet/shop/web"],
      ["prod/Deployment/shop/web"],
      ["prod/WebApp/shop/web"],
    ]);
    await load(CIRCLE, "prod/Pod/shop/a");
    expect(read).toEqual([["prod/Pod/shop/a"], ["prod/Pod/shop/b"]]);
  });
});
