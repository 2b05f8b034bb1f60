import { expect, it } from "vitest";

import type { EventRecord } from "../../../src/alert/index.ts";
import { byResource } from "../../../src/sinks/otlp/by-resource.ts";
import { makeRecord } from "../../support/notifications.ts";

/** A record about an object. */
function recordOf(change: { readonly name: string; readonly uid: string }): EventRecord {
  // `makeRecord` makes records of this shape, as JSON.
  const record = JSON.parse(makeRecord("a").body) as EventRecord;
  const involvedObject = { ...record.event.involvedObject, ...change };
  return { ...record, event: { ...record.event, involvedObject } };
}

it("objects share a resource only when all their names are equal, whatever is in them", () => {
  const one = recordOf({ name: "a\nb", uid: "c" });
  const other = recordOf({ name: "a", uid: "b\nc" });
  expect(byResource([one, other, one]).map(({ logs }) => logs.length)).toEqual([2, 1]);
});
