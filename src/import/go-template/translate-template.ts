import { type Cel, printed, textCel, truth } from "./cel.ts";
import { eventField } from "./event-fields.ts";
import { type Command, type GoNode, type Operand, UntranslatableError } from "./go-node.ts";
import { parseTemplate } from "./parse-template.ts";
import { NIL, numberCel, TEMPLATE_FUNCTIONS, timeMethod } from "./template-functions.ts";

/** The text of a template, in the language of the new configuration. */
export interface TranslatedText {
  /** A text with `{{ CEL }}` holes; "" where it cannot be translated. */
  readonly text: string;
  /** The reason why not; undefined when it was translated. */
  readonly trouble: string | undefined;
  /** Actions in it. */
  readonly holes: number;
}

/** The longest expression that CEL takes here, with room. */
const LONGEST_EXPRESSION = 4000;

/**
 * Translates a template of Go's text/template with sprig over the Event of kubernetes-event-exporter. A hole always
 * gives a text.
 *
 * @param cluster The name of the cluster in CEL: `cluster` in texts of sinks, `event.cluster` in those of rules.
 */
export function translateTemplate(source: string, cluster: string): TranslatedText {
  if (!source.includes("{{")) return { text: source, trouble: undefined, holes: 0 };
  const holes = source.split("{{").length - 1 - (source.match(/\{\{-?\s*(?:end|else)\b/gu)?.length ?? 0);
  try {
    const nodes = parseTemplate(source);
    const pieces = nodes.map((node) => pieceOf(node, cluster));
    if (pieces.some((piece) => piece.length > LONGEST_EXPRESSION))
      throw new UntranslatableError("it is too long for an expression");
    const [only] = nodes;
    // A hole alone keeps the type of its value; the tool made texts of everything.
    const isObject = nodes.length === 1 && only !== undefined && objectOf(only, cluster) !== undefined;
    return { text: pieces.join("") + (isObject ? '{{ "" }}' : ""), trouble: undefined, holes };
  } catch (error) {
    if (!(error instanceof UntranslatableError)) throw error;
    return { text: "", trouble: error.message, holes };
  }
}

function pieceOf(node: GoNode, cluster: string): string {
  // A brace in a literal text would begin a hole.
  if (node.is === "literal")
    return node.text.includes("{{") ? `{{ ${JSON.stringify(node.text)} }}` : node.text;
  const object = objectOf(node, cluster);
  if (object === undefined) return `{{ ${celOf(node, cluster)} }}`;
  // Go's nil is null in JSON, and an object that is not there prints nothing here.
  const none = object === "event.related" ? '{{ event.related.kind == "" ? "null" : "" }}' : "";
  return `${none}{{ ${object} }}`;
}

/** An object prints as JSON when it is all of a hole. */
function objectOf(node: GoNode, cluster: string): string | undefined {
  if (node.is !== "hole") return undefined;
  const last = node.commands.at(-1)?.[0];
  const isJson = last?.is === "function" && /json$/iu.test(last.name);
  if (!isJson) return undefined;
  const value = pipelineCel(node.commands, cluster);
  return value.type === "object" ? value.cel : undefined;
}

/** The text that a node prints. */
function celOf(node: GoNode, cluster: string): string {
  if (node.is === "literal") return JSON.stringify(node.text);
  if (node.is === "hole") return printed(pipelineCel(node.commands, cluster));
  const otherwise = joined(node.otherwise, cluster);
  return node.branches.reduceRight(
    (rest, { condition, body }) =>
      `(${truth(pipelineCel(condition, cluster))} ? ${joined(body, cluster)} : ${rest})`,
    otherwise,
  );
}

function joined(nodes: readonly GoNode[], cluster: string): string {
  return nodes.length === 0 ? '""' : nodes.map((node) => celOf(node, cluster)).join(" + ");
}

/** In a pipeline the value of a command is the last argument of the next one. */
function pipelineCel(commands: readonly Command[], cluster: string): Cel {
  let value: Cel | undefined;
  for (const command of commands) value = commandCel(command, value, cluster);
  if (value === undefined) throw new UntranslatableError("an action is empty");
  return value;
}

function commandCel([head, ...rest]: Command, before: Cel | undefined, cluster: string): Cel {
  if (head === undefined) throw new UntranslatableError("an action is empty");
  const args = [
    ...rest.map((operand) => operandCel(operand, cluster)),
    ...(before === undefined ? [] : [before]),
  ];
  if (head.is === "function") {
    const translate = Object.hasOwn(TEMPLATE_FUNCTIONS, head.name)
      ? TEMPLATE_FUNCTIONS[head.name]
      : undefined;
    if (translate === undefined) throw new UntranslatableError(`${head.name} has no equal`);
    return translate(args);
  }
  const method = methodCel(head, args, cluster);
  if (method !== undefined) return method;
  if (args.length > 0) throw new UntranslatableError("a value has arguments");
  return operandCel(head, cluster);
}

/** `.FirstTimestamp.Format "…"`: a field of a time that is a method. */
function methodCel(head: Operand, args: readonly Cel[], cluster: string): Cel | undefined {
  if (head.is !== "field" || head.names.length < 2) return undefined;
  const name = head.names.at(-1) ?? "";
  const time = timeOf(head.names.slice(0, -1), cluster);
  return time === undefined ? undefined : timeMethod(time, name, args);
}

function timeOf(names: readonly string[], cluster: string): Cel | undefined {
  const path = names.filter((name) => name !== "UTC" && name !== "Local");
  try {
    const value = eventField(path, cluster);
    return value.type === "time" ? value : undefined;
  } catch (error) {
    if (error instanceof UntranslatableError) return undefined;
    throw error;
  }
}

function operandCel(operand: Operand, cluster: string): Cel {
  switch (operand.is) {
    case "text":
      return textCel(operand.value);
    case "number":
      return numberCel(operand.value);
    case "bool":
      return { cel: String(operand.value), type: "bool" };
    case "nil":
      return NIL;
    case "field":
      return methodCel(operand, [], cluster) ?? eventField(operand.names, cluster);
    case "function":
      return commandCel([operand], undefined, cluster);
    case "pipeline":
      return operand.names.length === 0
        ? pipelineCel(operand.commands, cluster)
        : fieldOfPipeline(operand.names, pipelineCel(operand.commands, cluster));
    default:
      return operand satisfies never;
  }
}

function fieldOfPipeline(names: readonly string[], value: Cel): Cel {
  const [name = "", ...more] = names;
  if (value.type !== "time" || more.length > 0)
    throw new UntranslatableError(`.${names.join(".")} has no equal`);
  return timeMethod(value, name, []);
}
