import { pipeline, type Readable } from "node:stream";
import { promisify } from "node:util";
import { constants, createGunzip, gunzip } from "node:zlib";

import type { Dispatcher } from "undici";

import { toError, TocsinError } from "../lib/errors.ts";
import { ConnectionError } from "./api-error.ts";

const gunzipBody = promisify(gunzip);

/** After gunzip; larger than any honest page of 500 Events of 1.5 MB. */
const MOST_BODY_BYTES = 512 * 1024 * 1024;

/** An answer that goes on, on a socket of its own. The socket pauses while nobody asks for the next chunk. */
export interface ApiStream {
  /** The next bytes; undefined at a clean end. @throws {ConnectionError} when it breaks off. */
  next(): Promise<Buffer | undefined>;
  /** Whether `next` would answer without waiting. */
  readonly ready: boolean;
  /** Destroys the socket; may be called twice. */
  close(): void;
}

/** The body of an answer as a stream of chunks. */
export function toStream(
  answer: Dispatcher.ResponseData,
  options: { readonly place: string; readonly signal: AbortSignal; readonly release: () => void },
): ApiStream {
  // The request asks for identity, but some proxies compress all the same; zlib also reads one gzip member per flush.
  const zipped = header(answer.headers, "content-encoding") === "gzip";
  const readable: Readable = zipped
    ? pipeline(
        answer.body,
        createGunzip({ flush: constants.Z_SYNC_FLUSH, finishFlush: constants.Z_SYNC_FLUSH }),
        () => undefined,
      )
    : answer.body;
  // Each chunk is a Buffer: neither stream has an encoding.
  const chunks = readable[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  return {
    next: async () => {
      try {
        const { done, value } = await chunks.next();
        return done === true ? undefined : value;
      } catch (error) {
        throw connectionError(options.place, error, { signal: options.signal, midway: true });
      }
    },
    get ready() {
      return readable.readableLength > 0;
    },
    close: () => {
      readable.on("error", () => undefined);
      readable.destroy();
      options.release();
    },
  };
}

/** The whole body, unzipped. @throws {ConnectionError} when it breaks off, is no gzip, or has too many bytes. */
export async function readText(
  place: string,
  answer: Dispatcher.ResponseData,
  signal: AbortSignal,
  mostBytes = MOST_BODY_BYTES,
): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of answer.body) {
      // A body without encoding yields Buffers.
      const part = chunk as Buffer;
      bytes += part.length;
      if (bytes > mostBytes) throw new RangeError(`body of more than ${mostBytes} bytes`);
      chunks.push(part);
    }
    const whole = Buffer.concat(chunks);
    if (header(answer.headers, "content-encoding") !== "gzip") return whole.toString();
    return (await gunzipBody(whole, { maxOutputLength: mostBytes })).toString();
  } catch (error) {
    throw connectionError(place, error, { signal, midway: true });
  }
}

/** The error of a broken call: the reason of the abort, or a ConnectionError with the place. */
export function connectionError(
  place: string,
  thrown: unknown,
  { signal, midway }: { readonly signal: AbortSignal; readonly midway: boolean },
): Error {
  if (signal.aborted) return toError(signal.reason);
  if (thrown instanceof TocsinError) return thrown;
  const what = midway ? "the answer broke off" : "no answer";
  // Ours, and that of zlib.
  const isTooLarge = thrown instanceof RangeError;
  return new ConnectionError(`${place}: ${what}`, { cause: innermost(thrown), midway, isTooLarge });
}

/** Node tries several addresses and then says only that all failed. */
function innermost(thrown: unknown): unknown {
  return thrown instanceof AggregateError && thrown.message === "" ? thrown.errors[0] : thrown;
}

/**
 * Parses JSON; undefined for an empty text.
 *
 * @throws {ConnectionError} when the text is not JSON. It has no cause, for that would quote the text, which may be the
 *   specification of a pod.
 */
export function parseJson(place: string, text: string): unknown {
  if (text === "") return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw new ConnectionError(`${place}: the answer is not JSON`, { midway: true });
  }
}

/** The parsed text, or the text itself when it is not JSON. */
export function tryJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** A header with one value; "" else. */
export function header(headers: Dispatcher.ResponseData["headers"], name: string): string {
  const value = headers[name];
  return typeof value === "string" ? value : "";
}

/** Epoch milliseconds of the Date header. */
export function dateOf(headers: Dispatcher.ResponseData["headers"]): number | undefined {
  const at = Date.parse(header(headers, "date"));
  return Number.isNaN(at) ? undefined : at;
}
