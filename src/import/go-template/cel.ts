import { UntranslatableError } from "./go-node.ts";

/** An expression of CEL with its type. */
export interface Cel {
  readonly cel: string;
  /** `entry`: a value of a map, which may be missing. `object`: one that only prints as JSON. */
  readonly type: "text" | "entry" | "int" | "double" | "bool" | "time" | "map" | "object";
  /** For literals, their value. */
  readonly literal?: string;
}

/** A literal text. */
export function textCel(value: string): Cel {
  return { cel: JSON.stringify(value), type: "text", literal: value };
}

/** How Go prints a time: `2026-03-02 09:00:00 +0000 UTC`. */
const PRINTED_TIME = "yyyy-MM-dd HH:mm:ss '+0000 UTC'";

/** Go prints this for a key that is not there. */
const NO_VALUE = "<no value>";

/** The expression as a text, as Go prints it in a hole. @throws {UntranslatableError} for an object. */
export function printed(value: Cel): string {
  switch (value.type) {
    case "text":
      return value.cel;
    case "entry":
      return `${value.cel}.default(${JSON.stringify(NO_VALUE)})`;
    case "int":
    case "double":
    case "bool":
      return `string(${value.cel})`;
    case "time":
      return `${bracketed(value.cel)}.format(${JSON.stringify(PRINTED_TIME)})`;
    case "map":
    case "object":
      throw new UntranslatableError("a whole mapping is printed in Go's own way");
    default:
      return value.type satisfies never;
  }
}

/** The expression as an argument that has to be a text. */
export function asText(value: Cel): string {
  return value.type === "entry" ? `${value.cel}.default("")` : printed(value);
}

/** The expression as a receiver of methods. */
export function receiverOf(value: Cel): string {
  return bracketed(asText(value));
}

/** Whether Go takes it for true: neither empty, nor 0, nor false. */
export function truth(value: Cel): string {
  switch (value.type) {
    case "bool":
      return value.cel;
    case "int":
      return `${value.cel} != 0`;
    case "double":
      return `${value.cel} != 0.0`;
    case "map":
      return `size(${value.cel}) > 0`;
    case "time":
    case "object":
      return "true";
    case "text":
    case "entry":
      return `${asText(value)} != ""`;
    default:
      return value.type satisfies never;
  }
}

/** Operators bind less than a method. */
export function bracketed(cel: string): string {
  return /^(?:[\w.]+(?:\([^()]*\))?(?:\[[^[\]]*\])?)+$|^"(?:[^"\\]|\\.)*"$/u.test(cel) ? cel : `(${cel})`;
}
