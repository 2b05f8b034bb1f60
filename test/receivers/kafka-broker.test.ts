import { inspect } from "node:util";

import { Producer, type ProducerOptions, stringSerializers } from "@platformatic/kafka";
import { describe, expect, it } from "vitest";

import { makeAuthority } from "../sinks/email/mail-server.ts";
import { KAFKA, type KafkaBroker, type KafkaOptions, startKafka } from "./kafka-broker.ts";

const SASL = { mechanism: "SCRAM-SHA-512", user: "tocsin", password: "correct horse" } as const;

type TextOptions = Partial<ProducerOptions<string, string, string, string>>;

async function withProducer<T>(
  { address }: KafkaBroker,
  options: TextOptions,
  use: (producer: Producer<string, string, string, string>) => Promise<T>,
): Promise<T> {
  const producer = new Producer({
    clientId: "test",
    bootstrapBrokers: [address],
    serializers: stringSerializers,
    ...options,
  });
  try {
    return await use(producer);
  } finally {
    await producer.close(true);
  }
}

const send = (broker: KafkaBroker, value: string, options: TextOptions = {}) =>
  withProducer(broker, options, (producer) =>
    producer.send({ messages: [{ topic: "events", key: "pod-1", value, headers: { kind: "event" } }] }),
  );

describe.skipIf(KAFKA === undefined)("the Kafka broker of the tests", () => {
  const start = (options?: KafkaOptions) => startKafka(KAFKA ?? "", options);

  it("takes records and shows them as another client reads them", async () => {
    await using broker = await start({ partitions: 1 });
    for (const value of ["one", "two"]) await send(broker, value);
    expect(await broker.arrived(2)).toMatchObject([
      { topic: "events", partition: 0, offset: 0, key: "pod-1", value: "one", headers: { kind: "event" } },
      { offset: 1, value: "two" },
    ]);
  });

  it("stores a record of an idempotent producer once, also when the answer was lost", async () => {
    await using broker = await start();
    await withProducer(broker, { idempotent: true, retries: 5, retryDelay: 1 }, async (producer) => {
      const messages = [{ topic: "events", key: "pod-1", value: "once" }];
      await producer.send({ messages });
      await broker.fail("REQUEST_TIMED_OUT");
      await producer.send({ messages: [{ topic: "events", key: "pod-1", value: "twice?" }] });
      await producer.send({ messages: [{ topic: "events", key: "pod-1", value: "last" }] });
    });
    const values = (await broker.arrived(3)).map(({ value }) => value);
    expect(values).toEqual(["once", "twice?", "last"]);
  });

  it("refuses in Kafka's words", async () => {
    await using broker = await start();
    await broker.fail("TOPIC_AUTHORIZATION_FAILED");
    const refusal: unknown = await send(broker, "a", { retries: 0 }).catch((error: unknown) => error);
    expect(inspect(refusal, { depth: 10 })).toContain("TOPIC_AUTHORIZATION_FAILED");
    await expect(broker.fail("NO_SUCH_WORD")).rejects.toThrow("a word of Kafka's");
    expect(await broker.records()).toEqual([]);
  });

  it("lets in who knows the password", async () => {
    await using broker = await start({ sasl: SASL });
    const login = { mechanism: SASL.mechanism, username: SASL.user };
    await expect(
      send(broker, "a", { retries: 0, sasl: { ...login, password: "wrong" } }),
    ).rejects.toBeDefined();
    await send(broker, "b", { sasl: { ...login, password: SASL.password } });
    expect(await broker.arrived(1)).toMatchObject([{ value: "b" }]);
  });

  it("speaks TLS with the certificate that it is given", async () => {
    using authority = makeAuthority();
    await using broker = await start({ tls: { cert: authority.caFile, key: authority.keyFile } });
    await expect(send(broker, "a", { retries: 0, tls: {} })).rejects.toBeDefined();
    await send(broker, "b", { tls: { ca: authority.cert } });
    expect(await broker.arrived(1)).toMatchObject([{ value: "b" }]);
  });

  it("keeps its records when it is killed and started again", async () => {
    await using broker = await start();
    await send(broker, "before");
    await broker.arrived(1);
    await broker.program.end("SIGKILL");
    broker.program.again();
    await broker.ready();
    await send(broker, "after");
    expect((await broker.arrived(2)).map(({ value }) => value)).toEqual(["before", "after"]);
  });
});
