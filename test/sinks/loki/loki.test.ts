import { describe, expect, it } from "vitest";
import { z } from "zod";

import { loki } from "../../../src/sinks/loki/loki.ts";
import { noDeadline } from "../../support/deadline.ts";
import { describeSink, failureOfSending, makeSink, sendOnce } from "../../support/describe-sink.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { type FakeReceiver, startReceiver } from "../../support/fake-receiver.ts";
import { makeRecord } from "../../support/notifications.ts";
import { startFakeLoki } from "../../vendors/loki.ts";

/** A push as Loki reads it: times are texts, and so are all values. */
const Push = z.strictObject({
  streams: z.array(
    z.strictObject({
      stream: z.record(z.string(), z.string().min(1)),
      values: z.array(
        z.union([
          z.tuple([z.string().regex(/^\d{19}$/u), z.string()]),
          z.tuple([z.string().regex(/^\d{19}$/u), z.string(), z.record(z.string(), z.string())]),
        ]),
      ),
    }),
  ),
});

function streamsOf(body: string | undefined): z.infer<typeof Push>["streams"] {
  return Push.parse(JSON.parse(body ?? "")).streams;
}

describeSink(loki, {
  receiver: () => startFakeLoki({ clock: new FakeClock(), anyPath: true }),
  options: ({ url }, secret) => ({ url: `${url}/${secret}` }),
  checkRecord: (body, text) => {
    const [stream] = streamsOf(body);
    expect(stream?.stream).toEqual({ job: "tocsin", cluster: "prod-eu1", namespace: "shop", type: "Normal" });
    const [, line = ""] = stream?.values[0] ?? [];
    expect(JSON.parse(line)).toMatchObject({ id: "record-1", event: { message: text.toWellFormed() } });
  },
  statuses: { 260: "broken" },
});

async function pushed(
  options: Readonly<Record<string, unknown>>,
  records: readonly ReturnType<typeof makeRecord>[],
  clock = new FakeClock(),
): Promise<FakeReceiver["requests"]> {
  await using receiver = await startReceiver({ status: 204 });
  const { sink } = makeSink(loki, { url: receiver.url, ...options }, { clock });
  await sink.write?.(records, noDeadline());
  await sink.close();
  return receiver.requests;
}

describe("the loki sink", () => {
  it("L1: pushes lines with few labels, the rest as structured metadata", async () => {
    const labels = { job: "events", region: "eu" };
    const [request] = await pushed({ tenant: "ops", labels }, [
      makeRecord("a"),
      makeRecord("b", { type: "Warning" }),
    ]);
    expect(request).toMatchObject({ method: "POST", path: "/loki/api/v1/push" });
    expect(request?.headers).toMatchObject({ "x-scope-orgid": "ops", "content-type": "application/json" });
    const streams = streamsOf(request?.body);
    expect(streams.map(({ stream }) => stream)).toEqual([
      { job: "events", region: "eu", cluster: "prod-eu1", namespace: "shop", type: "Normal" },
      { job: "events", region: "eu", cluster: "prod-eu1", namespace: "shop", type: "Warning" },
    ]);
    expect(streams[0]?.values[0]?.[2]).toEqual({
      kind: "Pod",
      name: "web-1",
      container: "app",
      reason: "BackOff",
      component: "kubelet",
      node: "node-1",
      uid: "0b6f4c1e-6f0e-4c6e-9a57-2f1f6f3b9d10",
      count: "3",
    });
  });

  it("makes no streams of invented types, and no label without a value", async () => {
    const nowhere = {
      kind: "Node",
      apiVersion: "v1",
      namespace: "",
      name: "node-1",
      uid: "",
      fieldPath: "",
      container: "",
    };
    const records = ["x", "y"].map((type) => makeRecord(type, { type, involvedObject: nowhere }));
    const [request] = await pushed({}, records);
    const streams = streamsOf(request?.body);
    expect(streams).toHaveLength(1);
    expect(streams[0]?.stream).toEqual({ job: "tocsin", cluster: "prod-eu1", type: "other" });
    expect(streams[0]?.values).toHaveLength(2);
  });

  it.each([
    ["as it is", "2026-06-01T10:04:00.000Z", "2026-06-01T10:04:00.000Z"],
    ["not later than its record", "2026-06-01T11:00:00.000Z", "2026-06-01T10:05:00.000Z"],
    ["not much earlier than its record", "2026-06-01T07:00:00.000Z", "2026-06-01T09:15:00.000Z"],
  ])("takes the time of the Event %s", async (_, lastSeen, expected) => {
    const [request] = await pushed({}, [makeRecord("a", { lastSeen })]);
    expect(streamsOf(request?.body)[0]?.values[0]?.[0]).toBe(`${Date.parse(expected)}000000`);
  });

  it("gives a record that waited for more than a week a time that Loki takes", async () => {
    const clock = new FakeClock(Date.parse("2026-06-10T00:00:00Z"));
    const [request] = await pushed({}, [makeRecord("a")], clock);
    const expected = Date.parse("2026-06-10T00:00:00Z") - 167 * 3_600_000;
    expect(streamsOf(request?.body)[0]?.values[0]?.[0]).toBe(`${expected}000000`);
  });

  it("leaves structured metadata out for a Loki that takes none", async () => {
    await using receiver = await startReceiver({ status: 204 });
    const { sink } = makeSink(loki, { url: receiver.url });
    const body = "stream '{}' includes structured metadata, but this feature is disallowed";
    receiver.script({ status: 400, body });
    expect(await failureOfSending(sink)).toMatchObject({ class: "transient" });
    await sendOnce(sink);
    receiver.answer({ status: 400, body });
    expect(await failureOfSending(sink)).toMatchObject({ class: "poison" });
    await sink.close();
    expect(receiver.bodies().map((each) => streamsOf(each)[0]?.values[0]?.length)).toEqual([3, 2, 2]);
  });

  it.each([
    [{ url: "http://x", labels: { "a-b": "c" } }, "a label has letters"],
    [{ url: "http://x", labels: { __a: "c" } }, "a label has letters"],
    [{ url: "http://x", labels: { namespace: "c" } }, "comes from the Event"],
    [
      { url: "http://x", labels: Object.fromEntries(Array.from({ length: 12 }, (_, at) => [`l${at}`, "x"])) },
      "at most 11",
    ],
    [{ url: "http://x", tenant: "a b" }, "no blanks"],
  ])("refuses %j at load", (options, message) => {
    expect(() => makeSink(loki, options)).toThrow(message);
  });
});
