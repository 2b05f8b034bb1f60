import { readFileSync } from "node:fs";
import { isIP } from "node:net";

import type { Broker, Connection, Producer } from "@platformatic/kafka";

import { resolveHost } from "../../egress/index.ts";
import { TocsinError } from "../../lib/errors.ts";
import type { Secret } from "../../lib/secret.ts";
import { kafkaFailure } from "./kafka-failure.ts";

/** A message on its way to a topic. */
export interface KafkaMessage {
  readonly topic: string;
  readonly key: string | undefined;
  readonly value: string;
  readonly headers: Record<string, string>;
  /** Milliseconds since 1970. */
  readonly timestamp: bigint;
}

/** Where the brokers are, and how to get in. */
export interface KafkaSettings {
  readonly brokers: readonly string[];
  readonly topic: string;
  readonly login:
    | {
        readonly mechanism: "PLAIN" | "SCRAM-SHA-256" | "SCRAM-SHA-512";
        readonly username: string;
        readonly password: Secret;
      }
    | undefined;
  /** Absolute paths; undefined: no TLS. */
  readonly tls:
    | {
        readonly caFile?: string | undefined;
        readonly certFile?: string | undefined;
        readonly keyFile?: string | undefined;
      }
    | undefined;
  readonly timeoutMs: number;
}

type TextProducer = Producer<string, string, string, string>;

/**
 * Tries of one request within an attempt. They are the package's and not delivery's, because only they have the sequence
 * numbers by which brokers know a repeat.
 */
const RETRIES = 2;
const RETRY_DELAY_MS = 200;

/** The connections to a Kafka cluster, made at the first use, and anew after a failure or with a new password. */
export class KafkaClient {
  readonly #settings: KafkaSettings;
  #producer: { readonly key: string; readonly producer: TextProducer } | undefined;

  constructor(settings: KafkaSettings) {
    this.#settings = settings;
  }

  /** @throws {DeliveryError} */
  async produce(messages: readonly KafkaMessage[], signal: AbortSignal): Promise<void> {
    await this.#use(signal, async (producer) => {
      // Keys that are left out are no keys of the message.
      const plain = messages.map(({ key, ...message }) =>
        key === undefined ? message : { ...message, key },
      );
      await producer.send({ messages: plain });
    });
  }

  /** Logs in, and asks for the topic. @throws {DeliveryError} */
  async probe(signal: AbortSignal): Promise<string> {
    const { brokers, topic, tls } = this.#settings;
    return this.#use(signal, async (producer) => {
      await producer.metadata({ topics: [topic], forceUpdate: true });
      return `${brokers.join(", ")}${tls === undefined ? "" : " over TLS"}`;
    });
  }

  async close(): Promise<void> {
    const opened = this.#producer;
    this.#producer = undefined;
    if (opened === undefined) return;
    for (const [, connection] of opened.producer.connections) connection.socket?.destroy();
    await opened.producer.close(true).catch(() => undefined);
  }

  async #use<T>(signal: AbortSignal, run: (producer: TextProducer) => Promise<T>): Promise<T> {
    const aborted = Promise.withResolvers<never>();
    const abort = (): void => aborted.reject(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    if (signal.aborted) abort();
    try {
      return await Promise.race([this.#open().then(run), aborted.promise]);
    } catch (thrown) {
      // A request that is still under way would go on without its attempt.
      await this.close();
      throw kafkaFailure(thrown, signal);
    } finally {
      signal.removeEventListener("abort", abort);
    }
  }

  async #open(): Promise<TextProducer> {
    const { brokers, login, timeoutMs } = this.#settings;
    const password = login?.password.reveal();
    const files = readFiles(this.#settings.tls);
    const key = JSON.stringify([password, files]);
    if (this.#producer?.key === key) return this.#producer.producer;
    await this.close();
    // Loaded by the first use: it costs what no other sink should pay.
    const { Producer, stringSerializers } = await import("@platformatic/kafka");
    const names = new ServerNames();
    const producer: TextProducer = new Producer({
      clientId: "tocsin",
      bootstrapBrokers: [...brokers],
      serializers: stringSerializers,
      idempotent: true,
      retries: RETRIES,
      retryDelay: RETRY_DELAY_MS,
      timeout: timeoutMs,
      connectTimeout: timeoutMs,
      requestTimeout: timeoutMs,
      ...(files === undefined ? {} : { tls: names.forTls(files) }),
      ...(login === undefined || password === undefined
        ? {}
        : { sasl: { mechanism: login.mechanism, username: login.username, password } }),
    });
    guardAddresses(producer.connections, names);
    this.#producer = { key, producer };
    return producer;
  }
}

/** The name of the broker that is being connected to, which TLS has to find in its certificate. */
class ServerNames {
  #current: string | undefined;

  set(host: string): void {
    this.#current = isIP(host) === 0 ? host : undefined;
  }

  /** Options of TLS that are read once for each connection, within `ConnectionPool.get`. */
  forTls(files: object): object {
    const read = (): string | undefined => this.#current;
    return Object.defineProperty({ ...files, minVersion: "TLSv1.2" }, "servername", {
      enumerable: true,
      get: read,
    });
  }
}

type Callback = (error: Error | null, connection?: Connection) => void;

/**
 * The package opens its sockets itself. Before it does, the name of the broker becomes an address that the rules of all
 * sinks allow, and the socket gets that very address.
 */
function guardAddresses(pool: TextProducer["connections"], names: ServerNames): void {
  // Inside the package every call has a callback.
  const get = pool.get.bind(pool) as (broker: Broker, callback: Callback) => void;
  const guarded = (broker: Broker | undefined, settle: Callback): void => {
    // Without a broker the package answers an error.
    if (broker === undefined) return get(broker as never, settle);
    const connect = async (): Promise<void> => {
      const address = await resolveHost(broker.host, true);
      names.set(broker.host);
      get({ ...broker, host: address }, settle);
    };
    connect().catch(settle);
  };
  Object.assign(pool, { get: guarded });
}

function readFiles(tls: KafkaSettings["tls"]): Readonly<Record<string, string>> | undefined {
  if (tls === undefined) return undefined;
  const paths = { ca: tls.caFile, cert: tls.certFile, key: tls.keyFile };
  return Object.fromEntries(
    Object.entries(paths).flatMap(([name, path]) => (path === undefined ? [] : [[name, readPem(path)]])),
  );
}

function readPem(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw new TocsinError("ERR_CONFIG_INVALID", `file ${path} cannot be read`, { cause });
  }
}
