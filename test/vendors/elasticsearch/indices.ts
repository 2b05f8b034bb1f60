import type { Json } from "../json.ts";
import type { BulkOperation } from "./bulk-body.ts";
import { Mapping } from "./mapping.ts";

/** A document as it is kept. */
export interface StoredDocument {
  readonly index: string;
  readonly id: string;
  readonly source: Json;
  /** 1, and one more each time it is written over. */
  readonly version: number;
}

/** The outcome of one operation, as an item of the answer has it. */
export interface BulkItem {
  readonly status: number;
  readonly id: string;
  readonly version?: number;
  readonly error?: { readonly type: string; readonly reason: string };
}

/** Indices and data streams with their documents. */
export class Indices {
  readonly #documents = new Map<string, StoredDocument>();
  readonly #mappings = new Map<string, Mapping>();
  readonly #streams: readonly string[];
  readonly #types: Readonly<Record<string, string>>;

  /**
   * @param streams Names of data streams; one that ends in `*` stands for all that begin so.
   * @param types Types of fields in every index, as an index template sets them.
   */
  constructor(streams: readonly string[], types: Readonly<Record<string, string>>) {
    this.#streams = streams;
    this.#types = types;
  }

  /** In the order in which they came. */
  documents(): readonly StoredDocument[] {
    return [...this.#documents.values()];
  }

  write({ action, index = "", id: given, source }: BulkOperation): BulkItem {
    const id = given ?? crypto.randomUUID();
    const wrong = wrongName(index) ?? this.#wrongForStream(index, action, source);
    if (wrong !== undefined) return { status: 400, id, error: wrong };
    const key = `${index}/${id}`;
    const before = this.#documents.get(key);
    if (action === "create" && before !== undefined) {
      const reason = `[${id}]: version conflict, document already exists (current version [${before.version}])`;
      return { status: 409, id, error: { type: "version_conflict_engine_exception", reason } };
    }
    const misfit = this.#mapping(index).learn(id, source);
    if (misfit !== undefined) return { status: 400, id, error: misfit };
    const version = (before?.version ?? 0) + 1;
    this.#documents.set(key, { index, id, source, version });
    return { status: before === undefined ? 201 : 200, id, version };
  }

  #mapping(index: string): Mapping {
    const found = this.#mappings.get(index) ?? new Mapping();
    if (!this.#mappings.has(index)) found.set(this.#types);
    this.#mappings.set(index, found);
    return found;
  }

  /** https://www.elastic.co/docs/manage-data/data-store/data-streams: appended with `create`, each with `@timestamp`. */
  #wrongForStream(index: string, action: string, source: Json): BulkItem["error"] {
    const isStream = this.#streams.some((name) =>
      name.endsWith("*") ? index.startsWith(name.slice(0, -1)) : index === name,
    );
    if (!isStream) return undefined;
    if (action !== "create") {
      const reason = "only write ops with an op_type of create are allowed in data streams";
      return { type: "illegal_argument_exception", reason };
    }
    const time = source["@timestamp"];
    if (time === undefined) {
      const reason = "data stream timestamp field [@timestamp] is missing";
      return { type: "document_parsing_exception", reason };
    }
    if (typeof time !== "number" && !(typeof time === "string" && !Number.isNaN(Date.parse(time)))) {
      const reason = "failed to parse field [@timestamp] of type [date]";
      return { type: "document_parsing_exception", reason };
    }
    return undefined;
  }
}

/** https://www.elastic.co/docs/api/doc/elasticsearch/operation/operation-indices-create, "Index names must …". */
function wrongName(index: string): BulkItem["error"] {
  const words = [
    [/[A-Z]/u, "must be lowercase"],
    [
      /[\\/*?"<>| ,#:]/u,
      "must not contain the following characters [' ','\"','*',',','/','<','>','?','\\','|']",
    ],
    [/^[_+-]/u, "must not start with '_', '-', or '+'"],
    [/^\.\.?$/u, "must not be '.' or '..'"],
  ] as const;
  const found = words.find(([pattern]) => pattern.test(index))?.[1];
  const wrong = found ?? (Buffer.byteLength(index) > 255 ? "index name is too long, (256 > 255)" : undefined);
  if (wrong === undefined) return undefined;
  return { type: "invalid_index_name_exception", reason: `Invalid index name [${index}], ${wrong}` };
}
