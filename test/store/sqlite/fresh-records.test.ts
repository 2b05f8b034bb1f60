import { expect, it } from "vitest";

import { FreshRecords } from "../../../src/store/sqlite/fresh-records.ts";
import { makeRecord } from "../../support/make-delivery.ts";

it("keeps records of a sink of which none waited, oldest first", () => {
  const fresh = new FreshRecords();
  fresh.add({ seq: 1, record: makeRecord("r1"), bytes: 10 });
  expect(fresh.of("ops")).toBe(undefined);
  fresh.begin("ops");
  for (const seq of [2, 3]) fresh.add({ seq, record: makeRecord(`r${seq}`), bytes: 10 });
  fresh.begin("ops");
  expect(fresh.take("ops", 1).map(({ seq }) => seq)).toEqual([2]);
  expect(fresh.of("ops")?.map(({ seq }) => seq)).toEqual([3]);
  fresh.forget("ops");
  expect(fresh.of("ops")).toBe(undefined);
});

it("leaves to the file what has no room, and has room for others then", () => {
  const fresh = new FreshRecords();
  const mebibyte = 2 ** 20;
  for (const sink of ["ops", "file"]) fresh.begin(sink);
  fresh.add({ seq: 1, record: makeRecord("r1"), bytes: 3 * mebibyte });
  fresh.add({ seq: 2, record: makeRecord("r2", { sink: "file" }), bytes: mebibyte });
  fresh.add({ seq: 3, record: makeRecord("r3"), bytes: 1 });
  expect(fresh.of("ops")).toBe(undefined);
  fresh.add({ seq: 4, record: makeRecord("r4", { sink: "file" }), bytes: 3 * mebibyte });
  expect(fresh.of("file")?.map(({ seq }) => seq)).toEqual([2, 4]);
});
