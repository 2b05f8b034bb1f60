import type { Socket } from "node:net";

import type { z } from "zod";

import type { Notification } from "../alert/index.ts";
import type { DeliveryError, DialTarget, HttpClient, HttpOptions } from "../egress/index.ts";
import type { Clock } from "../lib/clock.ts";
import type { Logger } from "../lib/log.ts";
import type { Secret, SecretRef } from "../lib/secret.ts";

/** What one attempt may use. */
export interface Attempt {
  /** What the sink remembers of this group; undefined at first. Check it: it may be from an older version. */
  readonly receiver: unknown;
  /** What a partly failed attempt left to do; undefined on the first. */
  readonly remaining: unknown;
  /** Aborts at the attempt's deadline; a reason named `AbortError` means that the program stops. */
  readonly signal: AbortSignal;
}

/** What a successful attempt leaves behind. */
export interface Sent {
  /** At most 4 KiB as JSON, kept per (group, sink). */
  readonly receiver?: unknown;
}

/** A forwarded record, ready as JSON. */
export interface SinkRecord {
  readonly id: string;
  readonly body: string;
}

/**
 * One destination, ready to use. It makes one attempt and says whether another can help; it never retries, queues or
 * paces: delivery does.
 */
export interface Sink {
  /**
   * Sends one notification. Absent for pure record sinks.
   *
   * @throws {DeliveryError}
   */
  send?(notification: Notification, attempt: Attempt): Promise<Sent>;
  /**
   * Writes records in their order; one answer per record. Throws when the whole request failed, which then goes for
   * every record. Absent for pure alert sinks.
   *
   * @throws {DeliveryError}
   */
  write?(records: readonly SinkRecord[], signal: AbortSignal): Promise<readonly RecordOutcome[]>;
  /**
   * Gets as far as it can without sending anything, and says where that is: `hooks.example:443 over TLS`. Absent where
   * there is nowhere to get to.
   *
   * @throws {DeliveryError}
   */
  probe?(signal: AbortSignal): Promise<string>;
  /** Frees connections and files; safe to call twice. */
  close(): Promise<void>;
}

/** What became of one record. */
export type RecordOutcome = { readonly ok: true } | { readonly ok: false; readonly error: DeliveryError };

/** What a sink is made with, beside its options. */
export interface SinkContext {
  /** As configured: the only name of the destination that may appear in logs. */
  readonly name: string;
  readonly cluster: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** Resolves a secret option; what it reveals is scrubbed from every log and error from then on. */
  secret(ref: SecretRef): Secret;
  /** Makes an absolute path of one in the configuration. */
  resolvePath(path: string): string;
  /**
   * The one way to make HTTP requests: deadlines, no redirects, refused addresses. The configured `auth`, `headers`,
   * `tls`, `proxy` and `concurrency` are in it already.
   */
  http(policy: Pick<HttpOptions, "allowPrivate">): HttpClient;
  /**
   * The one way to connect for other protocols: the same refused addresses and proxies. TLS is the sink's.
   *
   * @throws {DeliveryError}
   */
  dial(target: DialTarget, signal: AbortSignal): Promise<Socket>;
  /** Whether records come in batches: a body is then a list even when only one record waits. */
  readonly batched: boolean;
  /** Writes to the program's standard output; the `stdout` sink's only. */
  stdout(text: string): Promise<void>;
  /** Whether standard output is a terminal that wants colour. */
  readonly colour: boolean;
}

/** How a preview is drawn. */
export interface PreviewLook {
  /** Epoch milliseconds. */
  readonly now: number;
  readonly colour: boolean;
}

/** A kind of sink: one file in builtin/, or one object from outside. */
export interface SinkType<Options = unknown> {
  /** As users write it; equals the file's name. */
  readonly type: string;
  /** Strict: only the options of this type, not the common ones. */
  readonly options: z.ZodType<Options>;
  /** What it can take: alerts, records, or both. */
  readonly takes: readonly ("alerts" | "records")[];
  /** Pace when the user names none: at most `count` messages in `perMs`. */
  readonly rateLimit: { readonly count: number; readonly perMs: number } | undefined;
  /** Attempts at once when the user names no `concurrency`; order is kept per group anyway. */
  readonly concurrency: number;
  /** Whether the HTTP options (`auth`, `headers`, `tls`, `proxy`) apply. */
  readonly http: boolean;
  create(options: Options, context: SinkContext): Sink;
  /** What `send` would send, for people to read on a terminal: no secret is needed. Without it that is the native body. */
  preview?(notification: Notification, options: Options, look: PreviewLook): string;
}

/** Keeps the type of the options while the type is defined. */
export function defineSink<Options>(type: SinkType<Options>): SinkType<Options> {
  return type;
}
