import { expect, it } from "vitest";

import { GroupBook } from "../../../src/alert/dispatch/group-book.ts";
import { Schedule } from "../../../src/alert/schedule.ts";
import type { GroupState } from "../../../src/alert/state.ts";
import { changesOf } from "../../support/entity-changes.ts";

const HOUR = 3_600_000;

function ended(key: string): GroupState {
  return { key, route: "root", labels: {}, told: [], flushAt: undefined, moved: false, ends: [0] };
}

it("keeps the past of ten thousand groups, for as long as it matters, and forgets others at once", () => {
  const schedule = new Schedule();
  const groups = Array.from({ length: 10_001 }, (_group, index) => ended(`g${index}`));
  const book = new GroupBook(schedule, () => false);
  book.load(groups);
  book.forgetIfEmpty("g0");
  expect(book.drain()).toEqual({ put: [], forget: [{ kind: "group", key: "g0" }] });
  book.forgetIfEmpty("g1");
  expect(changesOf("group", book.drain())).toMatchObject({
    put: [{ key: "g1", flushAt: 2 * HOUR }],
    forget: [],
  });
  expect(schedule.next()).toBe(2 * HOUR);
});
