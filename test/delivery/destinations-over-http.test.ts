import { describe, expect, it } from "vitest";
import { z } from "zod";

import type { NewDelivery } from "../../src/alert/index.ts";
import { classifyStatus } from "../../src/egress/index.ts";
import { type ConfiguredSink, defineSink, parseSink } from "../../src/sink/index.ts";
import { type FakeReceiver, startReceiver } from "../support/fake-receiver.ts";
import { makeDelivery, makeNotification } from "../support/make-delivery.ts";
import { until } from "../support/until.ts";
import { DeliveryBed } from "./delivery-bed.ts";

/** Posts to the receiver that stands for the cluster of a message: a small chat service with two rooms. */
const rooms = defineSink({
  type: "rooms",
  options: z.strictObject({ rooms: z.record(z.string(), z.string()) }),
  takes: ["alerts"],
  traits: () => ({ rateLimit: undefined, concurrency: 1 }),
  destinationOf: ({ cluster }) => cluster,
  http: true,
  create: (options, context) => {
    const client = context.http({ allowPrivate: true });
    return {
      send: async ({ cluster, id }, { signal }) => {
        const url = `${options.rooms[cluster] ?? ""}/${id}`;
        const request = { url, method: "POST", headers: {}, body: "", signal };
        const { status, headers } = await client.request(request);
        const scope = "destination" as const;
        const failure = classifyStatus(status, headers, context.clock.now())?.with({ scope });
        if (failure !== undefined) throw failure;
        return {};
      },
      close: () => client.close(),
    };
  },
});

const COUNT = 25;

describe("two destinations of one sink, over HTTP", () => {
  it.each([
    { refusal: "an archived room", status: 410 },
    { refusal: "a room that takes no message", status: 400 },
    { refusal: "a room that is down", status: 503 },
    { refusal: "a room that asks for a pause", status: 429 },
  ])("deliver everything to one at once while the other is $refusal", async ({ status }) => {
    await using bad = await startReceiver({ status, headers: { "retry-after": "60" } });
    await using good = await startReceiver();
    const bed = await DeliveryBed.open();
    bed.start(configured({ bad, good }));
    const rows = Array.from({ length: COUNT }, (_, index) => [
      rowFor(bed, "bad", index),
      rowFor(bed, "good", index),
    ]);
    await bed.commit({ deliveries: rows.flat() });
    const began = bed.clock.now();
    // Requests need real time; the clock of the delivery goes on by a millisecond for each look.
    await until(async () => {
      await bed.clock.advance(1);
      return (await bed.outcomes()).filter((row) => /^good\d+ delivered$/u.test(row)).length === COUNT;
    });
    expect(bed.clock.now() - began).toBeLessThan(60_000);
    expect(new Set(good.requests.map(({ path }) => path)).size).toBe(COUNT);
    expect(good.requests).toHaveLength(COUNT);
    expect(bad.requests.length).toBeLessThan(COUNT);
    expect(bed.delivery.status()).toMatchObject([{ sink: "chat", state: "ok" }]);

    bad.answer({ status: 200 });
    const open = COUNT - (status === 400 ? 2 : 0);
    await until(async () => {
      await bed.clock.advance(1000);
      return (await bed.outcomes()).filter((row) => /^bad\d+ delivered$/u.test(row)).length === open;
    });
    await bed.close();
  });
});

function configured({ bad, good }: Readonly<Record<"bad" | "good", FakeReceiver>>): ConfiguredSink {
  const entry = { name: "chat", type: "rooms", rooms: { bad: bad.url, good: good.url } };
  const { sink, faults } = parseSink(entry, [rooms]);
  if (sink === undefined) throw new Error(faults.map(({ message }) => message).join("; "));
  return sink;
}

function rowFor(bed: DeliveryBed, cluster: "bad" | "good", index: number): NewDelivery {
  const id = `${cluster}${index}`;
  const row = makeDelivery(id, { sink: "chat", groupKey: id, createdAt: bed.clock.now() });
  return { ...row, notification: makeNotification({ id, sink: "chat", cluster }) };
}
