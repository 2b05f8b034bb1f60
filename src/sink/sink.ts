import type { Socket } from "node:net";

import type { z } from "zod";

import type { Choosing, Notification, NotifiedAlert } from "../alert/index.ts";
import type { DeliveryError, DialTarget, HttpClient, HttpOptions } from "../egress/index.ts";
import type { Clock } from "../lib/clock.ts";
import type { Logger } from "../lib/log.ts";
import type { Fault } from "../lib/schema.ts";
import type { Secret, SecretRef } from "../lib/secret.ts";
import type { Timetable } from "../lib/timetable.ts";
import type { GroupActions } from "./group-actions.ts";

/** The input of one attempt besides its notification. */
export interface Attempt {
  /** The sink's memory of this group; undefined at first. Check it: it may be from an older version. */
  readonly receiver: unknown;
  /** The rest that a partly failed attempt left; undefined on the first. */
  readonly remaining: unknown;
  /**
   * Counts the groups of which the memory of this sink has this `thread`, with the one of this attempt. Absent where no
   * store keeps them: the group is alone then.
   */
  readonly groupsIn?: ((thread: string) => Promise<number>) | undefined;
  /** Aborts at the attempt's deadline; a reason named `AbortError` means that the program stops. */
  readonly signal: AbortSignal;
}

/** The result of a successful attempt. */
export interface Sent {
  /**
   * At most 4 KiB as JSON, kept per (group, sink). A `thread` in it names the message that the group shares with others
   * (`Attempt.groupsIn`).
   */
  readonly receiver?: unknown;
  /**
   * The rest of the notification, for the next attempt: it comes at the sink's pace and is given this value. Left out:
   * the receiver has all of it.
   */
  readonly remaining?: unknown;
  /**
   * With `remaining`: whether the receiver has the news, and the rest only tidies up. Then a newer message that replaces
   * the rest finds this one delivered, and no fallback gets it.
   */
  readonly isTold?: boolean;
}

/** A forwarded record, ready as JSON. */
export interface SinkRecord {
  readonly id: string;
  readonly body: string;
  /** The JSON that the user's template makes of it, to be written in its place; undefined without a template. */
  readonly shown?: string;
}

/**
 * A sink, ready to use. It makes one attempt and says whether another can help; delivery does the retries, queues and
 * pace.
 */
export interface Sink {
  /**
   * Sends one notification. Absent for pure record sinks.
   *
   * @throws {DeliveryError}
   */
  send?(notification: Notification, attempt: Attempt): Promise<Sent>;
  /**
   * Writes records in their order; one answer per record. Throws when the whole request failed, which then counts for
   * every record. Absent for pure alert sinks.
   *
   * @throws {DeliveryError}
   */
  write?(records: readonly SinkRecord[], signal: AbortSignal): Promise<readonly RecordOutcome[]>;
  /**
   * Tells alerts once more to a receiver that forgets them otherwise: those that are open, and those that ended some
   * minutes ago. Called every `SinkTraits.refreshMs`, with a part of them at a time.
   *
   * @throws {DeliveryError}
   */
  refresh?(alerts: readonly NotifiedAlert[], signal: AbortSignal): Promise<void>;
  /**
   * Connects as far as possible without sending anything, and returns the place: `hooks.example:443 over TLS`. Absent
   * where there is nothing to connect to.
   *
   * @throws {DeliveryError}
   */
  probe?(signal: AbortSignal): Promise<string>;
  /**
   * Begins to hear from people at the receiver, until `close`. Called once this process holds the sink, so that one
   * process answers. Absent where nobody can say anything.
   */
  listen?(): void;
  /** Frees connections and files; safe to call twice. */
  close(): Promise<void>;
}

/** The result of one record. */
export type RecordOutcome = { readonly ok: true } | { readonly ok: false; readonly error: DeliveryError };

/** Collaborators of a sink, beside its options. */
export interface SinkContext {
  /** As configured: the only name of the receiver that may appear in logs. */
  readonly name: string;
  readonly cluster: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** Opens a secret option; from then on every log and error is scrubbed of its value. */
  secret(ref: SecretRef): Secret;
  /** Makes a path of the configuration absolute. */
  resolvePath(path: string): string;
  /** Variables that a platform sets for its own clients, such as `AWS_REGION`; secrets are read by `secret`. */
  readonly env: NodeJS.ProcessEnv;
  /**
   * The one way to make HTTP requests: deadlines, no redirects, refused addresses. It includes the configured `auth`,
   * `headers`, `tls` and `proxy`, and a connection for each attempt at once.
   */
  http(policy: Pick<HttpOptions, "allowPrivate">): HttpClient;
  /**
   * The one way to connect for other protocols: the same refused addresses and proxies. The sink does TLS itself.
   *
   * @throws {DeliveryError}
   */
  dial(target: DialTarget, signal: AbortSignal): Promise<Socket>;
  /** Attempts at once, to all destinations together. */
  readonly attemptsAtOnce: number;
  /** The option `timeout`, milliseconds. */
  readonly timeoutMs: number;
  /** Whether records come in batches: a body is then a list even for a single record. */
  readonly batched: boolean;
  /** Writes to the program's standard output; only for the `stdout` sink. */
  stdout(text: string): Promise<void>;
  /** Whether standard output is a terminal that wants colour. */
  readonly colour: boolean;
  /** Lets people act on groups; absent outside of the running service. */
  readonly actions?: GroupActions | undefined;
}

/** Settings of a preview. */
export interface PreviewLook {
  /** Epoch milliseconds. */
  readonly now: number;
  readonly colour: boolean;
}

/** The nature of a sink, and its pace where the user configures none. */
export interface SinkTraits {
  /** For each destination: at most `count` attempts in `perMs`; undefined for no limit. */
  readonly rateLimit: { readonly count: number; readonly perMs: number } | undefined;
  /** Attempts at once to each destination; a group keeps its order anyway. */
  readonly concurrency: number;
  /** Attempts at once to all destinations together, where there are several; left out: 16. */
  readonly totalConcurrency?: number;
  /**
   * How long the receiver may take for its answer once it has everything, milliseconds, beyond `timeout`; the sink keeps
   * both limits itself. Left out: `timeout` is for all of the attempt.
   */
  readonly answerMs?: number;
  /**
   * False: the receiver keeps state by the key of a group, so each group needs a message of its own. Left out: one
   * message may tell several groups.
   */
  readonly merge?: boolean;
  /**
   * Kinds of requests with a pace of their own, which all destinations share; keyed by `SinkType.laneOf`. Left out:
   * every attempt counts for its destination.
   */
  readonly lanes?: Readonly<Record<string, { readonly count: number; readonly perMs: number }>>;
  /** True: with these options there is one destination, although the type can have several. */
  readonly isSingle?: boolean;
  /** Records in a request where the user says nothing of it; left out: 1. */
  readonly batchSize?: number;
  /** Most records that the receiver takes in a request; left out: no bound of its own. */
  readonly largestBatch?: number;
  /** The input with these options, where they take less than the type; left out: that of the type. */
  readonly takes?: SinkType["takes"];
  /** How often the receiver is told all alerts that it has, milliseconds; left out: it keeps them by itself. */
  readonly refreshMs?: number;
  /**
   * How the sink chooses its destination by a label. Routes to the sink group by the label too, so that each notification
   * goes to one destination. Left out: the sink does not choose.
   */
  readonly chooses?: Choosing | undefined;
  /** When the sink gets a digest of all but critical news. Left out: news goes at once. */
  readonly digest?: Timetable | undefined;
}

/** A kind of sink: one folder in sinks/, or one object from outside. */
export interface SinkType<Options = unknown> {
  /** As users write it; equals the folder's name. */
  readonly type: string;
  /** Strict: only the options of this type, not the common ones. */
  readonly options: z.ZodType<Options>;
  /** Its input: alerts, records, or both. */
  readonly takes: readonly ("alerts" | "records")[];
  /** Whether the option `template` may say how a record is written (`SinkRecord.shown`). Left out: it may not. */
  readonly shows?: boolean;
  /** Whether the HTTP options (`auth`, `headers`, `tls`, `proxy`) apply. */
  readonly http: boolean;
  traits(options: Options): SinkTraits;
  /** Faults that only a trial shows, such as a text that fails on sample data. Paths start at the entry. */
  advise?(options: Options): readonly Fault[];
  /**
   * Where a notification goes: a channel, a list of recipients, a routing key. Each destination has a pace and a circuit
   * breaker of its own, so that one archived channel stops no other. It is shown in logs and answers: never a secret,
   * but the name that stands for one. Absent where there is only one.
   */
  destinationOf?(notification: Notification, options: Options): string;
  /**
   * The lane of an attempt that finishes an earlier one, by its `remaining`: edits of messages have another pace than new
   * messages. Undefined: the pace of its destination. Absent where there are no lanes.
   */
  laneOf?(remaining: unknown): string | undefined;
  create(options: Options, context: SinkContext): Sink;
  /**
   * The content that `send` would send, for people on a terminal; it needs no secret. Without it that is the native
   * body.
   */
  preview?(notification: Notification, options: Options, look: PreviewLook): string;
}

/** Keeps the type of the options while the sink type is defined. */
export function defineSink<Options>(type: SinkType<Options>): SinkType<Options> {
  return type;
}
