import { FieldWords } from "./field-words.ts";
import { PackedTexts } from "./packed-texts.ts";

/** Shapes of objects that are known at once; objects of further ones are packed with the names of their fields. */
const MOST_SHAPES = 1000;

/** Templates that are known at once; further objects have all their fields in the text. */
const MOST_TEMPLATES = 8000;

/** Small objects that are kept once for all texts. */
const MOST_SHARED = 4000;

/** Fields of an object that is worth sharing: `{ component, host }`, `{}`. */
const MOST_SHARED_FIELDS = 2;

/** Longest JSON of an object that is shared, in UTF-16 units. */
const LONGEST_SHARED = 200;

/** Marks at the head of a packed array; the number of a template stands there otherwise. */
const ARRAY = -1;
const NULL = -2;
const NOT_FINITE = -3;
const SHARED = -4;
const NAMED = -5;

/** Stands in a template for a field whose value is in the text. */
const IN_TEXT = Symbol("in the text");

/** A packed value: JSON, in which an array has a mark or a template at its head. */
type Code = string | number | boolean | null | readonly [number, ...unknown[]];

type Entries = readonly (readonly [name: string, value: unknown])[];

/** The names of the fields of objects, in their order, and the words that come again in each. */
interface Shape {
  readonly fields: readonly { readonly name: string; readonly words: FieldWords }[];
  /** Numbers of its templates by what they hold. */
  readonly templates: Map<string, number>;
  /** The number of the one in which all values are in the text. */
  readonly bare: number;
}

/** The values that many objects of a shape have alike; other fields are in the text. */
interface Template {
  readonly fields: Shape["fields"];
  readonly values: readonly unknown[];
}

/**
 * Turns plain data into short texts and back. Objects are packed by templates, so that a text has only what is peculiar
 * to its object; what came before in the same text is not repeated. Only the packer that made a text can read it.
 */
export class Packer {
  readonly #shapes = new Map<string, Shape>();
  readonly #templates: Template[] = [];
  readonly #shared: unknown[] = [];
  readonly #sharedIds = new Map<string, number>();

  /** @param value Plain data: objects, arrays, texts, numbers, booleans, null and undefined. */
  pack(value: unknown): string {
    return JSON.stringify(this.#encoded(value, new PackedTexts()));
  }

  /** Reads a text that this packer made. Nobody may change the data, since parts of it are shared. */
  unpack(text: string): unknown {
    // `pack` wrote it.
    return this.#decoded(JSON.parse(text) as Code, new PackedTexts());
  }

  #encoded(value: unknown, texts: PackedTexts): unknown {
    if (value === undefined) return null;
    if (value === null) return [NULL];
    if (typeof value === "string") return texts.encode(value);
    if (typeof value === "object") return this.#encodedObject(value, texts);
    if (typeof value !== "number") return value;
    return Number.isFinite(value) ? texts.encodeNumber(value) : [NOT_FINITE, String(value)];
  }

  #encodedObject(value: object, texts: PackedTexts): unknown {
    if (Array.isArray(value)) return [ARRAY, ...value.map((item) => this.#encoded(item, texts))];
    const entries = Object.entries(value);
    const shared = this.#sharedId(value, entries);
    if (shared !== undefined) return [SHARED, shared];
    const shape = this.#shapeOf(entries);
    if (shape === undefined)
      return [NAMED, Object.keys(value), ...entries.map(([, item]) => this.#encoded(item, texts))];
    const id = this.#templateOf(shape, entries);
    const isInText = this.#templates[id]?.values.map((held) => held === IN_TEXT) ?? [];
    const code: unknown[] = [id];
    for (const [index, [, item]] of entries.entries())
      if (isInText[index] === true) code.push(this.#encoded(item, texts));
    return code;
  }

  #decoded(code: Code, texts: PackedTexts): unknown {
    if (code === null) return undefined;
    if (typeof code === "string") return texts.decode(code);
    if (typeof code === "number") return texts.decodeNumber(code);
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
      case NAMED:
        // The names were packed as they are.
        return named(first as readonly string[], this.#items(code, 2, texts));
      default:
        return this.#filled(this.#templates[head], code, texts);
    }
  }

  #items(code: readonly unknown[], from: number, texts: PackedTexts): unknown[] {
    const items: unknown[] = [];
    // All items of a code are codes.
    for (let at = from; at < code.length; at++) items.push(this.#decoded(code[at] as Code, texts));
    return items;
  }

  #filled(template: Template | undefined, code: readonly unknown[], texts: PackedTexts): object {
    const object: Record<string, unknown> = {};
    if (template === undefined) return object;
    const { fields, values } = template;
    let at = 1;
    for (const [index, { name }] of fields.entries()) {
      const held = values[index];
      // All items of a code are codes.
      const value = held === IN_TEXT ? this.#decoded(code[at++] as Code, texts) : held;
      assign(object, name, value);
    }
    return object;
  }

  #shapeOf(entries: Entries): Shape | undefined {
    const key = entries.map(([name]) => name).join("\n");
    const known = this.#shapes.get(key);
    if (known !== undefined || this.#shapes.size >= MOST_SHAPES) return known;
    // Names with the separator could look like others.
    if (entries.some(([name]) => name.includes("\n"))) return undefined;
    const fields = entries.map(([name]) => ({ name, words: new FieldWords() }));
    const bare = this.#templates.push({ fields, values: fields.map(() => IN_TEXT) }) - 1;
    const shape: Shape = { fields, templates: new Map(), bare };
    this.#shapes.set(key, shape);
    return shape;
  }

  /** The number of the template that holds the most of an object. */
  #templateOf({ fields, templates, bare }: Shape, entries: Entries): number {
    let key = "";
    for (const [index, [, value]] of entries.entries())
      key += `${this.#held(value, fields[index]?.words) ?? ""};`;
    const known = templates.get(key);
    if (known !== undefined || this.#templates.length >= MOST_TEMPLATES) return known ?? bare;
    const values = key
      .split(";")
      .slice(0, -1)
      .map((held, index) => (held === "" ? IN_TEXT : this.#ownOf(entries[index]?.[1])));
    const id = this.#templates.push({ fields, values }) - 1;
    templates.set(key, id);
    return id;
  }

  /** The name of a value that a template can hold, within its field; undefined for others. */
  #held(value: unknown, words: FieldWords | undefined): string | undefined {
    if (typeof value === "string") return value === "" ? '"' : words?.idOf(value)?.toString();
    if (typeof value === "boolean" || value === null || value === undefined) return String(value);
    if (typeof value !== "object") return undefined;
    if (Array.isArray(value)) return value.length === 0 ? "[]" : undefined;
    const shared = this.#sharedId(value, Object.entries(value));
    return shared === undefined ? undefined : `{${shared}`;
  }

  /** A value that nobody else has a hand on. */
  #ownOf(value: unknown): unknown {
    if (typeof value !== "object" || value === null) return value;
    if (Array.isArray(value)) return NOTHING;
    const shared = this.#sharedId(value, Object.entries(value));
    return shared === undefined ? value : this.#shared[shared];
  }

  /** Only objects of texts are shared, few or empty ones: their JSON says all of them. */
  #sharedId(value: object, entries: Entries): number | undefined {
    if (!isSmall(entries) && !isBlank(value)) return undefined;
    const key = JSON.stringify(value);
    const known = this.#sharedIds.get(key);
    if (known !== undefined || key.length > LONGEST_SHARED || this.#shared.length >= MOST_SHARED)
      return known;
    this.#sharedIds.set(key, this.#shared.length);
    return this.#shared.push(value) - 1;
  }
}

/** All templates share one empty list. */
const NOTHING: readonly never[] = Object.freeze([]);

function isSmall(entries: Entries): boolean {
  return entries.length <= MOST_SHARED_FIELDS && entries.every(([, item]) => typeof item === "string");
}

/** Whether a value is nothing but empty texts. */
function isBlank(value: unknown): boolean {
  if (value === "") return true;
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  return Object.values(value).every(isBlank);
}

function named(fields: readonly string[], items: readonly unknown[]): object {
  const object: Record<string, unknown> = {};
  for (const [index, field] of fields.entries()) assign(object, field, items[index]);
  return object;
}

function assign(object: Record<string, unknown>, field: string, value: unknown): void {
  // An assignment would set the prototype.
  if (field === "__proto__") Object.defineProperty(object, field, { value, enumerable: true });
  else object[field] = value;
}
