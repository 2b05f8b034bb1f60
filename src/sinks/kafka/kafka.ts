import { z } from "zod";

import type { EventRecord } from "../../alert/index.ts";
import { FilePath } from "../../lib/file-path.ts";
import { strict } from "../../lib/schema.ts";
import { SecretRef } from "../../lib/secret.ts";
import { defineSink, type SinkRecord, wellFormedJson } from "../../sink/index.ts";
import { parseRecord } from "../../sink/records/index.ts";
import { KafkaClient, type KafkaMessage } from "./kafka-client.ts";
import { requirePackage } from "./require-package.ts";

const Options = strict({
  brokers: z
    .array(
      z.string().regex(/^(?:\[[0-9a-f:]+\]|[\w.-]+):\d{1,5}$/iu, {
        error: "expected host:port, such as kafka-1.example:9092",
      }),
    )
    .min(1)
    .max(16)
    .describe("brokers to begin with; they name the others"),
  // Kafka, "Topic names": 249 letters.
  topic: z
    .string()
    .regex(/^(?!\.{1,2}$)[\w.-]{1,249}$/u, { error: "a topic has letters, digits, and . _ -" })
    .describe("the topic, which must exist"),
  key: z
    .enum(["object", "id", "none"])
    .default("object")
    .describe(
      "the key of a message: the object, whose Events then keep their order; the id of the record; or none",
    ),
  sasl: strict({
    mechanism: z.enum(["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"]),
    username: z.string().min(1),
    password: SecretRef,
  })
    .optional()
    .describe("the login"),
  tls: strict({
    caFile: FilePath.optional().describe("authorities of the brokers, instead of Node's own"),
    certFile: FilePath.optional().describe("a client certificate"),
    keyFile: FilePath.optional().describe("its key"),
  })
    .optional()
    .describe("TLS, and its files in PEM; {} for TLS with Node's own authorities"),
});
type Options = z.infer<typeof Options>;

/** Produces records to a topic of Kafka, with the optional package `@platformatic/kafka`. */
export const kafka = defineSink<Options>({
  type: "kafka",
  options: Options,
  takes: ["records"],
  shows: true,
  http: false,
  traits: () => ({ rateLimit: undefined, concurrency: 1, batchSize: 100 }),
  create: ({ brokers, topic, key, sasl, tls }, context) => {
    requirePackage();
    const password = sasl === undefined ? undefined : context.secret(sasl.password);
    const files = tls === undefined ? undefined : withPaths(tls, (path) => context.resolvePath(path));
    const client = new KafkaClient({
      brokers,
      topic,
      login:
        sasl === undefined || password === undefined
          ? undefined
          : { mechanism: sasl.mechanism, username: sasl.username, password },
      tls: files,
      timeoutMs: context.timeoutMs,
    });
    return {
      write: async (records, signal) => {
        if (records.length > 0)
          await client.produce(
            records.map((record) => messageOf(record, topic, key)),
            signal,
          );
        return records.map(() => ({ ok: true }));
      },
      probe: (signal) => client.probe(signal),
      close: () => client.close(),
    };
  },
});

function messageOf({ id, body, shown }: SinkRecord, topic: string, key: Options["key"]): KafkaMessage {
  const whole = wellFormedJson(body);
  const value = shown === undefined ? whole : wellFormedJson(shown);
  const record = parseRecord(whole);
  const keys = { object: objectOf(record), id, none: undefined };
  return {
    topic,
    key: keys[key],
    value,
    headers: { id },
    timestamp: BigInt(Math.max(0, Date.parse(record.event.lastSeen))),
  };
}

function objectOf({ cluster, event: { involvedObject } }: EventRecord): string {
  const { kind, namespace, name } = involvedObject;
  return [cluster, kind, namespace, name].join("/");
}

function withPaths<Files extends object>(files: Files, toAbsolute: (path: string) => string): Files {
  const pairs = Object.entries(files).map(([name, path]) => [name, toAbsolute(String(path))]);
  // The same keys, and each value is a path as before.
  return Object.fromEntries(pairs) as Files;
}
