import { describe, expect, it } from "vitest";
import { z } from "zod";

import { strict } from "../../../src/lib/schema.ts";
import { parseSink, type Sink } from "../../../src/sink/index.ts";
import { defineRecordSink } from "../../../src/sink/records/index.ts";
import { noDeadline } from "../../support/deadline.ts";
import { failureOfSending, makeSink, sendOnce } from "../../support/describe-sink.ts";
import { type FakeReceiver, startReceiver } from "../../support/fake-receiver.ts";
import { freePort } from "../../support/free-port.ts";
import { makeRecord } from "../../support/notifications.ts";

/** The smallest store: ids, one in a line. */
const ids = defineRecordSink<{ readonly urls: readonly string[] }, string>({
  type: "ids",
  options: strict({ urls: z.array(z.string()) }),
  maxBytes: 2000,
  open: ({ urls }) => ({
    urls: () => urls,
    toItem: ({ id, event }) => `${id} ${event.message}\n`,
    toBody: (items) => items.join(""),
    headers: ({ bytes, rawBytes }) => ({ "x-bytes": `${bytes.length} of ${rawBytes}` }),
  }),
});

async function withIds(run: (sink: Sink, receiver: FakeReceiver) => Promise<void>): Promise<void> {
  await using receiver = await startReceiver();
  const { sink } = makeSink(ids, { urls: [receiver.url] });
  try {
    await run(sink, receiver);
  } finally {
    await sink.close();
  }
}

describe("a sink that writes to a store", () => {
  it("writes a hundred records in a request unless it is told otherwise", () => {
    const batchOf = (batch: object): unknown =>
      parseSink({ name: "a", type: "ids", urls: [], ...batch }, [ids]).sink?.common.batch;
    expect(batchOf({})).toEqual({ size: 100, waitMs: 1000 });
    expect(batchOf({ batch: { wait: "2s" } })).toEqual({ size: 100, waitMs: 2000 });
    expect(batchOf({ batch: { size: 7 } })).toEqual({ size: 7, waitMs: 1000 });
  });

  it("packs what is not short", async () => {
    await withIds(async (sink, receiver) => {
      await sink.write?.([makeRecord("short", { message: "x" })], noDeadline());
      await sink.write?.([makeRecord("long", { message: "x".repeat(1500) })], noDeadline());
      const [short, long] = receiver.requests;
      expect(short?.headers).not.toHaveProperty("content-encoding");
      expect(long?.headers).toMatchObject({
        "content-encoding": "gzip",
        "x-bytes": `${long?.bytes?.length} of ${long?.body.length}`,
      });
      expect(long?.bytes?.length).toBeLessThan(100);
    });
  });

  it("refuses several records that are too big together, and lets the store judge a single one", async () => {
    await withIds(async (sink, receiver) => {
      const big = makeRecord("a", { message: "x".repeat(3000) });
      const thrown: unknown = await sink.write?.([big, big], noDeadline()).catch((error: unknown) => error);
      expect(thrown).toMatchObject({
        class: "poison",
        failure: "too-large",
        message: "2 records have 6006 bytes, and ids takes 2000 in a request",
      });
      expect(receiver.requests).toEqual([]);
      expect(await sink.write?.([big], noDeadline())).toEqual([{ ok: true }]);
    });
  });

  it("asks the next address where one cannot be reached, and stays with the one that answers", async () => {
    await using receiver = await startReceiver();
    const away = `http://127.0.0.1:${await freePort()}`;
    const { sink } = makeSink(ids, { urls: [away, receiver.url] });
    await sendOnce(sink);
    receiver.answer({ status: 503 });
    expect(await failureOfSending(sink)).toMatchObject({ failure: "server" });
    expect(receiver.requests).toHaveLength(2);
    await receiver.close();
    expect(await failureOfSending(sink)).toMatchObject({ failure: "network", class: "transient" });
    await sink.close();
  });

  it("writes to the path of the store where its address has none", async () => {
    await using receiver = await startReceiver();
    const own = defineRecordSink<{ readonly urls: readonly string[] }, string>({
      type: "own",
      options: strict({ urls: z.array(z.string()) }),
      maxBytes: 2000,
      path: "/v1/own",
      open: ({ urls }) => ({ urls: () => urls, toItem: ({ id }) => id, toBody: String, headers: () => ({}) }),
    });
    for (const address of [`${receiver.url}?a=b`, `${receiver.url}/`, `${receiver.url}/other`]) {
      const { sink } = makeSink(own, { urls: [address] });
      await sendOnce(sink);
      await sink.close();
    }
    expect(receiver.requests.map(({ path }) => path)).toEqual(["/v1/own?a=b", "/v1/own", "/other"]);
  });

  it("takes a page for people for no acceptance, whatever its status", async () => {
    await withIds(async (sink, receiver) => {
      receiver.script({ status: 200, body: "<!doctype html><title>Sign in</title>" });
      expect(await failureOfSending(sink)).toMatchObject({
        class: "transient",
        message: expect.stringContaining("a page answered"),
      });
    });
  });

  it("probes each address", async () => {
    await using one = await startReceiver();
    await using other = await startReceiver();
    const { sink } = makeSink(ids, { urls: [one.url, other.url] });
    expect(await sink.probe?.(noDeadline())).toBe(
      [one.url, other.url].map((url) => url.replace("http://", "")).join(", "),
    );
    await sink.close();
  });

  it("gives up a record that a fault has changed", async () => {
    await withIds(async (sink, receiver) => {
      const thrown: unknown = await sink
        .write?.([{ id: "a", body: '{"version":' }], noDeadline())
        .catch((error: unknown) => error);
      expect(thrown).toMatchObject({ class: "poison", message: "the stored record is not JSON" });
      expect(receiver.requests).toEqual([]);
    });
  });
});
