import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The parts of a JSON schema of openapi.json that say where strings are. */
interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly format?: string;
  readonly pattern?: string;
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
}

interface Operation {
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema: Schema }>> }>
  >;
}

interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

// Ours, and a test holds it to the API.
const OPENAPI = JSON.parse(
  readFileSync(join(import.meta.dirname, "../../../docs/openapi.json"), "utf8"),
) as OpenApi;

/** Names that Tocsin makes, and by which the page finds things again. */
const MADE: ReadonlySet<string> = new Set(["id", "fingerprint", "key", "next", "groupKey", "alertId"]);

/**
 * Puts a text of somebody's choice into every string of an answer whose form the schema leaves open, also where it was
 * null: a field that is added to the API is poisoned without anybody thinking of it.
 *
 * @param path Below `/api/v1`. @param textFor The text for a field, by its place: `items.labels.kind`.
 */
export function poison(
  { method, path, answer }: { readonly method: string; readonly path: string; readonly answer: unknown },
  textFor: (place: string) => string,
): unknown {
  const operation = operationOf(method, path);
  const schema = operation?.responses["200"]?.content?.["application/json"]?.schema;
  return schema === undefined ? answer : walk(answer, schema, "", textFor);
}

function operationOf(method: string, path: string): Operation | undefined {
  const asked = path.split("/");
  const found = Object.entries(OPENAPI.paths).find(([template]) => {
    const parts = template.split("/");
    return (
      parts.length === asked.length &&
      parts.every((part, place) => part.startsWith("{") || part === asked[place])
    );
  });
  return found?.[1][method.toLowerCase()];
}

function walk(value: unknown, schema: Schema, place: string, textFor: (place: string) => string): unknown {
  if (schema.$ref !== undefined) return walk(value, resolve(schema.$ref), place, textFor);
  if (schema.anyOf !== undefined) {
    const open = schema.anyOf.map(resolved).find(isOpen);
    if (open !== undefined && (value === null || typeof value === "string")) return textFor(place);
    return schema.anyOf.reduce((result, each) => walk(result, each, place, textFor), value);
  }
  if (isOpen(schema)) return value === null || typeof value === "string" ? textFor(place) : value;
  if (Array.isArray(value)) return value.map((item) => walk(item, schema.items ?? {}, place, textFor));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) => {
      const own = schema.properties?.[name] ?? schema.additionalProperties;
      if (MADE.has(name) || typeof own !== "object") return [name, part];
      return [name, walk(part, own, place === "" ? name : `${place}.${name}`, textFor)];
    }),
  );
}

/** Whether it is a string of any form. */
function isOpen({ type, enum: known, const: only, format, pattern }: Schema): boolean {
  const types = typeof type === "string" ? [type] : (type ?? []);
  return types.includes("string") && [known, only, format, pattern].every((limit) => limit === undefined);
}

function resolved(schema: Schema): Schema {
  return schema.$ref === undefined ? schema : resolve(schema.$ref);
}

function resolve(ref: string): Schema {
  const schema = OPENAPI.components.schemas[ref.replace("#/components/schemas/", "")];
  if (schema === undefined) throw new Error(`openapi.json has no ${ref}`);
  return schema;
}
