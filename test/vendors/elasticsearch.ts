import type { Answer } from "../support/fake-receiver.ts";
import { BulkRefusal, type BulkOperation, readBulkBody } from "./elasticsearch/bulk-body.ts";
import { filterPath } from "./elasticsearch/filter-path.ts";
import { type BulkItem, Indices, type StoredDocument } from "./elasticsearch/indices.ts";
import type { Json } from "./json.ts";
import { startVendorServer, type VendorRequest, type VendorServer, withFaces } from "./vendor-server.ts";

/** How a store is set up. */
export interface FakeElasticsearchOptions {
  /** `elasticsearch` by default. */
  readonly product?: "elasticsearch" | "opensearch";
  /** The value of `authorization` that is let in, such as `ApiKey abc`; anybody by default. */
  readonly authorization?: string;
  /** Names of data streams; one that ends in `*` stands for all that begin so. None by default. */
  readonly dataStreams?: readonly string[];
  /** Types of fields, by their path, as an index template sets them. Dynamic otherwise. */
  readonly mapping?: Readonly<Record<string, string>>;
  /** The largest body, in bytes: 100 MiB by default (`http.max_content_length`), 10 MiB in most of AWS. */
  readonly largestBody?: number;
}

/** A fake Elasticsearch or OpenSearch: `POST /_bulk`, `POST /<index>/_bulk`, and `GET /`. */
export interface FakeElasticsearch extends VendorServer {
  /** In the order in which they came. */
  documents(): readonly StoredDocument[];
  /** The next bulk request is refused in part: the operations for which `isRefused` says so, as a busy store does. */
  refuseItems(isRefused: (operation: BulkOperation, position: number) => boolean, error?: ItemError): void;
}

/** The error of an item. */
export interface ItemError {
  readonly status: number;
  readonly type: string;
  readonly reason: string;
}

/** The write queue of a node is full: https://www.elastic.co/docs/troubleshoot/elasticsearch/rejected-requests. */
export const QUEUE_FULL: ItemError = {
  status: 429,
  type: "es_rejected_execution_exception",
  reason:
    "rejected execution of coordinating operation [coordinating_and_primary_bytes=0, replica_bytes=0, all_bytes=0, coordinating_operation_bytes=100, max_coordinating_and_primary_bytes=1]",
};

interface Refusing {
  readonly isRefused: (operation: BulkOperation, position: number) => boolean;
  readonly error: ItemError;
}

/** Whole requests that a store refuses, by the type of their error; a `word` of a fault is one of them. */
const STATUS_OF: Readonly<Record<string, number>> = {
  security_exception: 401,
  cluster_block_exception: 403,
  circuit_breaking_exception: 429,
  es_rejected_execution_exception: 429,
  process_cluster_event_timeout_exception: 503,
  no_shard_available_action_exception: 503,
};

/** A running store. */
export async function startFakeElasticsearch(
  options: FakeElasticsearchOptions = {},
): Promise<FakeElasticsearch> {
  const indices = new Indices(options.dataStreams ?? [], options.mapping ?? {});
  const refusing: Refusing[] = [];
  const server = await startVendorServer({
    answer: (request) => ({ ...answer(request), headers: headersOf(options) }),
    refuse: (word) => whole(STATUS_OF[word] ?? 400, word, `refused with ${word}`),
  });
  const answer = (request: VendorRequest): Exclude<Answer, string> => {
    const { pathname, searchParams } = new URL(request.path, "http://store.test");
    const { authorization } = options;
    if (authorization !== undefined && request.headers["authorization"] !== authorization)
      return whole(401, "security_exception", "unable to authenticate user for REST request [/_bulk]");
    if (request.method === "GET" && pathname === "/")
      return { status: 200, body: JSON.stringify(about(options)) };
    // Behind a proxy it may have a path of its own, whose last part is then an index that no operation asks for.
    const bulk = /\/(?:(?<index>[^/]+)\/)?_bulk$/u.exec(pathname);
    if (bulk === null || (request.method !== "POST" && request.method !== "PUT"))
      return whole(405, "illegal_argument_exception", `Incorrect HTTP method for uri [${request.path}]`);
    // Elasticsearch says nothing with this status.
    if (request.bytes.length > (options.largestBody ?? 100 * 1024 * 1024)) return { status: 413 };
    const type = (request.headers["content-type"] ?? "").split(";")[0]?.trim() ?? "";
    if (type !== "application/x-ndjson" && type !== "application/json")
      return {
        status: 406,
        body: JSON.stringify({ error: `Content-Type header [${type}] is not supported`, status: 406 }),
      };
    try {
      const operations = readBulkBody(request.body, bulk.groups?.["index"]);
      return {
        status: 200,
        body: JSON.stringify(
          filterPath(runBulk(operations, indices, refusing.shift()), searchParams.get("filter_path")),
        ),
      };
    } catch (error) {
      if (!(error instanceof BulkRefusal)) throw error;
      return whole(400, error.type, error.message);
    }
  };
  return withFaces<Omit<FakeElasticsearch, keyof VendorServer>>(server, {
    documents: () => indices.documents(),
    refuseItems: (isRefused, error = QUEUE_FULL) => {
      refusing.push({ isRefused, error });
    },
  });
}

/** Items are answered in the order of the operations, with status 200 whatever became of them. */
function runBulk(
  operations: readonly BulkOperation[],
  indices: Indices,
  refusing: Refusing | undefined,
): Json {
  const outcomes = operations.map((operation, position): readonly [BulkOperation, BulkItem] =>
    refusing?.isRefused(operation, position) === true
      ? [operation, { id: operation.id ?? "", status: refusing.error.status, error: refusing.error }]
      : [operation, indices.write(operation)],
  );
  return {
    took: 1,
    errors: outcomes.some(([, { error }]) => error !== undefined),
    items: outcomes.map(([operation, item]) => toItem(operation, item)),
  };
}

function toItem({ action, index }: BulkOperation, { id, status, version, error }: BulkItem): Json {
  const about = { _index: index, _id: id, status };
  if (error !== undefined)
    return { [action]: { ...about, error: { type: error.type, reason: error.reason } } };
  return { [action]: { ...about, _version: version, result: status === 201 ? "created" : "updated" } };
}

function whole(status: number, type: string, reason: string): Exclude<Answer, string> {
  const cause = { type, reason };
  return { status, body: JSON.stringify({ error: { root_cause: [cause], ...cause }, status }) };
}

/** Clients of Elastic look for this header. */
function headersOf({ product }: FakeElasticsearchOptions): Readonly<Record<string, string>> {
  const json = { "content-type": "application/json" };
  return product === "opensearch" ? json : { ...json, "x-elastic-product": "Elasticsearch" };
}

function about({ product }: FakeElasticsearchOptions): Json {
  return product === "opensearch"
    ? {
        version: { distribution: "opensearch", number: "3.3.0" },
        tagline: "The OpenSearch Project: https://opensearch.org/",
      }
    : { version: { number: "9.2.0", build_flavor: "default" }, tagline: "You Know, for Search" };
}
