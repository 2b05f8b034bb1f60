import { type Clock, systemClock } from "../../src/lib/clock.ts";
import type { Answer } from "../support/fake-receiver.ts";
import { asList, asObject, parseJson } from "./json.ts";
import { startVendorServer, type VendorRequest, type VendorServer, withFaces } from "./vendor-server.ts";

const HOUR_MS = 3_600_000;

/** Defaults of Loki 3 (https://grafana.com/docs/loki/latest/configure/#limits_config and #ingester). */
export const LOKI_LIMITS = {
  /** `max_label_names_per_series`. */
  labels: 15,
  /** `max_label_name_length` and `max_label_value_length`. */
  labelName: 1024,
  labelValue: 2048,
  /** `max_line_size`, in bytes. */
  line: 256 * 1024,
  /** `max_structured_metadata_size`, in bytes, and `max_structured_metadata_entries_count`. */
  metadata: 64 * 1024,
  metadataEntries: 128,
  /** `reject_old_samples_max_age`: one week. */
  maxAgeMs: 168 * HOUR_MS,
  /** `creation_grace_period`. */
  graceMs: 600_000,
  /** Half of `max_chunk_age` (2 h) is how far an entry may be behind the newest one of its stream. */
  behindMs: HOUR_MS,
  /** `max_recv_msg_size`. */
  body: 100 * 1024 * 1024,
} as const;

/** One line as Loki keeps it. */
export interface LokiEntry {
  /** The labels of its stream. */
  readonly stream: Readonly<Record<string, string>>;
  /** Nanoseconds since 1970. */
  readonly ns: bigint;
  readonly line: string;
  /** Structured metadata. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** How a Loki is set up. */
export interface FakeLokiOptions {
  /** `auth_enabled`: every push must name its tenant. */
  readonly tenants?: boolean;
  /** Takes pushes at every path, as a gateway of its own path hands them on. */
  readonly anyPath?: boolean;
  /** Judges the age of entries; the machine's by default. */
  readonly clock?: Clock;
  /** The largest body, in bytes. */
  readonly largestBody?: number;
}

/** A fake Loki: `POST /loki/api/v1/push` in JSON, and `GET /ready`. */
export interface FakeLoki extends VendorServer {
  /** The entries that it keeps, in the order in which they came, of one tenant (`fake` without tenants) or of that one. */
  entries(tenant?: string): readonly LokiEntry[];
}

/** Refusals that are not about what was sent, by the reasons that Loki counts them under, with Loki's words. */
const REASONS: Readonly<Record<string, Answer>> = {
  rate_limited: {
    status: 429,
    body: "ingestion rate limit exceeded for user fake (limit: 4194304 bytes/sec) while attempting to ingest '100' lines totaling '90000' bytes, reduce log volume or contact your Loki administrator to see if the limit can be increased",
  },
  per_stream_rate_limit: {
    status: 429,
    body: "Per stream rate limit exceeded (limit: 3MB/sec) while attempting to ingest for stream '{a=\"b\"}' totaling 90kB, consider splitting a stream via additional labels or contact your Loki administrator to see if the limit can be increased",
  },
  stream_limit: {
    status: 429,
    body: "Maximum active stream limit exceeded when trying to create stream {a=\"b\"}, reduce the number of active streams (reduce labels or reduce label values), or contact your Loki administrator to see if the limit can be increased, user: 'fake'",
  },
  // https://grafana.com/docs/loki/latest/operations/request-validation-rate-limits: 260 unless configured otherwise.
  blocked_ingestion: {
    status: 260,
    body: "ingestion blocked for user fake until '2026-12-01 00:00:00 +0000 UTC' with status code '260'",
  },
};

/** A running Loki. A `word` of a fault is a reason, such as `rate_limited`. */
export async function startFakeLoki(options: FakeLokiOptions = {}): Promise<FakeLoki> {
  const store = new LokiStore(options.clock ?? systemClock);
  const server = await startVendorServer({
    answer: (request) => answer(request, store, options),
    refuse: (word) => REASONS[word] ?? unknownReason(word),
  });
  return withFaces<Omit<FakeLoki, keyof VendorServer>>(server, {
    entries: (tenant = "fake") => store.entries(tenant),
  });
}

function unknownReason(word: string): never {
  throw new Error(`Loki has no reason ${word}`);
}

function answer(request: VendorRequest, store: LokiStore, options: FakeLokiOptions): Answer {
  const { pathname } = new URL(request.path, "http://loki.test");
  if (request.method === "GET" && pathname === "/ready") return { status: 200, body: "ready\n" };
  if (pathname !== "/loki/api/v1/push" && options.anyPath !== true)
    return { status: 404, body: "404 page not found\n" };
  if (request.method !== "POST") return { status: 405 };
  const tenant = options.tenants === true ? request.headers["x-scope-orgid"] : "fake";
  if (tenant === undefined || tenant === "") return { status: 401, body: "no org id\n" };
  if (request.bytes.length > (options.largestBody ?? LOKI_LIMITS.body)) {
    return { status: 413, body: "request body too large\n" };
  }
  const type = (request.headers["content-type"] ?? "").split(";")[0]?.trim();
  // Anything but JSON is read as protobuf in Snappy, which no sink of ours sends.
  if (type !== "application/json") return { status: 400, body: "snappy: corrupt input\n" };
  const streams = asObject(parseJson(request.body))?.["streams"];
  if (!Array.isArray(streams)) return { status: 400, body: "couldn't parse push request\n" };
  const faults = streams.flatMap((stream) =>
    store.push(tenant, asObject(stream)?.["stream"], asObject(stream)?.["values"]),
  );
  // Loki keeps the good entries of a push and answers 400 for the others.
  return faults.length === 0 ? { status: 204 } : { status: 400, body: `${faults.join("\n")}\n` };
}

/** Streams of tenants. */
class LokiStore {
  readonly #clock: Clock;
  readonly #entries = new Map<string, LokiEntry[]>();
  readonly #newest = new Map<string, bigint>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  entries(tenant: string): readonly LokiEntry[] {
    return this.#entries.get(tenant) ?? [];
  }

  /** Keeps the good entries of a stream; answers the faults of the others in Loki's words. */
  push(tenant: string, labels: unknown, values: unknown): readonly string[] {
    const stream = readLabels(labels);
    if (typeof stream === "string") return [stream];
    const name = streamName(stream);
    const late: string[] = [];
    const faults = asList(values).flatMap((value): readonly string[] => {
      const entry = readEntry(stream, name, value);
      if (typeof entry === "string") return [entry];
      const old = this.#ageFault(name, entry.ns);
      if (old !== undefined) return [old];
      const behind = this.#lateness(tenant + name, entry.ns);
      if (behind === undefined) this.#keep(tenant, name, entry);
      else late.push(behind);
      return [];
    });
    if (late.length === 0) return faults;
    const total = asList(values).length;
    return [
      ...faults,
      ...late,
      `user '${tenant}', total ignored: ${late.length} out of ${total} for stream: ${name}`,
    ];
  }

  #ageFault(name: string, ns: bigint): string | undefined {
    const ms = Number(ns / 1_000_000n);
    const oldest = this.#clock.now() - LOKI_LIMITS.maxAgeMs;
    if (ms < oldest)
      return `entry for stream '${name}' has timestamp too old: ${shown(ms)}, oldest acceptable timestamp is: ${shown(oldest)}`;
    if (ms > this.#clock.now() + LOKI_LIMITS.graceMs)
      return `entry for stream '${name}' has timestamp too new: ${shown(ms)}`;
    return undefined;
  }

  #lateness(key: string, ns: bigint): string | undefined {
    const cutoff = (this.#newest.get(key) ?? 0n) - BigInt(LOKI_LIMITS.behindMs) * 1_000_000n;
    if (ns >= cutoff) return undefined;
    const [at, oldest] = [shown(Number(ns / 1_000_000n)), shown(Number(cutoff / 1_000_000n))];
    return `entry with timestamp ${at} ignored, reason: 'entry too far behind, entry timestamp is: ${at}, oldest acceptable timestamp is: ${oldest}',`;
  }

  /** An entry with the time and the text of another one of its stream is that one, so a push may be repeated. */
  #keep(tenant: string, name: string, entry: LokiEntry): void {
    const kept = this.#entries.get(tenant) ?? [];
    this.#entries.set(tenant, kept);
    const twin = kept.some(
      ({ stream, ns, line }) => ns === entry.ns && line === entry.line && streamName(stream) === name,
    );
    if (!twin) kept.push(entry);
    const newest = this.#newest.get(tenant + name) ?? 0n;
    if (entry.ns > newest) this.#newest.set(tenant + name, entry.ns);
  }
}

/** The labels of a stream, or what is wrong with them. */
function readLabels(value: unknown): Readonly<Record<string, string>> | string {
  const labels = Object.entries(asObject(value) ?? {});
  if (labels.length === 0) return "error at least one label pair is required per stream";
  const texts: Record<string, string> = {};
  for (const [name, text] of labels) {
    if (typeof text !== "string") return `couldn't parse labels: the value of ${name} is no string`;
    if (!/^[a-zA-Z_][a-zA-Z0-9_]*$/u.test(name))
      return `error parsing labels '{${name}="${text}"}' with error: 1:2: parse error: unexpected character inside braces`;
    texts[name] = text;
  }
  const stream = streamName(texts);
  if (labels.length > LOKI_LIMITS.labels)
    return `entry for stream '${stream}' has ${labels.length} label names; limit ${LOKI_LIMITS.labels}`;
  for (const [name, text] of Object.entries(texts)) {
    if (name.length > LOKI_LIMITS.labelName) return `stream '${stream}' has label name too long: '${name}'`;
    if (Buffer.byteLength(text) > LOKI_LIMITS.labelValue)
      return `stream '${stream}' has label value too long: '${text}'`;
  }
  return texts;
}

function readEntry(
  stream: Readonly<Record<string, string>>,
  name: string,
  value: unknown,
): LokiEntry | string {
  const [time, line, metadata = {}] = asList(value);
  // "a JSON array [ <string: unix epoch in nanoseconds>, <string: log line>, <optional JSON object> ]".
  if (typeof time !== "string" || !/^\d+$/u.test(time))
    return "couldn't parse push request: the timestamp must be a string of digits";
  if (typeof line !== "string") return "couldn't parse push request: the line must be a string";
  const bytes = Buffer.byteLength(line);
  if (bytes > LOKI_LIMITS.line)
    return `Max entry size '${LOKI_LIMITS.line}' bytes exceeded for stream '${name}' while adding an entry with length '${bytes}' bytes`;
  const pairs = Object.entries(asObject(metadata) ?? {});
  const texts: Record<string, string> = {};
  for (const [key, text] of pairs) {
    if (typeof text !== "string") return "couldn't parse push request: structured metadata must be strings";
    texts[key] = text;
  }
  const size = pairs.reduce((sum, [key, text]) => sum + Buffer.byteLength(key + String(text)), 0);
  if (size > LOKI_LIMITS.metadata)
    return `stream '${name}' has structured metadata too large: '${size}' bytes, limit: '${LOKI_LIMITS.metadata}' bytes. Please see \`limits_config.max_structured_metadata_size\` or contact your Loki administrator to increase it.`;
  if (pairs.length > LOKI_LIMITS.metadataEntries)
    return `stream '${name}' has too many structured metadata labels: '${pairs.length}', limit: '${LOKI_LIMITS.metadataEntries}'. Please see \`limits_config.max_structured_metadata_entries_count\` or contact your Loki administrator to increase it.`;
  return { stream, ns: BigInt(time), line, metadata: texts };
}

function streamName(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${pairs.map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(", ")}}`;
}

function shown(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/u, "Z");
}
