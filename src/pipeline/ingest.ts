import {
  type Annotated,
  type Engine,
  type LearnedOwner,
  learnOwner,
  type OwnerRow,
  type Policy,
} from "../alert/index.ts";
import {
  type Batch,
  type ClusterEvent,
  difference,
  isSameOrOlder,
  lastHeardOf,
  lineageOf,
  namespaceOf,
  normalise,
  ObjectKey,
  objectKey,
  type Occurrence,
  rebased,
  type SeenRow,
  toSeenRow,
} from "../event/index.ts";
import { answerKey, type AskedObject, isOfOtherApi } from "../object/index.ts";
import type { EngineStore } from "../store/index.ts";
import type { OwnerIndex } from "./owner-index.ts";
import { RecentChanges } from "./recent-changes.ts";
import type { RecentObservations } from "./recent-observations.ts";
import { type StateFinder, withStates } from "./state-clauses.ts";
import { selectWanted, type Wanted } from "./wanted.ts";

/** The result of a batch, ready for the engine and the store. */
export interface Ingested {
  readonly occurrences: readonly Occurrence[];
  readonly seen: readonly SeenRow[];
  readonly owners: readonly OwnerRow[];
  readonly learned: readonly LearnedOwner[];
  readonly annotated: readonly Annotated[];
}

/** Labels and annotations of an object or namespace. */
export interface Described {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/**
 * Looks objects and namespaces up, given by their keys. Its methods never throw, and answer within a bounded
 * time.
 */
export interface LookUp {
  wants(object: string): boolean;
  /** Finds the owners of objects. */
  find(objects: readonly string[]): Promise<readonly OwnerRow[]>;
  /** Finds labels and annotations of objects; by their `answerKey`, without those that gave no answer. */
  describe(objects: Iterable<AskedObject>): Promise<ReadonlyMap<string, Described>>;
  /** The objects among these that certainly do not exist any more. */
  gone(objects: readonly string[]): Promise<readonly string[]>;
}

/** The collaborators and values of `ingest`. */
export interface IngestContext {
  readonly policy: Policy;
  readonly engine: Pick<Engine, "awaits" | "isWorkload">;
  readonly store: Pick<EngineStore, "seen">;
  readonly owners: OwnerIndex;
  /** False: every object is its own workload. */
  readonly learnsOwners: boolean;
  /** Undefined: owners are learnt from Events alone. */
  readonly lookUp: LookUp | undefined;
  /** Whether annotations of objects and namespaces may silence their alerts. */
  readonly silenceAnnotations: boolean;
  /** Milliseconds that the API server keeps an Event; a seen row is kept for twice this time. */
  readonly eventTtlMs: number;
  /** Undefined: the state of objects is unknown, and rules with conditions on it match nothing. */
  readonly states: StateFinder | undefined;
  readonly metrics: {
    readonly stateUnknown: { readonly inc: (labels: { readonly rule: string }) => void };
    readonly events: { readonly inc: (labels: { readonly result: string }, count: number) => void };
    readonly missed: { readonly inc: () => void };
  };
  /** The resource version up to which the watch of the batch's scope was read; undefined before its first position. */
  readonly readUpTo: string | undefined;
  /** Epoch milliseconds: every wanted Event since then has a seen row, unless the watch missed it. */
  readonly completeSince: number;
  /** Counter-events that nothing awaited. */
  readonly recent: RecentObservations;
  /** Changes that Events tell of, for the facts about objects. */
  readonly changes: RecentChanges;
  /** Called for an observation that is no valid Event. */
  readonly onMalformed: (error: unknown) => void;
}

/**
 * Turns observations into occurrences: keeps only wanted Events, and of these only news. `selectWanted` drops nearly
 * every Event of a cluster.
 */
export async function ingest(batch: Batch, context: IngestContext): Promise<Ingested> {
  const owners = context.learnsOwners ? learnOwners(batch, context.owners) : [];
  recordChanges(batch, context.changes);
  const selection = selectWanted(batch, context);
  const { malformed } = selection;
  const count = selection.wanted.filter(({ why }) => why !== "past").length;
  context.metrics.events.inc({ result: "malformed" }, malformed);
  context.metrics.events.inc({ result: "unmatched" }, batch.observations.length - count - malformed);
  if (selection.wanted.length === 0 && owners.length === 0) return NOTHING;
  context.metrics.events.inc({ result: "wanted" }, count);
  const { wanted, annotated } = await describe(selection.wanted, context);
  const events = wanted.map(({ event }) => event);
  const moving = owners.filter((row) => context.engine.isWorkload(row.object));
  if (context.learnsOwners)
    await context.owners.load([...events.map(objectKey), ...moving.map((row) => row.object)]);
  const found = await lookUpOwners(events, context);
  const learned = [...moving, ...found].flatMap((row): LearnedOwner[] => {
    const chain = context.owners.ownersOf(row.object);
    return chain.length === 0 ? [] : [{ object: row.object, owners: chain }];
  });
  const rows = [...owners, ...found];
  const written = new Set(rows.map(({ object }) => object));
  const renewed = context.owners.drainRenewals(batch.receivedAt).filter(({ object }) => !written.has(object));
  const { occurrences, seen } = await toOccurrences(wanted, batch, context);
  const onUnknown = (rule: string): void => context.metrics.stateUnknown.inc({ rule });
  return {
    occurrences: await withStates(occurrences, { ...context, onUnknown }),
    seen,
    owners: [...rows, ...renewed],
    learned,
    annotated,
  };
}

function recordChanges({ cluster, observations }: Batch, changes: RecentChanges): void {
  for (const observation of observations) {
    // To read `raw` is to parse the whole Event.
    if (!RecentChanges.mayTell(observation.head)) continue;
    try {
      changes.record(normalise(observation.raw, cluster));
    } catch {
      // `selectWanted` reports an observation that is no valid Event.
    }
  }
}

/** The new rows about owners and nodes that the batch gives. */
function learnOwners({ observations, receivedAt }: Batch, owners: OwnerIndex): readonly OwnerRow[] {
  const rows: OwnerRow[] = [];
  for (const observation of observations) {
    const row = learnOwner(observation, receivedAt);
    if (row !== undefined && owners.learn(row)) rows.push(row);
  }
  return rows;
}

/** Adds labels and annotations of objects and namespaces to the events, as far as rules use them. */
async function describe(
  wanted: readonly Wanted[],
  { policy, lookUp, silenceAnnotations }: IngestContext,
): Promise<{ readonly wanted: readonly Wanted[]; readonly annotated: readonly Annotated[] }> {
  const both = [policy.rules.looksUp, policy.forwards.looksUp];
  const objects = silenceAnnotations || both.some((each) => each.objects);
  const namespaces = silenceAnnotations || both.some((each) => each.namespaces);
  if (lookUp === undefined || wanted.length === 0 || !(objects || namespaces))
    return { wanted, annotated: [] };
  const keys = wanted.flatMap(({ event }) => [
    ...(objects ? [involved(event)] : []),
    ...(namespaces ? [namespaceAsked(event)] : []),
  ]);
  const found = await lookUp.describe(keys);
  const described = wanted.map((each) => {
    const { event } = each;
    const of = found.get(answerKey(involved(event)));
    const { labels: namespaceLabels = event.namespaceLabels } = found.get(namespaceAsked(event).object) ?? {};
    const involvedObject =
      of === undefined
        ? event.involvedObject
        : { ...event.involvedObject, labels: of.labels, annotations: of.annotations };
    return { ...each, event: { ...event, involvedObject, namespaceLabels } };
  });
  const annotated = keys.flatMap((asked): readonly Annotated[] => {
    const { annotations } = found.get(asked.object) ?? {};
    // Silences know an object by its key alone, which does not tell APIs apart.
    return annotations === undefined || answerKey(asked) !== asked.object
      ? []
      : [{ object: asked.object, annotations }];
  });
  return { wanted: described, annotated: silenceAnnotations ? annotated : [] };
}

function involved(event: ClusterEvent): AskedObject {
  const { kind, apiVersion } = event.involvedObject;
  return { object: objectKey(event), kind, apiVersion };
}

/** The namespace that an event counts for, as an object. */
function namespaceAsked(event: ClusterEvent): AskedObject {
  const kind = "Namespace";
  const object = ObjectKey.format({ cluster: event.cluster, kind, namespace: "", name: namespaceOf(event) });
  return { object, kind, apiVersion: "" };
}

/** Looks up the owners of objects whose events a rule matches, and whose owner no Event has named. */
async function lookUpOwners(
  events: readonly ClusterEvent[],
  { policy, owners, lookUp, learnsOwners }: IngestContext,
): Promise<readonly OwnerRow[]> {
  if (lookUp === undefined || !learnsOwners) return [];
  const wanted = new Set<string>();
  for (const event of events) {
    if (isOfOtherApi(event.involvedObject)) continue;
    const object = owners.toAsk(objectKey(event));
    if (object === undefined || wanted.has(object) || !lookUp.wants(object)) continue;
    if (policy.rules.match(event).length > 0) wanted.add(object);
  }
  if (wanted.size === 0) return [];
  const rows = await lookUp.find([...wanted]);
  owners.recordAsked(rows.map(({ object }) => object));
  return rows.filter((row) => owners.learn(row));
}

const NOTHING: Ingested = { occurrences: [], seen: [], owners: [], learned: [], annotated: [] };

async function toOccurrences(
  wanted: readonly Wanted[],
  batch: Batch,
  context: IngestContext,
): Promise<Pick<Ingested, "occurrences" | "seen">> {
  const fresh = wanted
    .filter((each) => !isRepeated(each, batch, context))
    .map((each) => ({ ...each, lineage: lineageOf(batch.epoch, each.event) }));
  const present = fresh.filter(({ why }) => why !== "past");
  const known = new Map(await context.store.seen(present.map(({ lineage }) => lineage)));
  const unknown = present.filter(({ lineage }) => !known.has(lineage)).map(({ event }) => event);
  const older = await knownBefore(unknown, batch, context);
  const changed = new Map<string, SeenRow>();
  const occurrences: Occurrence[] = [];
  for (const { event, why, receivedAt, lineage } of fresh) {
    const shared = { ...sharedFields(event, batch, context), receivedAt };
    if (why === "past") {
      occurrences.push({ ...shared, delta: 0, since: event.lastSeenAt, estimated: false, unseen: true });
      continue;
    }
    const past = known.has(lineage) ? undefined : older.get(event.uid);
    const before = known.get(lineage) ?? (past && rebased(event, past));
    const news = difference(event, before, batch.coverageStartAt);
    if (before === undefined && why === "match" && wasMissed(event, batch, context))
      context.metrics.missed.inc();
    if (news.isNews) {
      const expiresAt = receivedAt + 2 * context.eventTtlMs;
      const row = toSeenRow(event, { lineage, older: past, expiresAt });
      known.set(lineage, row);
      changed.set(lineage, row);
    }
    // A known counter-event of a list still shows whether other Events of the list about its object are older than it.
    const isDate = batch.via === "list" && context.policy.rules.couldCounter(event);
    if (news.delta === 0 && !isDate) continue;
    const { delta, since, estimated } = news;
    occurrences.push({ ...shared, delta, since, estimated, unseen: before === undefined });
  }
  return { occurrences, seen: [...changed.values()] };
}

/** The fields of an occurrence that do not depend on its seen row. */
function sharedFields(
  event: ClusterEvent,
  batch: Batch,
  { owners: index }: IngestContext,
): Omit<Occurrence, "delta" | "since" | "estimated" | "unseen" | "receivedAt"> {
  const object = objectKey(event);
  const owners = index.ownersOf(object);
  return {
    event: withOwner(event, owners.at(-1)),
    epoch: batch.epoch,
    via: batch.via,
    history: batch.historyBefore !== undefined && lastHeardOf(event) < batch.historyBefore,
    owners,
    node: index.nodeOf(object),
  };
}

/**
 * Seen rows of the epoch before, keyed by uid, for Events without a row in this epoch: between the two the history of
 * the API server went backwards.
 */
async function knownBefore(
  events: readonly ClusterEvent[],
  { epoch }: Batch,
  { store }: IngestContext,
): Promise<ReadonlyMap<string, SeenRow>> {
  if (epoch === 0 || events.length === 0) return new Map();
  const rows = await store.seen(events.map((event) => lineageOf(epoch - 1, event)));
  return new Map([...rows.values()].map((row) => [row.uid, row]));
}

/**
 * Whether the watch repeats a state that only an alert awaits. A seen row cannot show this: if nothing awaited the
 * state when it came first, it left no row, or the row is of an older state.
 */
function isRepeated({ why, event }: Wanted, { via }: Batch, context: IngestContext): boolean {
  return why === "awaited" && via === "watch" && wasRead(event, context);
}

/** Whether a list shows a state that the watch has missed: it lies before the watch's position, and has no seen row. */
function wasMissed(event: ClusterEvent, batch: Batch, context: IngestContext): boolean {
  return (
    batch.via === "list" &&
    batch.historyBefore === undefined &&
    event.lastSeenAt >= context.completeSince &&
    wasRead(event, context)
  );
}

/** Whether the watch was read beyond this state. */
function wasRead({ resourceVersion }: ClusterEvent, { readUpTo }: IngestContext): boolean {
  return readUpTo !== undefined && isSameOrOlder(resourceVersion, readUpTo);
}

function withOwner(event: ClusterEvent, owner: string | undefined): ClusterEvent {
  if (owner === undefined) return event;
  return { ...event, involvedObject: { ...event.involvedObject, owner: ObjectKey.parseName(owner) } };
}
