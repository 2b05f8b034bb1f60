import type { ConfigurationSpec, RuleFileSpec } from "../../config/index.ts";
import { writeYaml } from "../../lib/write-yaml.ts";
import { dotted } from "../../lib/yaml-file.ts";
import type { DeliveryTally, ImportOptions } from "../tool.ts";
import type { UnusedNames } from "../unused-names.ts";
import { conjunctionOf, type MatchOptions, type MatchTrouble } from "./conditions.ts";
import type { Delivery } from "./deliveries.ts";
import { EMPTY_RULE, type ReadingFault, RULE_FIELDS } from "./exporter-configuration.ts";
import type { TranslatedReceiver } from "./receivers/receiver-context.ts";
import type { Say } from "./say.ts";
import { toMapping, writtenMatch, type WrittenMatch, type WrittenPart } from "./written-match.ts";

/** An entry of a rule file. */
export type RuleSpec = NonNullable<RuleFileSpec["rules"]>[number];
/** An entry of `forward`. */
export type ForwardSpec = NonNullable<ConfigurationSpec["forward"]>[number];

/** An entry with the comment above it. */
export interface Noted<Entry> {
  readonly entry: Entry;
  /** "" for none. */
  readonly note: string;
}

/** Collaborators of the writing. */
export interface DeliveryContext {
  readonly receivers: ReadonlyMap<string, TranslatedReceiver>;
  readonly say: Say;
  readonly options: ImportOptions;
  readonly match: MatchOptions;
  readonly names: UnusedNames;
  /** Keys that the tool did not read. */
  readonly unknown: readonly ReadingFault[];
}

/** Rules and forwards of a configuration. */
export interface WrittenDeliveries {
  readonly rules: readonly Noted<RuleSpec>[];
  readonly forwards: readonly Noted<ForwardSpec>[];
  /** Texts for comments, about deliveries that are not written. */
  readonly proposals: readonly string[];
  readonly tally: DeliveryTally;
}

/** The condition that leaves the first state of each Event, for a tool that ignores updates. */
const FIRST_SIGHT = "event.count <= 1";

/** Turns deliveries into rules and forwards. */
export function writeDeliveries(
  deliveries: readonly Delivery[],
  context: DeliveryContext,
): WrittenDeliveries {
  const rules: Noted<RuleSpec>[] = [];
  const forwards: Noted<ForwardSpec>[] = [];
  const proposals: string[] = [];
  const tally = { found: deliveries.length, written: 0, never: 0 };
  for (const delivery of deliveries) {
    const match = writtenMatch(delivery, context.match);
    const receiver = context.receivers.get(delivery.receiver);
    if (match.parts.length === 0) {
      tally.never += 1;
      neverLine(delivery, match, context.say);
    } else if (receiver?.sink === undefined) {
      if (receiver !== undefined) proposals.push(...match.parts.map((part) => missingSink(delivery, part)));
    } else {
      tally.written += 1;
      const note = noteOf(delivery, match, context.unknown);
      for (const part of match.parts) {
        const use: Use = { part, receiver, sink: receiver.sink.name, note };
        if (receiver.isRecord) forwards.push(toForward(use, delivery, context));
        else rules.push(toRule(use, context));
      }
    }
  }
  return { rules, forwards, proposals, tally };
}

interface Use {
  readonly part: WrittenPart;
  readonly receiver: TranslatedReceiver;
  readonly sink: string;
  readonly note: string;
}

function toForward(
  { part, receiver, sink, note }: Use,
  delivery: Delivery,
  { names, options }: DeliveryContext,
): Noted<ForwardSpec> {
  const takesRepeats = receiver.receiver.options["sentUpdateEvent"] === true;
  // A minimum of the count asks for repeats.
  const asksCount = [...delivery.all, ...delivery.any].some(({ minCount }) => minCount > 1);
  const isFirst = !takesRepeats && !asksCount;
  const when = [part.when, ...(isFirst && options.firstSight ? [FIRST_SIGHT] : [])].filter(
    (cel) => cel !== "",
  );
  const first = `Only the first state of an Event, as before: when: ${JSON.stringify(FIRST_SIGHT)}`;
  return {
    entry: {
      name: names.take(sink),
      ...(isEverything(part) ? {} : { match: single(part.match) }),
      ...(part.except.length === 0 ? {} : { except: single(part.except) }),
      ...(when.length === 0 ? {} : { when: when.join(" && ") }),
      sinks: [sink],
    } as ForwardSpec,
    note: [note, isFirst && !options.firstSight ? first : ""].filter((line) => line !== "").join("\n"),
  };
}

function toRule({ part, receiver, sink, note }: Use, { names }: DeliveryContext): Noted<RuleSpec> {
  const { title, text, labels } = receiver.words;
  return {
    entry: {
      name: names.take(sink),
      match: isEverything(part) ? {} : single(part.match),
      ...(part.except.length === 0 ? {} : { except: single(part.except) }),
      ...(part.when === "" ? {} : { when: part.when }),
      sinks: [sink],
      ...(labels === undefined ? {} : { labels }),
      ...(title === undefined ? {} : { title }),
      ...(text === undefined ? {} : { text }),
    } as RuleSpec,
    note,
  };
}

/** One mapping stands for itself. */
function single<T>(mappings: readonly T[]): T | readonly T[] {
  const [only] = mappings;
  return only !== undefined && mappings.length === 1 ? only : mappings;
}

function isEverything({ match }: WrittenPart): boolean {
  return match.some((mapping) => Object.keys(mapping).length === 0);
}

/** Proposals for what the entries of a delivery lost. */
function noteOf(delivery: Delivery, { troubles }: WrittenMatch, unknown: readonly ReadingFault[]): string {
  const entries = [...delivery.all, ...delivery.any, ...delivery.drops];
  const ofEntries = unknown.filter(({ path }) =>
    entries.some((entry) => entry.path.every((key, index) => path[index] === key)),
  );
  return [...troubles.map(troubleNote), ...ofEntries.map(unknownNote)].join("\n");
}

function troubleNote({ kind, path, text }: MatchTrouble): string {
  const at = dotted(path);
  if (kind === "variable") return `${at} was ${text}: write its value in its place`;
  if (kind === "no-look-up") return `${at} never held, for omitLookup was true`;
  return `${at} never matched: ${JSON.stringify(text)} as a glob is { like: ${JSON.stringify(text)} }`;
}

function unknownNote({ path, meant, value }: ReadingFault): string {
  const field = RULE_FIELDS.find((each) => each === meant);
  const { conditions } =
    field === undefined || typeof value !== "string"
      ? { conditions: undefined }
      : conjunctionOf([{ ...EMPTY_RULE, fields: new Map([[field, value]]) }], { tidy: false, looksUp: true });
  const written =
    conditions === undefined ? { [meant ?? String(path.at(-1))]: value } : toMapping(conditions);
  return `${dotted(path)} was not read; perhaps this was meant:\n${writeYaml(written).trimEnd()}`;
}

function neverLine({ path, receiver }: Delivery, { troubles }: WrittenMatch, say: Say): void {
  const [trouble] = troubles;
  say("never-matched", path, {
    did:
      trouble === undefined
        ? `nothing ever came to ${receiver} this way: drop takes everything that match does`
        : `nothing ever came to ${receiver} this way: ${dotted(trouble.path)} never matched`,
    written: "nothing",
    decide: trouble === undefined ? "leave it out" : `correct ${JSON.stringify(trouble.text)}`,
  });
}

/** The forward of a receiver without an equal, for a bridge to it. */
function missingSink({ receiver }: Delivery, part: WrittenPart): string {
  const forward = {
    name: receiver,
    ...(isEverything(part) ? {} : { match: single(part.match) }),
    ...(part.except.length === 0 ? {} : { except: single(part.except) }),
    ...(part.when === "" ? {} : { when: part.when }),
    sinks: ["a-webhook-to-a-bridge"],
  };
  return `${receiver} has no equal; it got:\n${writeYaml([forward])}`;
}
