/** Shapes of objects that are known at once; objects of further ones are packed with the names of their fields. */
const MOST_SHAPES = 1000;

/** Small objects that are kept once for all texts. */
const MOST_SHARED = 4000;

/** Fields of an object that is worth sharing: `{ component, host }`, `{}`. */
const MOST_SHARED_FIELDS = 2;

/** Longest JSON of an object that is shared, in UTF-16 units. */
const LONGEST_SHARED = 200;

/** A text of this length that comes again within one value is replaced by its number. */
const SHORTEST_REPEATED = 12;

/** Marks at the head of a packed array; the index of a shape stands there otherwise. */
const ARRAY = -1;
const NULL = -2;
const NOT_FINITE = -3;
const SHARED = -4;
const NAMED = -5;
const REPEATED = -6;

/** A packed value: JSON, in which an array has a mark or a shape at its head. */
type Code = string | number | boolean | null | readonly [number, ...unknown[]];

/** Long texts of the value in hand, in their order. */
type Texts = string[];

/**
 * Turns plain data into short texts and back: the names of fields are kept once for all objects of a shape, and small
 * objects that come again once for all texts. Only the packer that made a text can read it.
 */
export class Packer {
  readonly #shapes: (readonly string[])[] = [];
  readonly #shapeIds = new Map<string, number>();
  readonly #shared: unknown[] = [];
  readonly #sharedIds = new Map<string, number>();

  /** @param value Plain data: objects, arrays, texts, numbers, booleans, null and undefined. */
  pack(value: unknown): string {
    return JSON.stringify(this.#encoded(value, []));
  }

  /** Reads a text that this packer made. Nobody may change the data, since parts of it are shared. */
  unpack(text: string): unknown {
    // `pack` wrote it.
    return this.#decoded(JSON.parse(text) as Code, []);
  }

  /** The object of equal texts that is kept for all, or else this one; for small objects outside of texts. */
  shared<Value extends Readonly<Record<string, string>>>(value: Value): Value {
    const id = this.#sharedId(value, Object.keys(value));
    // An object of the same JSON has the same fields.
    return id === undefined ? value : (this.#shared[id] as Value);
  }

  #encoded(value: unknown, texts: Texts): unknown {
    if (value === undefined) return null;
    if (value === null) return [NULL];
    if (typeof value === "string") return encodedText(value, texts);
    if (typeof value === "object") return this.#encodedObject(value, texts);
    return typeof value === "number" && !Number.isFinite(value) ? [NOT_FINITE, String(value)] : value;
  }

  #encodedObject(value: object, texts: Texts): unknown {
    const fields = Array.isArray(value) ? undefined : Object.keys(value);
    const shared = fields && this.#sharedId(value, fields);
    if (shared !== undefined) return [SHARED, shared];
    const shape = fields && this.#shapeId(fields);
    const code: unknown[] = [fields === undefined ? ARRAY : (shape ?? NAMED)];
    if (fields !== undefined && shape === undefined) code.push(fields);
    for (const [, item] of Object.entries(value)) code.push(this.#encoded(item, texts));
    return code;
  }

  #decoded(code: Code, texts: Texts): unknown {
    if (code === null) return undefined;
    if (typeof code === "string" && code.length >= SHORTEST_REPEATED) texts.push(code);
    if (typeof code !== "object") return code;
    const [head, first] = code;
    switch (head) {
      case ARRAY:
        return this.#items(code, 1, texts);
      case NULL:
        return null;
      case NOT_FINITE:
        return Number(first);
      case SHARED:
        return this.#shared[Number(first)];
      case REPEATED:
        return texts[Number(first)];
      case NAMED:
        // The names were packed as they are.
        return toObject(first as readonly string[], this.#items(code, 2, texts));
      default:
        return toObject(this.#shapes[head] ?? [], this.#items(code, 1, texts));
    }
  }

  #items(code: readonly unknown[], from: number, texts: Texts): unknown[] {
    const items: unknown[] = [];
    // All items of a code are codes.
    for (let at = from; at < code.length; at++) items.push(this.#decoded(code[at] as Code, texts));
    return items;
  }

  #shapeId(fields: readonly string[]): number | undefined {
    const key = fields.join("\n");
    const known = this.#shapeIds.get(key);
    if (known !== undefined || this.#shapes.length >= MOST_SHAPES) return known;
    // Names with the separator could look like others.
    if (fields.some((field) => field.includes("\n"))) return undefined;
    this.#shapeIds.set(key, this.#shapes.length);
    return this.#shapes.push(fields) - 1;
  }

  /** Only objects of texts are shared: their JSON says all of them. */
  #sharedId(value: object, fields: readonly string[]): number | undefined {
    if (fields.length > MOST_SHARED_FIELDS) return undefined;
    if (!Object.values(value).every((item) => typeof item === "string")) return undefined;
    const key = JSON.stringify(value);
    const known = this.#sharedIds.get(key);
    if (known !== undefined || key.length > LONGEST_SHARED || this.#shared.length >= MOST_SHARED)
      return known;
    this.#sharedIds.set(key, this.#shared.length);
    return this.#shared.push(value) - 1;
  }
}

function encodedText(text: string, texts: Texts): unknown {
  if (text.length < SHORTEST_REPEATED) return text;
  const before = texts.indexOf(text);
  if (before >= 0) return [REPEATED, before];
  texts.push(text);
  return text;
}

function toObject(fields: readonly string[], items: readonly unknown[]): object {
  const object: Record<string, unknown> = {};
  for (const [index, field] of fields.entries()) {
    // An assignment would set the prototype.
    if (field === "__proto__")
      Object.defineProperty(object, field, { value: items[index], enumerable: true });
    else object[field] = items[index];
  }
  return object;
}
