import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { z } from "zod";

import { freePort } from "../support/free-port.ts";
import { type RunningProgram, startProgram } from "../support/running-program.ts";
import { until } from "../support/until.ts";
import { findServer } from "./find-server.ts";

/** The broker that `build.mjs` makes; undefined when it is not there. */
export const KAFKA = findServer("kafka/kafka");

/** A record as a consumer of another make reads it. */
const ReadRecord = z.object({
  topic: z.string(),
  partition: z.number(),
  offset: z.number(),
  key: z.string().nullable(),
  value: z.string(),
  headers: z.record(z.string(), z.string()),
  /** Milliseconds since 1970. */
  timestamp: z.number(),
  /** 0 none, 1 gzip, 2 snappy, 3 lz4, 4 zstd. */
  compression: z.number(),
});
export type ReadRecord = z.infer<typeof ReadRecord>;

/** How a broker is set up. */
export interface KafkaOptions {
  /** By default `events`. */
  readonly topics?: readonly string[];
  /** Of each topic; 3 by default. */
  readonly partitions?: number;
  readonly sasl?: {
    readonly mechanism: "PLAIN" | "SCRAM-SHA-256" | "SCRAM-SHA-512";
    readonly user: string;
    readonly password: string;
  };
  /** Files in PEM; the broker then speaks TLS. Their certificate must be for 127.0.0.1. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** The largest batch that it takes, in bytes; Kafka's default is 1048588. */
  readonly largestBatch?: number;
}

/** A running broker, alone on loopback. */
export interface KafkaBroker extends AsyncDisposable {
  /** `127.0.0.1:port`. */
  readonly address: string;
  /** Its process; it keeps its records when it is ended and started again. */
  readonly program: RunningProgram;
  /** All that has arrived; of one partition in its order. */
  records(): Promise<readonly ReadRecord[]>;
  /** Resolves once so many records have arrived. */
  arrived(count: number): Promise<readonly ReadRecord[]>;
  /**
   * Refuses the next produce requests.
   *
   * @param error A word of Kafka's (https://kafka.apache.org/protocol#protocol_error_codes), such as
   *   `NOT_LEADER_FOR_PARTITION`. With `REQUEST_TIMED_OUT` the records are stored all the same.
   */
  fail(error: string, count?: number): Promise<void>;
  /** Waits until it answers, after it was started again. */
  ready(): Promise<void>;
}

/** Starts a broker and waits until it is ready. */
export async function startKafka(program: string, options: KafkaOptions = {}): Promise<KafkaBroker> {
  const directory = mkdtempSync(join(tmpdir(), "tocsin-kafka-"));
  const [port, control] = [await freePort(), await freePort()];
  const url = `http://127.0.0.1:${control}`;
  const running = startProgram(program, [
    `-port=${port}`,
    `-control=127.0.0.1:${control}`,
    `-data=${directory}`,
    ...flagsOf(options),
  ]);
  const ready = async (): Promise<void> => {
    await until(
      async () => {
        if (running.hasEnded()) throw new Error(`the broker ended\n${running.log()}`);
        return (await fetch(`${url}/ready`).catch(() => undefined))?.ok === true;
      },
      () => running.log(),
    );
  };
  const records = async () => z.array(ReadRecord).parse(await (await fetch(`${url}/records`)).json());
  const stop = async (): Promise<void> => {
    await running.stop();
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    await ready();
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    address: `127.0.0.1:${port}`,
    program: running,
    records,
    arrived: async (count) => {
      await until(
        async () => (await records()).length >= count,
        () => running.log(),
      );
      return records();
    },
    fail: async (error, count = 1) => {
      const query = new URLSearchParams({ error, count: String(count) });
      const answer = await fetch(`${url}/fail?${query.toString()}`, { method: "POST" });
      if (!answer.ok) throw new Error(await answer.text());
    },
    ready,
    [Symbol.asyncDispose]: stop,
  };
}

function flagsOf({ topics, partitions, sasl, tls, largestBatch }: KafkaOptions): readonly string[] {
  return [
    ...(topics === undefined ? [] : [`-topics=${topics.join(",")}`]),
    ...(partitions === undefined ? [] : [`-partitions=${partitions}`]),
    ...(sasl === undefined
      ? []
      : [`-sasl=${sasl.mechanism}`, `-user=${sasl.user}`, `-password=${sasl.password}`]),
    ...(tls === undefined ? [] : [`-cert=${tls.cert}`, `-key=${tls.key}`]),
    ...(largestBatch === undefined ? [] : [`-message-max-bytes=${largestBatch}`]),
  ];
}
