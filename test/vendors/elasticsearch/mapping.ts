import { asObject, type Json } from "../json.ts";

/** `index.mapping.total_fields.limit`: https://www.elastic.co/docs/reference/elasticsearch/index-settings/mapping-limit. */
const MOST_FIELDS = 1000;

/** The reason why a document does not fit into its index, as an item of `_bulk` has it. */
export interface MappingFault {
  readonly type: string;
  readonly reason: string;
}

/**
 * The fields of an index, which grow with its documents
 * (https://www.elastic.co/docs/manage-data/data-store/mapping/dynamic-field-mapping): the first value of a field decides
 * on its type. A text has a field `keyword` of its own, and a dot in a name makes an object.
 */
export class Mapping {
  readonly #types = new Map<string, string>();

  /** Fields as the limit counts them. */
  get size(): number {
    return [...this.#types.values()].reduce((sum, type) => sum + (type === "text" ? 2 : 1), 0);
  }

  /** Types of fields, by their path, set before there is a document, as an index template does. */
  set(types: Readonly<Record<string, string>>): void {
    for (const [path, type] of Object.entries(types)) this.#types.set(path, type);
  }

  /** Learns the fields of a document, or answers what is wrong with it and learns nothing. */
  learn(id: string, source: Json): MappingFault | undefined {
    const found = new Map<string, string>();
    try {
      this.#walk(found, "", source, id);
    } catch (error) {
      if (error instanceof Misfit) return error.fault;
      throw error;
    }
    const grown = [...found].filter(([path]) => !this.#types.has(path));
    const size = this.size + grown.reduce((sum, [, type]) => sum + (type === "text" ? 2 : 1), 0);
    if (size > MOST_FIELDS) {
      return {
        type: "illegal_argument_exception",
        reason: `Limit of total fields [${MOST_FIELDS}] has been exceeded while adding new fields [${grown.length}]`,
      };
    }
    for (const [path, type] of grown) this.#types.set(path, type);
    return undefined;
  }

  #walk(found: Map<string, string>, at: string, object: Json, id: string): void {
    for (const [name, value] of Object.entries(object)) {
      const parts = name.split(".");
      if (parts.some((part) => part.trim() === ""))
        throw misfit(`field name cannot be an empty string or have an empty part: [${name}]`);
      const paths = parts.map((_, index) =>
        [at, ...parts.slice(0, index + 1)].filter((part) => part !== "").join("."),
      );
      for (const path of paths.slice(0, -1)) this.#seeObject(found, path, id);
      this.#value(found, paths.at(-1) ?? "", value, id);
    }
  }

  #value(found: Map<string, string>, path: string, value: unknown, id: string): void {
    if (value === null || value === undefined) return;
    if (FLAT.has(this.#types.get(path) ?? "")) {
      if (asObject(value) === undefined) throw misfit(`failed to parse field [${path}] of type [flattened]`);
      return;
    }
    if (Array.isArray(value)) {
      for (const item of value) this.#value(found, path, item, id);
      return;
    }
    const object = asObject(value);
    if (object === undefined) {
      this.#seeScalar(found, path, value, id);
    } else {
      this.#seeObject(found, path, id);
      this.#walk(found, path, object, id);
    }
  }

  #seeObject(found: Map<string, string>, path: string, id: string): void {
    const known = found.get(path) ?? this.#types.get(path);
    if (known === undefined) found.set(path, "object");
    else if (known !== "object")
      throw misfit(`failed to parse field [${path}] of type [${known}] in document with id '${id}'`);
  }

  #seeScalar(found: Map<string, string>, path: string, value: unknown, id: string): void {
    const known = found.get(path) ?? this.#types.get(path);
    if (known === undefined) found.set(path, typeOf(value));
    else if (known === "object")
      throw misfit(
        `object mapping for [${path}] tried to parse field [${path}] as object, but found a concrete value`,
      );
    else if (!fits(known, value))
      throw misfit(`failed to parse field [${path}] of type [${known}] in document with id '${id}'`);
  }
}

/** Types that take an object with whatever keys as one field: Elasticsearch's name for it and OpenSearch's. */
const FLAT = new Set(["flattened", "flat_object"]);

class Misfit extends Error {
  readonly fault: MappingFault;

  constructor(fault: MappingFault) {
    super(fault.reason);
    this.fault = fault;
  }
}

/** The type is `mapper_parsing_exception` before Elasticsearch 8.10, and in OpenSearch. */
function misfit(reason: string): Misfit {
  return new Misfit({ type: "document_parsing_exception", reason });
}

/** `strict_date_optional_time`, the format by which texts are taken for dates. */
const DATE =
  /^\d{4}-\d{2}(?:-\d{2}(?:T\d{2}(?::\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?)?(?:Z|[+-]\d{2}:?\d{2})?)?)?$/u;

function typeOf(value: unknown): string {
  if (typeof value === "boolean") return "boolean";
  if (typeof value === "number") return Number.isInteger(value) ? "long" : "float";
  return DATE.test(String(value)) ? "date" : "text";
}

function fits(type: string, value: unknown): boolean {
  switch (type) {
    case "boolean":
      return typeof value === "boolean" || value === "true" || value === "false" || value === "";
    case "long":
    case "float":
      // Texts of digits are read as numbers (`coerce`).
      return typeof value === "number" || (typeof value === "string" && /^-?\d+(?:\.\d+)?$/u.test(value));
    case "date":
      // `strict_date_optional_time||epoch_millis`.
      return (
        typeof value === "number" || (typeof value === "string" && (DATE.test(value) || /^\d+$/u.test(value)))
      );
    default:
      return true;
  }
}
