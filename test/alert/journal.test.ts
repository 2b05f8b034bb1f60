import { expect, it } from "vitest";

import { toEntity } from "../../src/alert/entity-kinds.ts";
import { Journal } from "../../src/alert/journal.ts";
import type { RuleRow } from "../../src/alert/state.ts";

it("a journal says the newest of each key once, and which are gone", () => {
  const journal = new Journal<RuleRow>("rule", (row) => toEntity("rule", row));
  const row = (name: string, since: number): RuleRow => ({ name, version: "1", since });
  for (const each of [row("a", 1), row("b", 1), row("a", 2), row("c", 1)]) journal.put(each.name, each);
  journal.forget("b");
  journal.forget("c");
  journal.put("c", row("c", 3));
  expect(journal.drain()).toEqual({
    put: [toEntity("rule", row("a", 2)), toEntity("rule", row("c", 3))],
    forget: [{ kind: "rule", key: "b" }],
  });
  expect(journal.drain()).toEqual({ put: [], forget: [] });
});
