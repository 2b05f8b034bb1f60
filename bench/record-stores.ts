import { gunzipSync } from "node:zlib";

import { startReceiver } from "./receiver.ts";
import { type Load, measureBridge, type Throughput } from "./throughput.ts";

/** A record store, as far as a bridge that writes to it can tell. */
interface Store {
  /** The options of its sink. */
  readonly options: (url: string) => object;
  /** Comes once in a body for each record. */
  readonly mark: string;
  readonly answer: string;
}

const STORES = {
  elasticsearch: {
    options: (url) => ({ urls: [url] }),
    mark: '{"create":',
    answer: '{"errors":false,"items":[]}',
  },
  loki: { options: (url) => ({ url }), mark: String.raw`{\"version\":`, answer: "" },
  otlp: { options: (url) => ({ url }), mark: "tocsin.record.id", answer: "" },
  splunk: {
    options: (url) => ({ url, token: "bench" }),
    mark: '"sourcetype":',
    answer: '{"text":"Success","code":0}',
  },
} as const satisfies Readonly<Record<string, Store>>;

/** Their types. */
export const STORE_TYPES = Object.keys(STORES).map((type) => type as keyof typeof STORES);

/** Writes every Event of a load to a store that takes everything, a hundred in a request. */
export async function measureStore(type: keyof typeof STORES, load: Load): Promise<Throughput> {
  const { options, mark, answer }: Store = STORES[type];
  let arrived = 0;
  await using receiver = await startReceiver((_, __, bytes) => {
    arrived += countOf(mark, gunzipSync(bytes));
  }, answer);
  return await measureBridge(load, {
    configuration: {
      rules: [],
      forward: [{ name: "all", sinks: ["store"] }],
      sinks: [{ name: "store", type, ...options(receiver.url.slice(0, -1)), batch: { wait: "20ms" } }],
    },
    isDone: () => arrived >= load.events,
  });
}

function countOf(mark: string, body: Buffer): number {
  let count = 0;
  for (let at = body.indexOf(mark); at >= 0; at = body.indexOf(mark, at + mark.length)) count += 1;
  return count;
}
