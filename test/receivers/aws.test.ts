import { describe, expect, it } from "vitest";

import type { SinkRecord, SinkType } from "../../src/sink/index.ts";
import { eventbridge } from "../../src/sinks/eventbridge/eventbridge.ts";
import { sns } from "../../src/sinks/sns/sns.ts";
import { sqs } from "../../src/sinks/sqs/sqs.ts";
import { noDeadline } from "../support/deadline.ts";
import { makeSink } from "../support/describe-sink.ts";
import { HOSTILE_TEXTS } from "../support/hostile-texts.ts";
import { makeRecord } from "../support/notifications.ts";
import { MOTO, startMoto } from "./moto-server.ts";

const KEY = { credentials: { accessKeyId: "test", secretAccessKey: "test" } };
const TEXTS = Object.values(HOSTILE_TEXTS).slice(0, 10);
const RECORDS = TEXTS.map((text, index) => makeRecord(`r${index}`, { message: text }));
const ALL_WRITTEN = RECORDS.map(() => ({ ok: true }));

/** Writes records, and answers their outcomes or the error of all. */
async function write(
  type: SinkType,
  options: Readonly<Record<string, unknown>>,
  records: readonly SinkRecord[] = RECORDS,
): Promise<unknown> {
  const { sink } = makeSink(type, { ...KEY, ...options });
  const outcomes: unknown = await sink.write?.(records, noDeadline()).catch((error: unknown) => error);
  await sink.close();
  return outcomes;
}

function textsOf(records: readonly string[]): readonly unknown[] {
  return records.map((json): unknown => JSON.parse(json).event.message);
}

const SENT = TEXTS.map((text) => text.toWellFormed());

describe.skipIf(MOTO === undefined)("AWS, played by moto,", () => {
  it("gets every text by SQS", async () => {
    await using moto = await startMoto(MOTO ?? "");
    const queueUrl = await moto.makeQueue("events");
    expect(await write(sqs, { queueUrl, region: moto.region })).toEqual(ALL_WRITTEN);
    const messages = await moto.messages(queueUrl);
    expect(textsOf(messages.map(({ body }) => body))).toEqual(SENT);
  });

  it("keeps one message of a record that is written twice to a FIFO queue", async () => {
    await using moto = await startMoto(MOTO ?? "");
    const queueUrl = await moto.makeQueue("events.fifo");
    const records = [makeRecord("a"), makeRecord("b")];
    for (const _ of ["once", "twice"])
      expect(await write(sqs, { queueUrl, region: moto.region }, records)).toEqual([
        { ok: true },
        { ok: true },
      ]);
    const ids = (await moto.messages(queueUrl)).map(({ body }): unknown => JSON.parse(body).id);
    expect(ids).toEqual(["a", "b"]);
  });

  it("gets every text by SNS", async () => {
    await using moto = await startMoto(MOTO ?? "");
    const queueUrl = await moto.makeQueue("events");
    const topicArn = await moto.makeTopic("events", "events");
    expect(await write(sns, { topicArn, endpoint: moto.url })).toEqual(ALL_WRITTEN);
    const envelopes = (await moto.messages(queueUrl)).map(({ body }) => String(JSON.parse(body).Message));
    expect(textsOf(envelopes)).toEqual(SENT);
  });

  it("gets every text by EventBridge", async () => {
    await using moto = await startMoto(MOTO ?? "");
    const queueUrl = await moto.makeQueue("events");
    await moto.makeBus("cluster", "tocsin", "events");
    const options = { bus: "cluster", endpoint: moto.url, region: moto.region };
    expect(await write(eventbridge, options)).toEqual(ALL_WRITTEN);
    const found = (await moto.messages(queueUrl)).map(
      ({ body }): unknown => JSON.parse(body).detail.event.message,
    );
    expect(found).toEqual(SENT);
  });

  it("has no such queue, topic or record of this size, in words that are understood", async () => {
    await using moto = await startMoto(MOTO ?? "");
    const { region, url } = moto;
    const nowhere = { queueUrl: `${url}/123456789012/nowhere`, region };
    expect(await write(sqs, nowhere)).toMatchObject({ class: "broken", failure: "not-found" });
    const topicArn = `arn:aws:sns:${region}:123456789012:nowhere`;
    expect(await write(sns, { topicArn, endpoint: url })).toMatchObject({
      class: "broken",
      failure: "not-found",
    });
    const queueUrl = await moto.makeQueue("events");
    const large = makeRecord("a", { message: "x".repeat(1_100_000) });
    expect(await write(sqs, { queueUrl, region }, [large])).toMatchObject({ class: "poison" });
  });
});
