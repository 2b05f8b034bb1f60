import { describe, expect, it } from "vitest";

import type { OwnerRow } from "../../src/alert/index.ts";
import { OwnerIndex } from "../../src/pipeline/owner-index.ts";

const row = (object: string, owner: string, node = ""): OwnerRow => ({ object, owner, node, expiresAt: 0 });

/** An index over stored rows, and what it asked the store for. */
function indexOf(...rows: readonly OwnerRow[]): { readonly index: OwnerIndex; readonly asked: string[][] } {
  const asked: string[][] = [];
  const stored = new Map(rows.map((each) => [each.object, each]));
  const owners = (objects: Iterable<string>): Promise<ReadonlyMap<string, OwnerRow>> => {
    asked.push([...objects]);
    return Promise.resolve(stored);
  };
  return { index: new OwnerIndex({ owners }), asked };
}

describe("the index of owners", () => {
  it("follows a chain of four from the store, and asks once", async () => {
    const chain = ["a", "b", "c", "d", "e"].map((name, depth) =>
      row(`test/K/shop/${name}`, `K/${"bcdef"[depth]}`),
    );
    const { index, asked } = indexOf(...chain);
    await index.load(["test/K/shop/a"]);
    expect(index.ownersOf("test/K/shop/a")).toEqual(["K/b", "K/c", "K/d", "K/e"]);
    await index.load(["test/K/shop/a"]);
    expect(asked).toEqual([["test/K/shop/a"], ["test/K/shop/b"], ["test/K/shop/c"], ["test/K/shop/d"]]);
  });

  it("ends a chain that bites its tail", async () => {
    const { index } = indexOf(row("test/K/shop/a", "K/b"), row("test/K/shop/b", "K/a"));
    await index.load(["test/K/shop/a"]);
    expect(index.ownersOf("test/K/shop/a")).toEqual(["K/b", "K/a"]);
  });

  it("stays in the namespace", async () => {
    const { index } = indexOf(
      row("test/Pod/shop/a", "ReplicaSet/r"),
      row("test/ReplicaSet/bank/r", "Deployment/d"),
    );
    await index.load(["test/Pod/shop/a"]);
    expect(index.ownersOf("test/Pod/shop/a")).toEqual(["ReplicaSet/r"]);
  });

  it("keeps the first owner and the newest node, and says what is new", () => {
    const { index } = indexOf();
    expect(index.learn(row("test/Pod/shop/a", "", "n1"))).toBe(true);
    expect(index.learn(row("test/Pod/shop/a", "", "n1"))).toBe(false);
    expect(index.learn(row("test/Pod/shop/a", "Job/j"))).toBe(true);
    expect(index.learn(row("test/Pod/shop/a", "Job/other"))).toBe(false);
    expect(index.learn(row("test/Pod/shop/a", "", "n2"))).toBe(true);
    expect([
      index.ownersOf("test/Pod/shop/a"),
      index.nodeOf("test/Pod/shop/a"),
      index.nodeOf("test/Pod/shop/b"),
    ]).toEqual([["Job/j"], "n2", ""]);
  });
});
