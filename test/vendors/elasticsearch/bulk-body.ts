import { asObject, type Json, parseJson } from "../json.ts";

/** An operation of a bulk request. */
export interface BulkOperation {
  readonly action: "create" | "index";
  /** Undefined when neither the line nor the path names one. */
  readonly index: string | undefined;
  /** Undefined when the store makes one. */
  readonly id: string | undefined;
  readonly source: Json;
}

/** A request that is refused as a whole. */
export class BulkRefusal extends Error {
  readonly type: string;

  constructor(type: string, reason: string) {
    super(reason);
    this.type = type;
  }
}

/** Keys of an action line that the page of the bulk API knows. */
const KEYS = new Set([
  "_index",
  "_id",
  "routing",
  "pipeline",
  "require_alias",
  "require_data_stream",
  "dynamic_templates",
  "if_seq_no",
  "if_primary_term",
  "version",
  "version_type",
]);

/**
 * Reads lines of actions and documents
 * (https://www.elastic.co/docs/api/doc/elasticsearch/operation/operation-bulk). Throws a `BulkRefusal`.
 */
export function readBulkBody(body: string, defaultIndex: string | undefined): readonly BulkOperation[] {
  if (body === "") throw new BulkRefusal("parse_exception", "request body is required");
  if (!body.endsWith("\n"))
    throw new BulkRefusal(
      "illegal_argument_exception",
      "The bulk request must be terminated by a newline [\\n]",
    );
  const lines = body.split("\n").slice(0, -1);
  const operations: BulkOperation[] = [];
  for (let number = 0; number < lines.length; number += 2) {
    const line = lines[number] ?? "";
    // "Each newline character may be preceded by a carriage return"; an empty line between actions is skipped.
    if (line.trim() === "") {
      number -= 1;
      continue;
    }
    operations.push(readOperation(line, lines[number + 1], number + 1, defaultIndex));
  }
  if (operations.length === 0) throw invalid("no requests added");
  const long = operations.find(({ id }) => id !== undefined && Buffer.byteLength(id) > 512);
  if (long?.id !== undefined) {
    const bytes = Buffer.byteLength(long.id);
    throw invalid(`id [${long.id}] is too long, must be no longer than 512 bytes but was: ${bytes}`);
  }
  if (operations.some(({ index }) => index === undefined)) throw invalid("index is missing");
  return operations;
}

function invalid(reason: string): BulkRefusal {
  return new BulkRefusal("action_request_validation_exception", `Validation Failed: 1: ${reason};`);
}

function readOperation(
  line: string,
  document: string | undefined,
  number: number,
  index: string | undefined,
): BulkOperation {
  const [entry, ...rest] = Object.entries(asObject(parseJson(line)) ?? {});
  const meta = asObject(entry?.[1]);
  if (entry === undefined || meta === undefined || rest.length > 0)
    throw new BulkRefusal(
      "illegal_argument_exception",
      `Malformed action/metadata line [${number}], expected START_OBJECT`,
    );
  const [action] = entry;
  if (action !== "create" && action !== "index")
    throw new BulkRefusal(
      "illegal_argument_exception",
      `Malformed action/metadata line [${number}], expected field [create], [delete], [index] or [update] but found [${action}]`,
    );
  const strange = Object.keys(meta).find((key) => !KEYS.has(key));
  if (strange !== undefined)
    throw new BulkRefusal(
      "illegal_argument_exception",
      `Action/metadata line [${number}] contains an unknown parameter [${strange}]`,
    );
  const source = asObject(parseJson(document ?? ""));
  if (source === undefined)
    throw new BulkRefusal(
      "x_content_parse_exception",
      `[${number + 1}:1] the source of a document must be an object`,
    );
  return { action, index: text(meta["_index"]) ?? index, id: text(meta["_id"]), source };
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
