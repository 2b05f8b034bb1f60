import { classifyStatus, DeliveryError, type HttpClient, isHtml } from "../../egress/index.ts";
import type { Clock } from "../../lib/clock.ts";
import { defineSink, type RecordOutcome, type SinkRecord, type SinkType } from "../sink.ts";
import { wellFormedJson } from "../well-formed.ts";
import { atPath } from "./at-path.ts";
import { packBody } from "./pack-body.ts";
import { parseRecord } from "./parse-record.ts";
import type { PackedBody, RecordSinkDefinition, RecordStore, StoreVerdict } from "./record-store.ts";

/** Records in a request where the configuration has no `batch.size`. */
const USUAL_BATCH = 100;

/**
 * Makes the type of a sink that writes records to a store over HTTP. A batch is one request. One that is too big, for
 * `maxBytes` or by the store's own word (413), fails as such, and delivery writes its halves.
 */
export function defineRecordSink<Options, Item>(
  definition: RecordSinkDefinition<Options, Item>,
): SinkType<Options> {
  const { maxRecords = Infinity } = definition;
  return defineSink<Options>({
    type: definition.type,
    options: definition.options,
    takes: ["records"],
    shows: definition.shows ?? false,
    http: true,
    // One request at a time keeps the order of the records.
    traits: () => ({
      rateLimit: undefined,
      concurrency: 1,
      batchSize: Math.min(USUAL_BATCH, maxRecords),
      largestBatch: maxRecords,
    }),
    create: (options, context) => {
      const client = context.http({ allowPrivate: true });
      const store = definition.open(options, context, client);
      const writer = new StoreWriter(definition, { store, client, clock: context.clock });
      return {
        write: (records, signal) => writer.write(records, signal),
        probe: async (signal) => {
          const nothing = { bytes: new Uint8Array(), rawBytes: 0, isPacked: false };
          const places = store.urls().map(async (url) => {
            // Finds a missing secret.
            await store.headers(nothing, { url, signal });
            return client.reach(url, signal);
          });
          return (await Promise.all(places)).join(", ");
        },
        close: () => client.close(),
      };
    },
  });
}

type StoreLimits = Pick<RecordSinkDefinition<never, never>, "type" | "maxBytes" | "compression" | "path">;

interface StoreWriterDeps<Item> {
  readonly store: RecordStore<Item>;
  readonly client: HttpClient;
  readonly clock: Clock;
}

class StoreWriter<Item> {
  readonly #definition: StoreLimits;
  readonly #deps: StoreWriterDeps<Item>;
  /** The address that answered last, as an index into `urls`. */
  #turn = 0;

  constructor(definition: StoreLimits, deps: StoreWriterDeps<Item>) {
    this.#definition = definition;
    this.#deps = deps;
  }

  async write(records: readonly SinkRecord[], signal: AbortSignal): Promise<readonly RecordOutcome[]> {
    if (records.length === 0) return [];
    const { store } = this.#deps;
    const body = store.toBody(
      records.map((record) => {
        const json = wellFormedJson(record.body);
        const { shown } = record;
        return shown === undefined
          ? store.toItem(parseRecord(json), json, false)
          : store.toItem(parseRecord(json), wellFormedJson(shown), true);
      }),
    );
    const verdict = await this.#post(this.#bytesOf(body, records.length), records.length, signal);
    if (verdict instanceof DeliveryError) throw verdict;
    return records.map((_, index) => {
      const error = verdict?.[index];
      return error === undefined ? { ok: true } : { ok: false, error };
    });
  }

  /** @throws {DeliveryError} poison, when the store would refuse a body of several records for its size. */
  #bytesOf(body: string | Uint8Array, count: number): Uint8Array {
    const bytes = typeof body === "string" ? Buffer.from(body) : body;
    const { type, maxBytes } = this.#definition;
    if (bytes.length <= maxBytes || count === 1) return bytes;
    const message = `${count} records have ${bytes.length} bytes, and ${type} takes ${maxBytes} in a request`;
    throw DeliveryError.poison("too-large", message);
  }

  async #post(raw: Uint8Array, count: number, signal: AbortSignal): Promise<StoreVerdict> {
    const { store, client, clock } = this.#deps;
    const { compression = "gzip" } = this.#definition;
    const packed = await packBody(raw, compression);
    const encoding: Readonly<Record<string, string>> =
      packed.isPacked && compression === "gzip" ? { "content-encoding": "gzip" } : {};
    const { url, answer } = await this.#request(packed, encoding, signal);
    const quote = (text: string): string => client.quote({ headers: {}, body: text }, url);
    const { status, body, bytes, complete } = answer;
    const said = status < 300 ? "" : client.quote(answer, url);
    // A page for people with 200 comes from something else, such as a portal: the store has none of it.
    const page = isHtml(answer)
      ? DeliveryError.transient("server", PAGE, { said: client.quote(answer, url) })
      : undefined;
    const error = classifyStatus(status, answer.headers, clock.now(), said) ?? page;
    return store.judge === undefined
      ? error
      : store.judge({ status, body, bytes, complete, error, count, quote });
  }

  /** One request; where an address cannot be reached, the next one gets it. */
  async #request(
    packed: PackedBody,
    encoding: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<{ readonly url: string; readonly answer: Awaited<ReturnType<HttpClient["request"]>> }> {
    const { store, client } = this.#deps;
    const { path } = this.#definition;
    const urls = path === undefined ? store.urls() : store.urls().map((url) => atPath(url, path));
    for (let tried = 1; ; tried++) {
      const url = urls[this.#turn % urls.length] ?? "";
      try {
        const headers = { ...(await store.headers(packed, { url, signal })), ...encoding };
        const request = { url, method: "POST", headers, body: packed.bytes, signal };
        return { url, answer: await client.request(request) };
      } catch (thrown) {
        this.#turn = (this.#turn + 1) % urls.length;
        const isElsewhere = thrown instanceof DeliveryError && OF_ONE_ADDRESS.has(thrown.failure);
        if (!isElsewhere || tried >= urls.length || signal.aborted) throw thrown;
      }
    }
  }
}

const PAGE = "a page answered in place of the store";

/** Failures of one address, which another one need not have. */
const OF_ONE_ADDRESS: ReadonlySet<string> = new Set(["network", "tls", "refused-address"]);
