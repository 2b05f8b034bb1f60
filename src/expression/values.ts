import type { Fields, FieldType } from "./expression.ts";

/**
 * UTF-16 units. A message can be as large as 1.5 MB, and loops over it are costly; no text grows beyond 16 KiB, and one
 * unit more lets the cut be marked there.
 */
const LONGEST_STRING = 16 * 1024 + 1;

/**
 * The key under which a scope has the form of an object for when it is printed whole: its fields may have further names,
 * which are not printed.
 */
export const WHOLE: unique symbol = Symbol("whole");

/** Converts one plain value to the engine's form of its declared type; an absent one gets a default. */
export type Converter = (value: unknown) => unknown;

/**
 * Makes a converter for declared variables. The engine wants integers as BigInt and instants as Date, and fails on
 * missing values, so the converter fills each declared field: "", 0, false, the epoch, or empty.
 */
export function converterOf(type: FieldType): Converter {
  if (typeof type === "object") return objectConverter(type);
  switch (type) {
    case "string":
      return (value) => (typeof value === "string" ? value : toText(value)).slice(0, LONGEST_STRING);
    case "int":
      return (value) => (typeof value === "bigint" ? value : BigInt(Math.trunc(Number(value ?? 0)) || 0));
    case "bool":
      return (value) => value === true;
    case "timestamp":
      return toDate;
    case "map<string, string>":
      return (value) => (typeof value === "object" && value !== null ? value : {});
    case "list<string>":
      return (value) => (Array.isArray(value) ? value : []);
    case "dyn":
      return toDynamic;
    default:
      return type satisfies never;
  }
}

/** The part of the declarations that an expression uses, so that a run converts no more than that. */
export function pruneFields(fields: Fields, paths: ReadonlySet<string>): Fields {
  const pruned: Record<string, FieldType> = {};
  for (const path of paths) addPath(pruned, fields, path.split("."));
  return pruned;
}

function addPath(target: Record<string, FieldType>, fields: Fields, path: readonly string[]): void {
  const [name = "", ...rest] = path;
  const type = Object.hasOwn(fields, name) ? fields[name] : undefined;
  if (type === undefined) return;
  if (typeof type !== "object" || rest.length === 0) {
    target[name] = type;
    return;
  }
  const existing = target[name];
  if (existing === type) return;
  // This function made everything that `target` holds below a name, unless it is the declaration itself.
  const inner = (existing ?? {}) as Record<string, FieldType>;
  target[name] = inner;
  addPath(inner, type, rest);
}

/** The type declared at a dotted path; undefined for none. */
export function fieldAt(fields: Fields, path: readonly string[]): FieldType | undefined {
  let type: FieldType = fields;
  for (const name of path) {
    if (typeof type !== "object" || !Object.hasOwn(type, name)) return undefined;
    const next: FieldType | undefined = type[name];
    if (next === undefined) return undefined;
    type = next;
  }
  return type;
}

function objectConverter(fields: Fields): Converter {
  const entries = Object.entries(fields).map(([name, type]) => ({ name, convert: converterOf(type) }));
  return (value) => {
    // The code below reads only own, declared names from it.
    const from = (typeof value === "object" && value !== null ? value : {}) as Record<string, unknown>;
    const to: Record<string, unknown> = {};
    for (const { name, convert } of entries) to[name] = convert(from[name]);
    return to;
  };
}

function toDate(value: unknown): Date {
  if (value instanceof Date) return value;
  const date = new Date(typeof value === "number" || typeof value === "string" ? value : 0);
  return Number.isNaN(date.getTime()) ? new Date(0) : date;
}

function toDynamic(value: unknown): unknown {
  if (value === undefined || value === null) return null;
  if (typeof value === "number") return Number.isSafeInteger(value) ? BigInt(value) : value;
  if (Array.isArray(value)) return value.map(toDynamic);
  if (typeof value !== "object" || value instanceof Date) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, toDynamic(item)]));
}

/** A value as text: RFC 3339 for instants, "" for null, lists with commas, maps as JSON. */
export function toText(value: unknown): string {
  const plain = toJson(value);
  if (plain === null) return "";
  if (typeof plain === "string") return plain;
  if (Array.isArray(plain)) return plain.map(toText).join(", ");
  return JSON.stringify(plain);
}

/** A value as JSON data: integers as numbers (as text beyond 2^53), instants as RFC 3339. */
export function toJson(value: unknown): unknown {
  if (typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  return typeof value === "object" ? objectToJson(value) : null;
}

function objectToJson(value: object | null): unknown {
  if (value === null) return null;
  if (WHOLE in value) return toJson(value[WHOLE]);
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map(toJson);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, toJson(item)]));
  }
  // The engine's own classes, such as its duration, have a text of their own.
  return (value as { toString(): string }).toString();
}
