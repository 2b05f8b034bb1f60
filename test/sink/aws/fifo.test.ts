import { describe, expect, it } from "vitest";

import type { EventRecord } from "../../../src/alert/index.ts";
import { fifoIds } from "../../../src/sink/aws/index.ts";
import { makeRecord, makeWireEvent } from "../../support/notifications.ts";

function recordOf(id: string, uid: string, name: string): EventRecord {
  const { involvedObject } = makeWireEvent();
  // `makeRecord` wrote it.
  return JSON.parse(makeRecord(id, { involvedObject: { ...involvedObject, uid, name } }).body) as EventRecord;
}

describe("the ids of a FIFO queue", () => {
  it("keep the Events of one object in one group, also of one without a uid", () => {
    const [first, second, other] = ["web-1", "web-1", "web-2"].map((name, index) =>
      fifoIds(recordOf(`r-${index}`, "", name)),
    );
    expect(first?.MessageGroupId).toBe(second?.MessageGroupId);
    expect(first?.MessageGroupId).not.toBe(other?.MessageGroupId);
    expect(first?.MessageDeduplicationId).not.toBe(second?.MessageDeduplicationId);
  });

  it.each(["ü", "a b", "x".repeat(129), "\n"])("are valid for any text, such as %j", (text) => {
    const valid = /^[!-~]{1,128}$/u;
    const ids = fifoIds(recordOf(text, text, "web"));
    expect(ids.MessageGroupId).toMatch(valid);
    expect(ids.MessageDeduplicationId).toMatch(valid);
    expect(fifoIds(recordOf(text, text, "web"))).toEqual(ids);
  });
});
