import { asText, bracketed, type Cel, receiverOf, textCel, truth } from "./cel.ts";
import { entryOf } from "./event-fields.ts";
import { UntranslatableError } from "./go-node.ts";
import { timeLayout } from "./time-layout.ts";

/** A function of Go's templates or of sprig 3, over expressions; https://masterminds.github.io/sprig/ */
type TemplateFunction = (args: readonly Cel[]) => Cel;

const text = (cel: string): Cel => ({ cel, type: "text" });
const bool = (cel: string): Cel => ({ cel, type: "bool" });

/** Functions whose last argument is the text. */
function onText(
  write: (value: string, args: readonly Cel[]) => string,
  type: Cel["type"] = "text",
): TemplateFunction {
  return (args) => {
    const value = args.at(-1);
    if (value === undefined) throw new UntranslatableError("a function lacks an argument");
    return { cel: write(receiverOf(value), args.slice(0, -1)), type };
  };
}

function argument(args: readonly Cel[], index: number): Cel {
  const value = args[index];
  if (value === undefined) throw new UntranslatableError("a function lacks an argument");
  return value;
}

function compare(operator: string): TemplateFunction {
  return (args) => {
    const [first, ...others] = args;
    if (first === undefined || others.length === 0)
      throw new UntranslatableError("a comparison lacks a value");
    const pairs = others.map((other) => `${side(first, other)} ${operator} ${side(other, first)}`);
    return bool(pairs.length === 1 ? (pairs[0] ?? "") : `(${pairs.join(" || ")})`);
  };
}

/** Numbers are compared as numbers, everything else as texts. */
function side(value: Cel, other: Cel): string {
  const isNumber = value.type === "int" && other.type === "int";
  const isBool = value.type === "bool" && other.type === "bool";
  return isNumber || isBool ? bracketed(value.cel) : receiverOf(value);
}

function arithmetic(operator: string): TemplateFunction {
  return (args) => {
    if (args.length < 2 || args.some(({ type }) => type !== "int"))
      throw new UntranslatableError("arithmetic on what is no number");
    return { cel: `(${args.map(({ cel }) => bracketed(cel)).join(` ${operator} `)})`, type: "int" };
  };
}

function json(value: Cel): Cel {
  if (value.type === "object") return value;
  if (value.type === "time") return text(`${value.cel}.format("yyyy-MM-dd'T'HH:mm:ss'Z'").json()`);
  return text(
    value.type === "map" || value.type === "int"
      ? `${bracketed(value.cel)}.json()`
      : `${receiverOf(value)}.json()`,
  );
}

function formatted(layout: Cel, time: Cel, zone: Cel | undefined): Cel {
  if (layout.literal === undefined || time.type !== "time")
    throw new UntranslatableError("a layout of a time must be a text");
  const named = zone === undefined ? "" : `, ${asText(zone)}`;
  return text(`${time.cel}.format(${JSON.stringify(timeLayout(layout.literal))}${named})`);
}

/** `printf` with `%s`, `%v` and `%d`. */
const printf: TemplateFunction = ([format, ...args]) => {
  if (format?.literal === undefined) throw new UntranslatableError("printf needs a text");
  let index = 0;
  const parts = format.literal.split(/(%[^%a-zA-Z]*[%a-zA-Z])/u).filter((part) => part !== "");
  const pieces = parts.map((part) => {
    if (!part.startsWith("%")) return JSON.stringify(part);
    if (part === "%%") return '"%"';
    if (!/^%[svd]$/u.test(part)) throw new UntranslatableError(`${part} has no equal`);
    return asText(argument(args, index++));
  });
  return text(pieces.length === 1 ? (pieces[0] ?? '""') : `(${pieces.join(" + ")})`);
};

function logical(operator: "&&" | "||"): TemplateFunction {
  return (args) => {
    // A value of `or` is that of the first that is not empty.
    if (operator === "||" && args.every(({ type }) => type === "text" || type === "entry")) {
      const [first, ...others] = args;
      return text(others.reduce((cel, other) => `${cel}.default(${asText(other)})`, first?.cel ?? '""'));
    }
    return bool(`(${args.map((value) => truth(value)).join(` ${operator} `)})`);
  };
}

/** Functions by name; those that are missing have no equal. */
export const TEMPLATE_FUNCTIONS: Readonly<Record<string, TemplateFunction>> = {
  lower: onText((value) => `${value}.lower()`),
  upper: onText((value) => `${value}.upper()`),
  trim: onText((value) => `${value}.trim()`),
  toString: (args: readonly Cel[]) => text(asText(argument(args, 0))),
  print: (args) => text(args.map((value) => asText(value)).join(" + ")),
  quote: (args) => json(text(asText(argument(args, 0)))),
  squote: onText((value) => `("'" + ${value} + "'")`),
  trunc: onText((value, args) => `${value}.truncate(${argument(args, 0).cel})`),
  abbrev: onText((value, args) => `${value}.truncate(${argument(args, 0).cel})`),
  replace: onText(
    (value, args) => `${value}.replace(${asText(argument(args, 0))}, ${asText(argument(args, 1))})`,
  ),
  contains: onText((value, args) => `${value}.contains(${asText(argument(args, 0))})`, "bool"),
  hasPrefix: onText((value, args) => `${value}.startsWith(${asText(argument(args, 0))})`, "bool"),
  hasSuffix: onText((value, args) => `${value}.endsWith(${asText(argument(args, 0))})`, "bool"),
  regexMatch: onText((value, args) => `${value}.matches(${asText(argument(args, 0))})`, "bool"),
  b64enc: onText((value) => `bytes(${value}).base64()`),
  default: (args) => {
    const [fallback, value] = [argument(args, 0), argument(args, 1)];
    if (value.type === "int")
      return { cel: `(${value.cel} != 0 ? ${value.cel} : ${fallback.cel})`, type: "int" };
    return text(`${value.type === "entry" ? value.cel : receiverOf(value)}.default(${asText(fallback)})`);
  },
  coalesce: logical("||"),
  empty: (args) => bool(`!(${truth(argument(args, 0))})`),
  ternary: (args) => {
    const condition = truth(argument(args, 2));
    return text(`(${condition} ? ${asText(argument(args, 0))} : ${asText(argument(args, 1))})`);
  },
  index: (args) => {
    const [map, key] = [argument(args, 0), argument(args, 1)];
    if (map.type !== "map" || key.literal === undefined)
      throw new UntranslatableError("index of what is no mapping");
    return text(`${entryOf(map, key.literal).cel}.default("")`);
  },
  get: (args) => {
    const [map, key] = [argument(args, 0), argument(args, 1)];
    if (map.type !== "map" || key.literal === undefined)
      throw new UntranslatableError("get of what is no mapping");
    return text(`${entryOf(map, key.literal).cel}.default("")`);
  },
  hasKey: (args) => bool(`(${asText(argument(args, 1))} in ${argument(args, 0).cel})`),
  len: (args) => {
    const value = argument(args, 0);
    return { cel: `size(${value.type === "map" ? value.cel : asText(value)})`, type: "int" };
  },
  eq: compare("=="),
  ne: compare("!="),
  lt: compare("<"),
  le: compare("<="),
  gt: compare(">"),
  ge: compare(">="),
  and: logical("&&"),
  or: logical("||"),
  not: (args) => bool(`!(${truth(argument(args, 0))})`),
  add: arithmetic("+"),
  sub: arithmetic("-"),
  mul: arithmetic("*"),
  div: arithmetic("/"),
  mod: arithmetic("%"),
  int: (args) => argument(args, 0),
  int64: (args) => argument(args, 0),
  toJson: (args) => json(argument(args, 0)),
  toPrettyJson: (args) => json(argument(args, 0)),
  toRawJson: (args) => json(argument(args, 0)),
  mustToJson: (args) => json(argument(args, 0)),
  printf,
  date: (args) => formatted(argument(args, 0), argument(args, 1), undefined),
  dateInZone: (args) => formatted(argument(args, 0), argument(args, 1), argument(args, 2)),
  date_in_zone: (args) => formatted(argument(args, 0), argument(args, 1), argument(args, 2)),
};

/** A method of a time in a pipeline: `.FirstTimestamp.Format "…"`, `.LastTimestamp.Unix`. */
export function timeMethod(time: Cel, name: string, args: readonly Cel[]): Cel {
  if (name === "Format") return formatted(argument(args, 0), time, undefined);
  if (name === "String") return text(`${time.cel}.format("yyyy-MM-dd HH:mm:ss '+0000 UTC'")`);
  if (name === "UTC" || name === "Local" || name === "Time") return time;
  const since = `(${time.cel} - timestamp("1970-01-01T00:00:00Z")).getSeconds()`;
  if (name === "Unix") return { cel: since, type: "int" };
  if (name === "UnixMilli") return { cel: `(${since} * 1000)`, type: "int" };
  if (name === "UnixNano") return { cel: `(${since} * 1000000000)`, type: "int" };
  if (name === "IsZero") return bool("false");
  throw new UntranslatableError(`.${name} of a time has no equal`);
}

/** A literal number. */
export function numberCel(value: string): Cel {
  return { cel: value, type: value.includes(".") ? "double" : "int", literal: value };
}

/** `nil` prints as nothing that any text has. */
export const NIL = textCel("<nil>");
