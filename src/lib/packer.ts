import { FieldWords } from "./field-words.ts";
import { PackedTexts } from "./packed-texts.ts";
import { UsualTemplate } from "./usual-template.ts";

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

type Fields = Readonly<Record<string, unknown>>;

/** A field of objects of a shape. */
interface Field {
  readonly name: string;
  /** Words that come again in it. */
  readonly words: FieldWords;
  /** Of the objects in it. */
  readonly usual: UsualTemplate<Template>;
}

/** The fields of objects, in their order. */
interface Shape {
  readonly fields: readonly Field[];
  /** Its templates by what they hold. */
  readonly templates: Map<string, Template>;
  /** The one in which all values are in the text. */
  readonly bare: Template;
}

/** The values that many objects of a shape have alike; other fields are in the text. */
interface Template {
  readonly id: number;
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
  /** Of values that are in no object. */
  readonly #usual = new UsualTemplate<Template>();

  /** @param value Plain data: objects, arrays, texts, numbers, booleans, null and undefined. */
  pack(value: unknown): string {
    return JSON.stringify(this.#encoded(value, new PackedTexts(), this.#usual));
  }

  /** Reads a text that this packer made. Nobody may change the data, since parts of it are shared. */
  unpack(text: string): unknown {
    // `pack` wrote it.
    return this.#decoded(JSON.parse(text) as Code, new PackedTexts());
  }

  #encoded(value: unknown, texts: PackedTexts, usual: Field["usual"]): unknown {
    if (value === undefined) return null;
    if (value === null) return [NULL];
    if (typeof value === "string") return texts.encode(value);
    if (typeof value === "number")
      return Number.isFinite(value) ? texts.encodeNumber(value) : [NOT_FINITE, String(value)];
    if (typeof value !== "object") return value;
    if (Array.isArray(value)) return [ARRAY, ...value.map((item) => this.#encoded(item, texts, usual))];
    // Plain data has no other objects.
    return this.#encodedObject(value as Fields, texts, usual);
  }

  #encodedObject(value: Fields, texts: PackedTexts, usual: Field["usual"]): unknown {
    const names = Object.keys(value);
    const trusted = usual.trusted();
    if (trusted !== undefined && fits(trusted, names, value)) return this.#codeBy(trusted, value, texts);
    const shared = this.#sharedId(value, names);
    if (shared !== undefined) return [SHARED, shared];
    const shape = this.#shapeOf(names);
    if (shape === undefined)
      return [NAMED, names, ...names.map((name) => this.#encoded(value[name], texts, usual))];
    const template = this.#templateOf(shape, value);
    usual.used(template);
    return this.#codeBy(template, value, texts);
  }

  #codeBy({ id, fields, values }: Template, value: Fields, texts: PackedTexts): unknown {
    const code: unknown[] = [id];
    for (const [index, { name, usual }] of fields.entries())
      if (values[index] === IN_TEXT) code.push(this.#encoded(value[name], texts, usual));
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

  #shapeOf(names: readonly string[]): Shape | undefined {
    const key = names.join("\n");
    const known = this.#shapes.get(key);
    if (known !== undefined || this.#shapes.size >= MOST_SHAPES) return known;
    // Names with the separator could look like others.
    if (names.some((name) => name.includes("\n"))) return undefined;
    const fields = names.map((name) => ({
      name,
      words: new FieldWords(),
      usual: new UsualTemplate<Template>(),
    }));
    const bare = this.#addTemplate(
      fields,
      fields.map(() => IN_TEXT),
    );
    const shape: Shape = { fields, templates: new Map(), bare };
    this.#shapes.set(key, shape);
    return shape;
  }

  /** The template that holds the most of an object. */
  #templateOf({ fields, templates, bare }: Shape, value: Fields): Template {
    const held = fields.map(({ name, words }) => this.#held(value[name], words));
    const key = held.join(";");
    const known = templates.get(key);
    if (known !== undefined || this.#templates.length >= MOST_TEMPLATES) return known ?? bare;
    const values = fields.map(({ name }, index) => (held[index] === "" ? IN_TEXT : this.#ownOf(value[name])));
    const template = this.#addTemplate(fields, values);
    templates.set(key, template);
    return template;
  }

  #addTemplate(fields: Shape["fields"], values: readonly unknown[]): Template {
    const template = { id: this.#templates.length, fields, values };
    this.#templates.push(template);
    return template;
  }

  /** The name of a value that a template can hold, within its field; "" for others. */
  #held(value: unknown, words: FieldWords): string | number {
    if (typeof value === "string") return value === "" ? '"' : (words.idOf(value) ?? "");
    if (typeof value === "number") return "";
    if (typeof value !== "object" || value === null) return String(value);
    if (Array.isArray(value)) return value.length === 0 ? "[]" : "";
    const shared = this.#sharedId(value, Object.keys(value));
    return shared === undefined ? "" : `{${shared}`;
  }

  /** A value that nobody else has a hand on. */
  #ownOf(value: unknown): unknown {
    if (typeof value !== "object" || value === null) return value;
    if (Array.isArray(value)) return NOTHING;
    const shared = this.#sharedId(value, Object.keys(value));
    return shared === undefined ? value : this.#shared[shared];
  }

  /** Only objects of texts are shared, few or empty ones: their JSON says all of them. */
  #sharedId(value: object, names: readonly string[]): number | undefined {
    if (!isSmall(value, names) && !isBlank(value)) return undefined;
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

/** Whether an object has the fields of a template, and the values that the template holds. */
function fits({ fields, values }: Template, names: readonly string[], value: Fields): boolean {
  if (fields.length !== names.length) return false;
  for (const [index, { name }] of fields.entries()) {
    if (names[index] !== name) return false;
    const held = values[index];
    if (held !== IN_TEXT && !isSame(held, value[name])) return false;
  }
  return true;
}

/** Whether a value is the one that a template holds: a scalar, an empty list, or an object of texts. */
function isSame(held: unknown, value: unknown): boolean {
  if (held === value) return true;
  if (typeof held !== "object" || typeof value !== "object" || held === null || value === null) return false;
  if (Array.isArray(held)) return Array.isArray(value) && value.length === 0;
  const names = Object.keys(value);
  const known = Object.keys(held);
  return (
    !Array.isArray(value) &&
    names.length === known.length &&
    names.every(
      (name, index) => name === known[index] && isSame(Reflect.get(held, name), Reflect.get(value, name)),
    )
  );
}

function isSmall(value: object, names: readonly string[]): boolean {
  return (
    names.length <= MOST_SHARED_FIELDS && names.every((name) => typeof Reflect.get(value, name) === "string")
  );
}

/** Whether a value is nothing but empty texts. */
function isBlank(value: unknown): boolean {
  if (value === "") return true;
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  return Object.keys(value).every((name) => isBlank(Reflect.get(value, name)));
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
