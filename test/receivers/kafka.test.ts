import { Producer, stringSerializers } from "@platformatic/kafka";
import { describe, expect, it } from "vitest";

import { kafka } from "../../src/sinks/kafka/kafka.ts";
import { makeAuthority } from "../sinks/email/mail-server.ts";
import { noDeadline } from "../support/deadline.ts";
import { describeSink, failureOfSending, makeSink } from "../support/describe-sink.ts";
import { makeRecord } from "../support/notifications.ts";
import { until } from "../support/until.ts";
import { KAFKA, type KafkaOptions, startKafka } from "./kafka-broker.ts";

const USER = { mechanism: "SCRAM-SHA-512", user: "tocsin" } as const;

/** The secret of the suite. */
const SECRET = "canary-4f9a1c7e2b";

const start = (options?: KafkaOptions) => startKafka(KAFKA ?? "", options);

describe.skipIf(KAFKA === undefined)("a Kafka broker", () => {
  describeSink(kafka, {
    receiver: async () => {
      const broker = await start({ partitions: 1, sasl: { ...USER, password: SECRET } });
      const sasl = { mechanism: USER.mechanism, username: USER.user, password: SECRET };
      let markers = 0;
      return {
        address: broker.address,
        // Everything that was sent before the marker has arrived once the marker has.
        bodies: async () => {
          const marker = `marker-${markers++}`;
          const producer = new Producer({
            clientId: "marker",
            bootstrapBrokers: [broker.address],
            serializers: stringSerializers,
            sasl,
          });
          await producer.send({ messages: [{ topic: "events", value: marker }] });
          await producer.close(true);
          await until(async () => (await broker.records()).some(({ value }) => value === marker));
          const values = (await broker.records()).map(({ value }) => value);
          return values.filter((value) => !value.startsWith("marker-"));
        },
        [Symbol.asyncDispose]: () => broker[Symbol.asyncDispose](),
      };
    },
    options: ({ address }, secret) => ({
      brokers: [address],
      topic: "events",
      sasl: { mechanism: USER.mechanism, username: USER.user, password: secret },
    }),
  });

  it("keeps the Events of an object in one partition, with the id of each record", async () => {
    await using broker = await start();
    const { sink } = makeSink(kafka, { brokers: [broker.address], topic: "events" });
    const records = ["a", "b", "c"].map((id) => makeRecord(id));
    expect(await sink.write?.(records, noDeadline())).toEqual(records.map(() => ({ ok: true })));
    await sink.close();
    const found = await broker.arrived(3);
    expect(found).toMatchObject(
      ["a", "b", "c"].map((id) => ({
        key: "prod-eu1/Pod/shop/web-1",
        headers: { id },
        timestamp: Date.parse("2026-06-01T10:04:00Z"),
      })),
    );
    expect(new Set(found.map(({ partition }) => partition)).size).toBe(1);
  });

  it.each([
    ["id", "a"],
    ["none", null],
  ])("has the key that %s means", async (key, expected) => {
    await using broker = await start();
    const { sink } = makeSink(kafka, { brokers: [broker.address], topic: "events", key });
    await sink.write?.([makeRecord("a")], noDeadline());
    await sink.close();
    expect(await broker.arrived(1)).toMatchObject([{ key: expected }]);
  });

  it("stores a record once whose first answer was lost", async () => {
    await using broker = await start({ partitions: 1 });
    const { sink } = makeSink(kafka, { brokers: [broker.address], topic: "events" });
    await sink.write?.([makeRecord("a")], noDeadline());
    await broker.fail("REQUEST_TIMED_OUT");
    await sink.write?.([makeRecord("b")], noDeadline());
    await sink.write?.([makeRecord("c")], noDeadline());
    await sink.close();
    const ids = (await broker.arrived(3)).map(({ headers }) => headers["id"]);
    expect(ids).toEqual(["a", "b", "c"]);
  });

  it.each([
    ["MESSAGE_TOO_LARGE", "poison", "too-large"],
    ["TOPIC_AUTHORIZATION_FAILED", "broken", "unauthorized"],
    ["NOT_ENOUGH_REPLICAS", "transient", "server"],
  ])("refuses with %s, which is %s", async (word, expected, failure) => {
    await using broker = await start();
    await broker.fail(word, 20);
    const { sink } = makeSink(kafka, { brokers: [broker.address], topic: "events" });
    const found = await failureOfSending(sink);
    await sink.close();
    expect(found).toMatchObject({ class: expected, failure, message: `Kafka answered ${word}` });
  });

  it("ends a connection with a wrong password, and refuses a topic that is not there", async () => {
    await using broker = await start({ sasl: { ...USER, password: "right" } });
    const options = { brokers: [broker.address], topic: "events" };
    const login = (password: string) => ({ mechanism: USER.mechanism, username: USER.user, password });
    const wrong = makeSink(kafka, { ...options, sasl: login("wrong") }).sink;
    // kfake says nothing; Kafka itself answers SASL_AUTHENTICATION_FAILED.
    expect((await failureOfSending(wrong)).message).toContain("check the login");
    await wrong.close();
    const elsewhere = makeSink(kafka, { ...options, topic: "nowhere", sasl: login("right") }).sink;
    expect(await failureOfSending(elsewhere)).toMatchObject({ class: "broken", failure: "not-found" });
    await elsewhere.close();
  });

  it("speaks TLS with the authority that it is given, and with no other", async () => {
    using authority = makeAuthority();
    await using broker = await start({ tls: { cert: authority.caFile, key: authority.keyFile } });
    const options = { brokers: [broker.address], topic: "events" };
    const trusting = makeSink(kafka, { ...options, tls: { caFile: authority.caFile } }).sink;
    expect(await trusting.write?.([makeRecord("a")], noDeadline())).toEqual([{ ok: true }]);
    await trusting.close();
    const strict = makeSink(kafka, { ...options, tls: {} }).sink;
    expect(await failureOfSending(strict)).toMatchObject({ class: "broken", failure: "tls" });
    await strict.close();
  });
});
