import { describe, expect, it } from "vitest";

import { forwardRecords } from "../../../src/alert/dispatch/forward-records.ts";
import type { EventRecord } from "../../../src/alert/notification.ts";
import { makePolicy } from "../../support/engine-bed.ts";
import { makeEvent, makeOccurrence, type makeRaw } from "../make.ts";

const METADATA = { name: "e", namespace: "shop", uid: "u", resourceVersion: "7" };
const policy = makePolicy({ rules: "rules: []", forward: "[{ name: all, sinks: [ops] }]" });

function recordOf(raw: Parameters<typeof makeRaw>[0]): {
  readonly body: string;
  readonly record: EventRecord;
} {
  const record = bodyOf(makeEvent(raw));
  return { body: JSON.stringify(record), record };
}

function bodyOf(event: ReturnType<typeof makeEvent>): EventRecord {
  const wanted = policy.forwards.match(event).map((forward) => ({ forward, delta: 1 }));
  const [made] = forwardRecords({ kind: "forwarded", occurrence: makeOccurrence(event), wanted }, policy);
  // It was made from a record.
  return JSON.parse(made?.body ?? "") as EventRecord;
}

describe("a record of forward", () => {
  it("has the whole message and the labels of an ordinary Event", () => {
    const message = `${"long ".repeat(1000)}end`;
    const { record } = recordOf({ message, metadata: { ...METADATA, labels: { team: "shop" } } });
    expect(record.event).toMatchObject({ message, metadata: { labels: { team: "shop" } } });
  });

  it("has labels, annotations and owner of its object where they are known, and no keys for them elsewhere", () => {
    const event = makeEvent({ metadata: METADATA });
    const known = { labels: { app: "web" }, annotations: {}, owner: { kind: "Deployment", name: "web" } };
    const involvedObject = { ...event.involvedObject, ...known };
    const [plain, rich] = [event, { ...event, involvedObject }].map((each) => bodyOf(each));
    expect(Object.keys(plain?.event.involvedObject ?? {})).not.toContain("labels");
    const { annotations: _, ...shown } = known;
    expect(rich?.event.involvedObject).toEqual({ ...plain?.event.involvedObject, ...shown });
  });

  it.each([
    ["a long message", { message: "\u0001".repeat(32_000) }],
    ["many annotations", { metadata: { ...METADATA, annotations: manyOf(60, "\u0002".repeat(500)) } }],
    [
      "long names everywhere",
      {
        message: "\u0001".repeat(32_000),
        reason: "\u0003".repeat(5000),
        action: "\u0003".repeat(5000),
        source: { component: "\u0003".repeat(5000), host: "\u0003".repeat(5000) },
        involvedObject: longRef(),
        related: longRef(),
      },
    ],
  ])("takes no more than 32 KiB as JSON, with control characters in %s", (_what, raw) => {
    const { body, record } = recordOf(raw);
    expect(body.length).toBeLessThanOrEqual(32 * 1024);
    expect(record).toMatchObject({ kind: "event", forward: "all", event: { type: "Warning" } });
  });
});

function manyOf(count: number, text: string): Readonly<Record<string, string>> {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`key-${index}`, text]));
}

function longRef(): Readonly<Record<string, string>> {
  const long = "\u0004".repeat(5000);
  return { kind: long, namespace: long, name: long, uid: long, apiVersion: long, fieldPath: long };
}
