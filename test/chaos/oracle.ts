import { ALERT_SINK, type History, RECORD_SINKS } from "./history.ts";
import { deltasPossible, type Range } from "./possible-deltas.ts";
import type { Receipt, ReceivedBody, ReceivedEvent } from "./receivers.ts";
import { type Lineage, RULE_REASONS } from "./schedule.ts";
import type { WriteRecord } from "./writer.ts";

/** The reason why a sink got a message twice. */
export type RepeatCause = "answer lost" | "kill" | "pause" | "damage";

/** The faults of a history, and facts that are no faults. */
export interface Verdict {
  /** I1. */
  readonly lost: readonly string[];
  /** I2. */
  readonly unexpected: readonly string[];
  /** I3: told twice without an excuse. */
  readonly doubled: readonly string[];
  /** I4. */
  readonly miscounted: readonly string[];
  readonly repeats: Readonly<Record<RepeatCause, number>>;
}

/** The states of one Event that one sink was sent. */
interface Told {
  readonly states: ReadonlySet<number>;
  readonly deltas: number;
}

const ANY: Range = { least: 0, most: Number.POSITIVE_INFINITY };

const NOTHING: Told = { states: new Set(), deltas: 0 };

/** Reads what the receivers got, and says what of it breaks the promise. */
export function judge(history: History): Verdict {
  const { doubled, repeats } = judgeRepeats(history);
  const lost: string[] = [];
  const miscounted: string[] = [];
  for (const sink of RECORD_SINKS) {
    const told = toldBy(history, sink);
    for (const story of storiesOf(history)) {
      const what = told.get(story.lineage.name) ?? NOTHING;
      const missing = missingStates(story, what.states);
      if (missing.length > 0) lost.push(`${sink}: ${story.lineage.name}#${missing.join(",")}`);
      const { least, most } = story.deltas;
      if (missing.length === 0 && (what.deltas < least || what.deltas > most)) {
        miscounted.push(`${sink}: ${story.lineage.name}: ${what.deltas} instead of ${least} to ${most}`);
      }
    }
  }
  return {
    lost: [...lost, ...lostAlerts(history)],
    unexpected: [...unexpectedOf(history), ...doubleAlerts(history)],
    doubled,
    miscounted,
    repeats,
  };
}

/** One watched Event: its writes, and the states that have to be sent. */
interface Story {
  readonly lineage: Lineage;
  /** States that every sink has to get. */
  readonly needed: readonly number[];
  readonly deltas: Range;
}

function storiesOf(history: History): readonly Story[] {
  const { schedule } = history;
  const byLineage = Map.groupBy(history.writes, ({ write }) => write.lineage);
  return schedule.lineages.flatMap((lineage, index): Story[] => {
    const all = byLineage.get(index) ?? [];
    const ok = all.filter((record) => record.ok);
    if (!isWatched(lineage, history) || ok.length === 0 || isLoose(ok, history)) return [];
    const needed = neededStates(ok, history.lostHistory);
    const { least, most } = deltasPossible(ok, new Set(needed));
    // A new epoch begins with the Events of the last minutes before it, under new ids, and counts older ones as one.
    const mayBeToldAgain = hasLostState(history) || history.restores.length > 0;
    return [{ lineage, needed, deltas: mayBeToldAgain ? ANY : { least, most } }];
  });
}

/** Whether a restored snapshot has forgotten some of these writes, so that no rule says what has to be sent. */
function isLoose(records: readonly WriteRecord[], { restores }: History): boolean {
  return restores.some(
    ({ snapshotAt, at }) =>
      records.some((record) => record.at <= at) && records.some((record) => record.at > snapshotAt - 50),
  );
}

/** A bridge that has lost its memory begins anew with all there is. */
function hasLostState({ marks }: History): boolean {
  return marks.some(({ what }) => what === "damage");
}

function isWatched({ namespace }: Lineage, { schedule }: History): boolean {
  return schedule.namespaces.length === 0 || schedule.namespaces.includes(namespace);
}

/** The last state of each life: states in between may be seen together, and what is deleted may go unseen. */
function neededStates(ok: readonly WriteRecord[], lostHistory: boolean): readonly number[] {
  return ok.flatMap(({ write }, index) => {
    if (write.op === "delete") return [];
    const after = ok[index + 1];
    if (after === undefined) return [write.state];
    return after.write.op === "delete" && !lostHistory ? [write.state] : [];
  });
}

function missingStates({ needed }: Story, told: ReadonlySet<number>): readonly number[] {
  return needed.filter((state) => !told.has(state));
}

/** Everything a sink has, each id once; a dead letter counts as told. */
function bodiesOf({ receipts, dead }: History, sink: string): ReadonlyMap<string, ReceivedBody> {
  const bodies = new Map<string, ReceivedBody>();
  for (const receipt of receipts) if (receipt.sink === sink) bodies.set(receipt.id, receipt.body);
  // The bridge's own rows.
  for (const row of dead) if (row.sink === sink) bodies.set(row.id, JSON.parse(row.body) as ReceivedBody);
  return bodies;
}

function toldBy(history: History, sink: string): ReadonlyMap<string, Told> {
  const told = new Map<string, { states: Set<number>; deltas: number }>();
  for (const { event, delta = 0 } of bodiesOf(history, sink).values()) {
    const place = event === undefined ? undefined : placeOf(event);
    if (place === undefined) continue;
    const entry = told.get(place.name) ?? { states: new Set(), deltas: 0 };
    entry.states.add(place.state);
    entry.deltas += delta;
    told.set(place.name, entry);
  }
  return told;
}

function lostAlerts(history: History): readonly string[] {
  const told = new Set(
    [...bodiesOf(history, ALERT_SINK).values()].flatMap(({ alerts = [] }) =>
      alerts.map(({ event }) => event.name),
    ),
  );
  return storiesOf(history)
    .filter(({ lineage, needed }) => hasRule(lineage) && needed.length > 0 && !told.has(lineage.name))
    .map(({ lineage }) => `${ALERT_SINK}: ${lineage.name}`);
}

function hasRule({ reason }: Lineage): boolean {
  return RULE_REASONS.some((known) => known === reason);
}

/** Messages about states that were never written, or that no forward wants. */
function unexpectedOf(history: History): readonly string[] {
  const attempted = new Set(
    history.writes.map(({ write }) => `${history.schedule.lineages[write.lineage]?.name}#${write.state}`),
  );
  const lineages = new Map(history.schedule.lineages.map((lineage) => [lineage.name, lineage]));
  const isKnown = (event: ReceivedEvent, forAlert: boolean): boolean => {
    const place = placeOf(event);
    const lineage = lineages.get(event.name);
    if (place === undefined || lineage === undefined || place.name !== event.name) return false;
    return (
      attempted.has(`${place.name}#${place.state}`) &&
      isWatched(lineage, history) &&
      (!forAlert || hasRule(lineage))
    );
  };
  return history.receipts.flatMap(({ sink, body }) => {
    // The bridge's words about itself.
    if (body.trigger === "self") return [];
    const events = body.event === undefined ? (body.alerts ?? []).map(({ event }) => event) : [body.event];
    return events
      .filter((event) => !isKnown(event, sink === ALERT_SINK))
      .map((event) => `${sink}: ${event.namespace}/${event.name}: ${event.message.slice(0, 60)}`);
  });
}

/** An alert begins once. */
function doubleAlerts(history: History): readonly string[] {
  if (hasLostState(history)) return [];
  const first = new Map<string, string>();
  return [...bodiesOf(history, ALERT_SINK).values()].flatMap(({ id, kind, trigger, alerts = [] }) => {
    if (kind !== "firing" || trigger !== "first") return [];
    return alerts.flatMap(({ fingerprint, event }) => {
      const before = first.get(fingerprint);
      first.set(fingerprint, id);
      return before === undefined || before === id ? [] : [`${ALERT_SINK}: ${event.name} began twice`];
    });
  });
}

function judgeRepeats({ receipts, marks }: History): Pick<Verdict, "doubled" | "repeats"> {
  const repeats = { "answer lost": 0, kill: 0, pause: 0, damage: 0 };
  const doubled: string[] = [];
  const last = new Map<string, Receipt>();
  for (const receipt of receipts) {
    const key = `${receipt.sink} ${receipt.id}`;
    const before = last.get(key);
    last.set(key, receipt);
    if (before === undefined) continue;
    const between = marks.filter(({ at }) => at >= before.at - 50 && at <= receipt.at);
    if (between.some(({ what }) => what === "damage")) repeats.damage += 1;
    else if (before.ambiguous) repeats["answer lost"] += 1;
    else if (between.some(({ what }) => what === "kill")) repeats.kill += 1;
    else if (between.some(({ what }) => what === "pause")) repeats.pause += 1;
    else doubled.push(`${key} at ${Math.round(before.at)} ms and at ${Math.round(receipt.at)} ms`);
  }
  return { doubled, repeats };
}

/** The generator's mark in a message. */
function placeOf({ message }: ReceivedEvent): { readonly name: string; readonly state: number } | undefined {
  const [, name, state] = /^chaos (\S+)#(\d+)/u.exec(message) ?? [];
  return name === undefined ? undefined : { name, state: Number(state) };
}
