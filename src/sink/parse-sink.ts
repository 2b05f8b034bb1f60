import { z } from "zod";

import { HTTP_FIELDS, HttpSettings } from "../egress/index.ts";
import type { Environment, Template } from "../expression/index.ts";
import { checkRest } from "../lib/check-rest.ts";
import { fingerprint } from "../lib/hash.ts";
import { nearest } from "../lib/nearest.ts";
import { check, type Fault, unknownKey } from "../lib/schema.ts";
import { secretFaults } from "../lib/secret-option.ts";
import { unknownName } from "../lib/unknown-name.ts";
import { ambiguousNames } from "./ambiguous-names.ts";
import { CommonFields } from "./common-options.ts";
import type { CommonOptions, ConfiguredSink } from "./configured-sink.ts";
import { fieldsOf } from "./fields-of.ts";
import { tryTree } from "./options/template-tree.ts";
import type { SinkType } from "./sink.ts";
import { createTextEnvironment } from "./texts.ts";

const FALLBACK_AFTER_MS = 10 * 60_000;

/** Attempts at once of a sink with several destinations, unless its type has another number. */
const TOTAL_CONCURRENCY = 16;

/** An entry of `sinks` before its type is known. */
const Head = z.looseObject({
  name: z.string({ error: "expected a name" }).regex(/^[\dA-Za-z][\w.-]{0,62}$/u, {
    error: "a name has letters, digits, and . _ - after the first, at most 63",
  }),
  type: z.string({ error: "expected the type of the sink, such as slack" }),
});

/** The result of parsing one entry of `sinks`; a sink may come with warnings. Paths start at the entry. */
export interface ParsedSink {
  readonly sink?: ConfiguredSink;
  /** Its type, also of an entry with faults; undefined when nothing has such a name. */
  readonly type: SinkType | undefined;
  readonly faults: readonly Fault[];
}

/**
 * Checks one entry of `sinks` against the known types; returns every fault at once.
 *
 * @param types At least that of the entry, or the one whose name is nearest to it.
 * @param names The names of all types that there are.
 */
export function parseSink(
  entry: unknown,
  types: readonly SinkType[],
  names: readonly string[] = types.map(({ type }) => type),
): ParsedSink {
  const { rest: head, faults: ofHead } = checkRest(Head, entry, { standIns: { name: "unnamed", type: "" } });
  if (head === undefined) return { type: undefined, faults: ofHead };
  const { name, type: typeName, ...fields } = head;
  const type = types.find((candidate) => candidate.type === typeName);
  const ofType = type === undefined && typeName !== "" ? [unknownType(typeName, names)] : [];
  // The options of a misspelt type are compared with those of the type that was meant.
  const meant = type ?? nearestType(typeName, types);
  if (meant === undefined) return { type, faults: [...ofHead, ...ofType] };

  const { own, common, http, texts, faults: ofOptions } = parseOptions(fields, meant);
  const faults = [...ofHead, ...ofType, ...ofOptions];
  if (type === undefined || faults.some(({ level }) => level === "error")) return { type, faults };
  if (own === undefined || common === undefined || http === undefined) return { type, faults };
  const { title: _, text: __, ...versioned } = head;
  const { takes = type.takes } = type.traits(own);
  const fitting = takes === type.takes ? type : { ...type, takes };
  return {
    sink: {
      name,
      type: fitting,
      options: own,
      common: toCommon(common, { texts, ...traitsOf(type, own, common) }),
      http,
      version: fingerprint([JSON.stringify(versioned)]),
    },
    type: fitting,
    faults,
  };
}

interface ParsedOptions {
  /** Undefined with faults, as the other two. */
  readonly own: unknown;
  readonly common: CommonFields | undefined;
  readonly http: HttpSettings | undefined;
  readonly texts: Texts;
  readonly faults: readonly Fault[];
}

function parseOptions(fields: Readonly<Record<string, unknown>>, type: SinkType): ParsedOptions {
  const parts = split(fields, type);
  const own = check(type.options, parts.own);
  const common = check(CommonFields, parts.common);
  const http = check(HttpSettings, parts.http);
  const texts = compileTexts(parts.common, createTextEnvironment());
  const secrets = [...secretFaults(type.options, parts.own), ...secretFaults(HttpSettings, parts.http)];
  const alone = fallbackAfterAlone(parts.common);
  const ofSchemas = withoutReferences([...own.faults, ...common.faults, ...http.faults], secrets);
  const advice = own.value === undefined ? [] : (type.advise?.(own.value) ?? []);
  const tooLarge = own.value === undefined ? [] : batchFaults(type, own.value, common.value);
  const tried = common.value?.template === undefined ? [] : tryTree(common.value.template);
  const ofTemplate = tried.map((fault) => ({ ...fault, path: ["template", ...fault.path] }));
  const faults = [
    parts.faults,
    ofSchemas,
    advice,
    alone,
    tooLarge,
    texts.faults,
    ofTemplate,
    secrets,
    ambiguousNames(fields),
  ].flat();
  return { own: own.value, common: common.value, http: http.value, texts, faults };
}

/** A reference such as `${NAME}` is refused as one, and not as an address that it is not either. */
function withoutReferences(faults: readonly Fault[], secrets: readonly Fault[]): readonly Fault[] {
  const references = new Set(
    secrets.filter(({ level }) => level === "error").map(({ path }) => JSON.stringify(path)),
  );
  return faults.filter(({ path }) => !references.has(JSON.stringify(path)));
}

function nearestType(name: string, types: readonly SinkType[]): SinkType | undefined {
  const near = nearest(
    name,
    types.map(({ type }) => type),
  );
  return types.find(({ type }) => type === near);
}

interface SinkParts {
  readonly own: Readonly<Record<string, unknown>>;
  readonly common: Readonly<Record<string, unknown>>;
  readonly http: Readonly<Record<string, unknown>>;
  /** Unknown keys. */
  readonly faults: readonly Fault[];
}

/** Each key goes to the schema that knows it, so that a misspelt one is compared with all of them. */
function split(fields: Readonly<Record<string, unknown>>, type: SinkType): SinkParts {
  const shapes = fieldsOf(type);
  const known = [...Object.values(shapes).flatMap((shape) => Object.keys(shape)), "name", "type"];
  const pick = (shape: object): Record<string, unknown> =>
    Object.fromEntries(Object.entries(fields).filter(([key]) => Object.hasOwn(shape, key)));
  return {
    own: pick(shapes.own),
    common: pick(shapes.common),
    http: pick(shapes.http),
    faults: Object.keys(fields)
      .filter((key) => !known.includes(key))
      .map((key) => ({ level: "error", path: [key], onKey: true, message: explainKey(key, known, type) })),
  };
}

function explainKey(key: string, known: readonly string[], type: SinkType): string {
  if (key in HTTP_FIELDS) return `"${key}" is for HTTP sinks; ${type.type} is none`;
  if (key === "batch") return `"batch" is for sinks that take records; ${type.type} takes alerts only`;
  return unknownKey(key, known);
}

function fallbackAfterAlone(fields: Readonly<Record<string, unknown>>): readonly Fault[] {
  if (fields["fallbackAfter"] === undefined || fields["fallback"] !== undefined) return [];
  const message = "fallbackAfter needs a fallback: name the sink that messages go to";
  return [{ level: "error", path: ["fallbackAfter"], message }];
}

function batchFaults(type: SinkType, own: unknown, common: CommonFields | undefined): readonly Fault[] {
  const { largestBatch = Infinity } = type.traits(own);
  if ((common?.batch.size ?? 0) <= largestBatch) return [];
  const message = `${type.type} takes at most ${largestBatch} records in a request`;
  return [{ level: "error", path: ["batch", "size"], message }];
}

function unknownType(name: string, names: readonly string[]): Fault {
  return { level: "error", path: ["type"], message: unknownName("sink type", name, names) };
}

interface Texts {
  readonly title: Template | undefined;
  readonly text: Template | undefined;
  readonly faults: readonly Fault[];
}

function compileTexts(fields: Readonly<Record<string, unknown>>, environment: Environment): Texts {
  const faults: Fault[] = [];
  const compile = (key: "title" | "text"): Template | undefined => {
    const source = fields[key];
    if (typeof source !== "string") return undefined;
    const compiled = environment.template(source);
    for (const { message, offset } of compiled.faults) {
      faults.push({ level: "error", path: [key], offset, message });
    }
    return compiled.value;
  };
  return { title: compile("title"), text: compile("text"), faults };
}

type Traits = Pick<
  CommonOptions,
  | "attemptMs"
  | "batch"
  | "concurrency"
  | "rateLimit"
  | "totalConcurrency"
  | "merges"
  | "refreshMs"
  | "chooses"
  | "digest"
  | "isSingle"
  | "lanes"
>;

/** The pace of the configuration, else that of the type; and the nature of the type. */
function traitsOf(type: SinkType, own: unknown, common: CommonFields): Traits {
  const { batch, concurrency, rateLimit, timeout } = common;
  const traits = type.traits(own);
  const each = concurrency ?? traits.concurrency;
  const isSingle = type.destinationOf === undefined || traits.isSingle === true;
  return {
    rateLimit: rateLimit === undefined ? traits.rateLimit : { count: rateLimit.count, perMs: rateLimit.per },
    concurrency: each,
    totalConcurrency: isSingle ? each : Math.max(each, traits.totalConcurrency ?? TOTAL_CONCURRENCY),
    merges: traits.merge ?? true,
    lanes: traits.lanes ?? {},
    isSingle,
    batch: { size: batch.size ?? traits.batchSize ?? 1, waitMs: batch.wait },
    refreshMs: traits.refreshMs,
    chooses: traits.chooses,
    digest: traits.digest,
    attemptMs: timeout + (traits.answerMs ?? 0),
  };
}

function toCommon(
  fields: CommonFields,
  { texts, ...traits }: Traits & { readonly texts: Texts },
): CommonOptions {
  return {
    ...traits,
    timeoutMs: fields.timeout,
    maxAgeMs: fields.maxAge,
    template: fields.template,
    minSeverity: fields.minSeverity,
    sendResolved: fields.sendResolved,
    logs: fields.logs,
    fallback:
      fields.fallback === undefined
        ? undefined
        : { sink: fields.fallback, afterMs: fields.fallbackAfter ?? FALLBACK_AFTER_MS },
    title: texts.title,
    text: texts.text,
  };
}
