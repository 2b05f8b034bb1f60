import type { z } from "zod";

import type { EventRecord } from "../../alert/index.ts";
import type { DeliveryError, HttpClient } from "../../egress/index.ts";
import type { SinkContext } from "../sink.ts";

/** One request, after its body was packed. */
export interface PackedBody {
  readonly bytes: Uint8Array;
  /** Bytes before compression. */
  readonly rawBytes: number;
  /** Whether it is compressed. */
  readonly isPacked: boolean;
}

/** The place of one request, for signatures over it, and for what a signature needs beforehand. */
export interface RequestTarget {
  /** One of `urls`, as it is sent; it may be a secret, and may be no URL at all. */
  readonly url: string;
  /** The deadline of the attempt. */
  readonly signal: AbortSignal;
}

/** The answer of a store to one request. */
export interface StoreAnswer {
  readonly status: number;
  /** At most 64 KiB. */
  readonly body: string;
  readonly bytes: Uint8Array;
  /** False when the connection ended before the body did. */
  readonly complete: boolean;
  /** The failure by the status alone (docs/design/delivery.md#http-answers), or of a page for people; undefined for others of 2xx. */
  readonly error: DeliveryError | undefined;
  /** Records in the request. */
  readonly count: number;
  /** A text of the answer for an error: one line, cut, without secrets. */
  readonly quote: (text: string) => string;
}

/**
 * The result of a request: undefined: the store has all of it · one failure: of the request as a whole, so that delivery
 * may try its halves · a list: one outcome for each record, and nothing is tried in halves.
 */
export type StoreVerdict = DeliveryError | undefined | readonly (DeliveryError | undefined)[];

/** A store of records, ready to use. */
export interface RecordStore<Item> {
  /** Where its writes go: in turn, from one that cannot be reached to the next. They may be secrets. */
  urls(): readonly string[];
  /**
   * A record as the store wants it.
   *
   * @param json The record as it was stored, or as the user's template makes it, in JSON that every parser takes.
   * @param isShown Whether a template made it: it may be any JSON then.
   */
  toItem(record: EventRecord, json: string, isShown: boolean): Item;
  /** The body of one request. */
  toBody(items: readonly Item[]): string | Uint8Array;
  /** The headers of one request beside its encoding, with a signature where the store wants one; names in lower case. */
  headers(
    body: PackedBody,
    target: RequestTarget,
  ): Readonly<Record<string, string>> | Promise<Readonly<Record<string, string>>>;
  /** Left out: the status alone decides, for the request as a whole. */
  judge?(answer: StoreAnswer): StoreVerdict;
}

/** A kind of store: the parts that differ between one and the next. */
export interface RecordSinkDefinition<Options, Item> {
  /** As users write it. */
  readonly type: string;
  readonly options: z.ZodType<Options>;
  /** Longest body that the store takes, in bytes before compression. */
  readonly maxBytes: number;
  /** The path of its writes, for an address without one; left out: addresses are taken as they are. */
  readonly path?: string;
  /** The compression that the store takes; left out: gzip. SLS has a header of its own for deflate. */
  readonly compression?: "gzip" | "deflate" | "none";
  /** Most records that the store takes in a request; left out: no bound of its own. */
  readonly maxRecords?: number;
  /** As in `SinkType`: `toItem` writes the JSON that it is given. */
  readonly shows?: boolean;
  /** @param client Makes the requests; for what else the store has to ask. */
  open(options: Options, context: SinkContext, client: HttpClient): RecordStore<Item>;
}
