import {
  type Annotated,
  canTeachOwner,
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
  objectKey,
  type Observation,
  type Occurrence,
  rebased,
  type SeenRow,
  toSeenRow,
} from "../event/index.ts";
import type { EngineStore } from "../store/index.ts";
import type { OwnerIndex } from "./owner-index.ts";

/** What a batch comes to, ready for the engine and the store. */
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

/** Asks somebody about objects, `Kind/namespace/name` or `Namespace//name`. It never throws, and answers in a bounded time. */
export interface LookUp {
  wants(object: string): boolean;
  /** Who owns them. */
  find(objects: readonly string[]): Promise<readonly OwnerRow[]>;
  /** As far as they were answered. */
  describe(objects: Iterable<string>): Promise<ReadonlyMap<string, Described>>;
  /** Which of them are not there any more, for sure. */
  gone(objects: readonly string[]): Promise<readonly string[]>;
}

/** What sifting needs to know and to ask. */
export interface IngestContext {
  readonly policy: Policy;
  readonly engine: Pick<Engine, "awaits">;
  readonly store: Pick<EngineStore, "seen">;
  readonly owners: OwnerIndex;
  /** False: every object is its own workload. */
  readonly learnsOwners: boolean;
  /** Undefined: owners are learnt from Events alone. */
  readonly lookUp: LookUp | undefined;
  /** Whether objects and namespaces may say that nobody is to be told of them. */
  readonly silenceAnnotations: boolean;
  /** Milliseconds; seen rows outlive an Event by as much again. */
  readonly eventTtlMs: number;
  readonly metrics: {
    readonly events: { readonly inc: (labels: { readonly result: string }, count: number) => void };
    readonly missed: { readonly inc: () => void };
  };
  /** Up to where the watch of the batch's scope has been read; undefined before its first position. */
  readonly readUpTo: string | undefined;
  /** Epoch milliseconds: what happened since then and was wanted has a seen row, unless it was missed. */
  readonly completeSince: number;
  /** Not an Event, whatever it is: counted and said once. */
  readonly onMalformed: (error: unknown) => void;
}

/**
 * From observations to occurrences: keeps what something wants, and of that only what is news. Nearly every event of
 * a cluster leaves in the first line, so that one has to be cheap.
 */
export async function ingest(batch: Batch, context: IngestContext): Promise<Ingested> {
  const wanted: ClusterEvent[] = [];
  const owners: OwnerRow[] = [];
  let malformed = 0;
  for (const observation of batch.observations) {
    const interest = interestIn(observation, context);
    if (interest === "none") continue;
    const event = normaliseSafely(observation, context);
    if (event === undefined) {
      malformed += 1;
      continue;
    }
    if (interest.teaches) {
      const row = learnOwner(event, batch.receivedAt);
      if (row !== undefined && context.owners.learn(row)) owners.push(row);
    }
    if (interest.wanted) wanted.push(event);
  }
  const { events, annotated } = await describe(wanted, context);
  context.metrics.events.inc({ result: "malformed" }, malformed);
  context.metrics.events.inc({ result: "unmatched" }, batch.observations.length - events.length - malformed);
  if (events.length === 0 && owners.length === 0) return NOTHING;
  context.metrics.events.inc({ result: "wanted" }, events.length);
  if (context.learnsOwners)
    await context.owners.load([...events.map(objectKey), ...owners.map((row) => row.object)]);
  owners.push(...(await lookUpOwners(events, context)));
  const learned = owners.flatMap((row): LearnedOwner[] => {
    const chain = context.owners.ownersOf(row.object);
    return chain.length === 0 ? [] : [{ object: row.object, owners: chain }];
  });
  const written = new Set(owners.map(({ object }) => object));
  const renewed = context.owners.drainRenewals(batch.receivedAt).filter(({ object }) => !written.has(object));
  return {
    ...(await toOccurrences(events, batch, context)),
    owners: [...owners, ...renewed],
    learned,
    annotated,
  };
}

/** The events with what rules want to know of their objects and namespaces. */
async function describe(
  events: readonly ClusterEvent[],
  { policy, lookUp, silenceAnnotations }: IngestContext,
): Promise<{ readonly events: readonly ClusterEvent[]; readonly annotated: readonly Annotated[] }> {
  const both = [policy.rules.looksUp, policy.forwards.looksUp];
  const objects = silenceAnnotations || both.some((each) => each.objects);
  const namespaces = silenceAnnotations || both.some((each) => each.namespaces);
  if (lookUp === undefined || events.length === 0 || !(objects || namespaces))
    return { events, annotated: [] };
  const keys = events.flatMap((event) => [
    ...(objects ? [objectKey(event)] : []),
    ...(namespaces ? [`Namespace//${namespaceOf(event)}`] : []),
  ]);
  const found = await lookUp.describe(keys);
  const described = events.map((event) => {
    const of = found.get(objectKey(event));
    const { labels: namespaceLabels = event.namespaceLabels } =
      found.get(`Namespace//${namespaceOf(event)}`) ?? {};
    const involvedObject =
      of === undefined
        ? event.involvedObject
        : { ...event.involvedObject, labels: of.labels, annotations: of.annotations };
    return { ...event, involvedObject, namespaceLabels };
  });
  const annotated = [...found].map(([object, { annotations }]) => ({ object, annotations }));
  return { events: described, annotated: silenceAnnotations ? annotated : [] };
}

/** Asks for the owners of what rules match and no Event has told of. */
async function lookUpOwners(
  events: readonly ClusterEvent[],
  { policy, owners, lookUp, learnsOwners }: IngestContext,
): Promise<readonly OwnerRow[]> {
  if (lookUp === undefined || !learnsOwners) return [];
  const wanted = new Set<string>();
  for (const event of events) {
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

/** Who wants an event: found from a few raw fields, without building it. */
function interestIn(
  observation: Observation,
  { policy, engine, learnsOwners }: IngestContext,
): "none" | { readonly wanted: boolean; readonly teaches: boolean } {
  const keys = observation.head;
  const wanted =
    policy.rules.couldWant(keys) ||
    policy.forwards.couldWant(keys) ||
    engine.awaits(keys.component, () => observation.object);
  const teaches = learnsOwners && canTeachOwner(keys.reason, keys.kind);
  return wanted || teaches ? { wanted, teaches } : "none";
}

function normaliseSafely(observation: Observation, { onMalformed }: IngestContext): ClusterEvent | undefined {
  try {
    return normalise(observation.raw);
  } catch (error) {
    onMalformed(error);
    return undefined;
  }
}

async function toOccurrences(
  events: readonly ClusterEvent[],
  batch: Batch,
  context: IngestContext,
): Promise<Pick<Ingested, "occurrences" | "seen">> {
  const lineages = events.map((event) => lineageOf(batch.epoch, event));
  const known = new Map(await context.store.seen(lineages));
  const older = await knownBefore(
    events.filter((_event, index) => !known.has(lineages[index] ?? "")),
    batch,
    context,
  );
  const changed = new Map<string, SeenRow>();
  const occurrences: Occurrence[] = [];
  for (const [index, event] of events.entries()) {
    const lineage = lineages[index] ?? "";
    const past = known.has(lineage) ? undefined : older.get(event.uid);
    const before = known.get(lineage) ?? (past && rebased(event, past));
    const news = difference(event, before, batch.coverageStartAt);
    if (before === undefined && wasMissed(event, batch, context)) context.metrics.missed.inc();
    if (news.isNews) {
      const expiresAt = batch.receivedAt + 2 * context.eventTtlMs;
      const row = toSeenRow(event, { lineage, older: past, expiresAt });
      known.set(lineage, row);
      changed.set(lineage, row);
    }
    // A listed counter-event that is known already still dates what else the list shows of its object.
    const isDate = batch.via === "list" && context.policy.rules.couldCounter(event);
    if (news.delta === 0 && !isDate) continue;
    const object = objectKey(event);
    const owners = context.owners.ownersOf(object);
    occurrences.push({
      event: withOwner(event, owners.at(-1)),
      delta: news.delta,
      since: news.since,
      estimated: news.estimated,
      key: `${context.policy.cluster}/${batch.epoch}/${event.uid}/${event.resourceVersion}`,
      epoch: batch.epoch,
      via: batch.via,
      history: batch.historyBefore !== undefined && lastHeardOf(event) < batch.historyBefore,
      unseen: before === undefined,
      owners,
      node: context.owners.nodeOf(object),
      receivedAt: batch.receivedAt,
    });
  }
  return { occurrences, seen: [...changed.values()] };
}

/**
 * Rows of the epoch before, keyed by uid, for Events that are not known in this one: the server's history went backwards
 * between.
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

/** Whether a list shows what the watch should have: older than what it had read, and nobody has seen it. */
function wasMissed(event: ClusterEvent, batch: Batch, { readUpTo, completeSince }: IngestContext): boolean {
  return (
    batch.via === "list" &&
    batch.historyBefore === undefined &&
    readUpTo !== undefined &&
    event.lastSeenAt >= completeSince &&
    isSameOrOlder(event.resourceVersion, readUpTo)
  );
}

function withOwner(event: ClusterEvent, owner: string | undefined): ClusterEvent {
  if (owner === undefined) return event;
  const [kind = "", name = ""] = owner.split("/", 2);
  return { ...event, involvedObject: { ...event.involvedObject, owner: { kind, name } } };
}
