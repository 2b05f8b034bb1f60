import type { Change } from "../../feed/index.ts";
import type { ApiContext } from "../bridge.ts";
import { alertViews } from "../operations/alert-views.ts";
import { countMatches } from "../operations/count-matches.ts";
import { SentReader } from "../operations/sent-reader.ts";
import type { ListedAlert } from "../schemas/alert.ts";
import type { Delivery } from "../schemas/delivery.ts";
import type { Silence } from "../schemas/silence.ts";
import type { StreamTopic } from "../schemas/stream.ts";
import { toDelivery } from "../views/delivery.ts";
import { toSilenceView } from "../views/silence.ts";
import { toStreamId } from "./stream-id.ts";
import { toFrame } from "./to-frame.ts";

/** Alerts of one group that are told when the group changes. */
const MOST_OF_GROUP = 100;
/** Events that are made at once, so that no client has more unsent than it may. */
const MOST_AT_ONCE = 200;

/** One event, ready for every client. */
export interface Told {
  /** Of the change behind it. */
  readonly n: number;
  readonly topic: StreamTopic;
  readonly frame: string;
}

/** Some changes, as events. */
export interface ToldChanges {
  /** In the order of the changes. */
  readonly told: readonly Told[];
  /** The number of the newest change among them; the later ones are left for the next time. */
  readonly through: number;
  /** Whether groups have more alerts than are told, so that lists should be read anew. */
  readonly isPartial: boolean;
}

/**
 * Asks the store for the states of changed keys at once, and writes each once.
 *
 * @param changes One or more, the oldest first. @throws {TocsinError} ERR_STORE.
 */
export async function toldChanges(changes: readonly Change[], context: ApiContext): Promise<ToldChanges> {
  const { subjects, through, isPartial } = await expand(changes.slice(0, MOST_AT_ONCE), context);
  const fingerprints = keysOf(subjects, "alert");
  const alerts = await readAlerts(fingerprints, context);
  const gone = fingerprints.filter((fingerprint) => !alerts.has(fingerprint));
  const states = {
    alerts,
    ended: await readEnded(gone, context),
    silences: await readSilences(keysOf(subjects, "silence"), context),
    deliveries: await readDeliveries(keysOf(subjects, "delivery"), context),
  };
  const told = subjects.flatMap((subject) =>
    tell(subject, states, toStreamId(context.feed.epoch, subject.n)),
  );
  return { told, through, isPartial };
}

type Subject = Pick<Change, "n" | "kind" | "key">;

/** By fingerprint or id. */
interface States {
  /** Ids in the history. */
  readonly ended: ReadonlyMap<string, string>;
  readonly alerts: ReadonlyMap<string, ListedAlert>;
  readonly silences: ReadonlyMap<string, Silence>;
  readonly deliveries: ReadonlyMap<string, Delivery>;
}

/** An alert or a silence that the store does not have is gone; a delivery has only run out of its time there. */
function tell({ n, kind, key }: Subject, states: States, id: string): readonly Told[] {
  if (kind === "alert") {
    const alert = states.alerts.get(key);
    const gone = { fingerprint: key, historyId: states.ended.get(key) ?? null };
    const frame = alert ? toFrame("alert", alert, id) : toFrame("alert-gone", gone, id);
    return [{ n, topic: "alerts", frame }];
  }
  if (kind === "silence") {
    const silence = states.silences.get(key);
    const frame = silence ? toFrame("silence", silence, id) : toFrame("silence-gone", { id: key }, id);
    return [{ n, topic: "silences", frame }];
  }
  const delivery = kind === "delivery" ? states.deliveries.get(key) : undefined;
  return delivery ? [{ n, topic: "deliveries", frame: toFrame("delivery", delivery, id) }] : [];
}

function keysOf(subjects: readonly Subject[], kind: string): readonly string[] {
  return subjects.filter((subject) => subject.kind === kind).map(({ key }) => key);
}

/**
 * A change of a group shows in its alerts: which sinks have them, and what they wait for. Each subject is told once, at
 * the last of its changes: a client between two of them needs it too.
 */
async function expand(
  changes: readonly Change[],
  { queries }: ApiContext,
): Promise<{ readonly subjects: readonly Subject[] } & Pick<ToldChanges, "through" | "isPartial">> {
  const groups = keysOf(changes, "group");
  const alertsOf = await queries.groupAlerts(groups, MOST_OF_GROUP);
  const subjects = new Map<string, Subject>();
  let through = 0;
  let isPartial = false;
  for (const change of changes) {
    const { firing = 0, resolved = 0, fingerprints = [] } = alertsOf.get(change.key) ?? {};
    const isGroup = change.kind === "group";
    const keys = isGroup ? fingerprints : [change.key];
    if (subjects.size > 0 && subjects.size + keys.length > MOST_AT_ONCE) break;
    for (const key of keys) {
      const kind = isGroup ? "alert" : change.kind;
      const id = `${kind} ${key}`;
      // Behind all others, so that the order is that of the changes.
      subjects.delete(id);
      subjects.set(id, { n: change.n, kind, key });
    }
    isPartial ||= isGroup && fingerprints.length < firing + resolved;
    through = change.n;
  }
  return { subjects: [...subjects.values()], through, isPartial };
}

async function readAlerts(
  fingerprints: readonly string[],
  context: ApiContext,
): Promise<ReadonlyMap<string, ListedAlert>> {
  if (fingerprints.length === 0) return new Map();
  const { queries } = context;
  const { rows } = await queries.alerts({ fingerprints, limit: fingerprints.length });
  const sent = await new SentReader(queries).read(rows);
  const { listed } = alertViews(context);
  return new Map(rows.map((alert) => [alert.fingerprint, listed(alert, sent)]));
}

/** The id of the newest entry of each. */
async function readEnded(
  fingerprints: readonly string[],
  { queries }: ApiContext,
): Promise<ReadonlyMap<string, string>> {
  const ids = new Map<string, string>();
  for (const fingerprint of fingerprints) {
    const { rows } = await queries.history({ since: 0, fingerprint, limit: 1 });
    for (const { id } of rows) ids.set(fingerprint, id);
  }
  return ids;
}

async function readSilences(
  ids: readonly string[],
  { queries, clock }: ApiContext,
): Promise<ReadonlyMap<string, Silence>> {
  if (ids.length === 0) return new Map();
  const now = clock.now();
  const wanted = new Set(ids);
  const silences = (await queries.silences()).filter(({ id }) => wanted.has(id));
  const alerts = await countMatches(queries, silences, now);
  return new Map(silences.map((each) => [each.id, toSilenceView(each, alerts.get(each.id) ?? 0, now)]));
}

async function readDeliveries(
  ids: readonly string[],
  { queries, scrub }: ApiContext,
): Promise<ReadonlyMap<string, Delivery>> {
  if (ids.length === 0) return new Map();
  const rows = await queries.titledDeliveries(ids);
  return new Map(rows.map((row) => [row.id, toDelivery(row, scrub)]));
}
