import { TRIGGERS } from "../message/compose-digest.ts";
import type { NotifyReason } from "../notification.ts";
import type { SinkPolicy } from "../policy.ts";
import type { DigestCause, Missed } from "../sink-load.ts";
import type { AlertState, SentState } from "../state.ts";
import { addresseeOf } from "./addressee.ts";
import { decide } from "./decide.ts";
import { accountOf } from "./decision-log.ts";
import { sendDigest } from "./deliveries.ts";
import type { DispatchContext, SinkTurn } from "./dispatch-context.ts";
import { isFlapping } from "./flapping.ts";
import { viewFor } from "./group-flush.ts";
import { sync } from "./membership.ts";
import { afterMessage, onlyOf, sentTo } from "./sent-state.ts";
import { sendNews } from "./sink-dispatch.ts";
import { hasCritical, newsOf, type View } from "./view.ts";

/** News of one group that waits for the digest of a sink. */
interface WaitingNews {
  readonly turn: SinkTurn;
  readonly view: View;
  readonly cause: DigestCause;
  /** At least one alert. */
  readonly news: readonly AlertState[];
}

/** The content of one digest. */
interface DigestContent {
  readonly waiting: readonly WaitingNews[];
  readonly missed: readonly Missed[];
  readonly missedOmitted: number;
}

/** Sends the waiting news of many groups to a sink, in one message to each addressee. */
export function flushDigest(context: DispatchContext, name: string): void {
  const { keys, missed, missedOmitted } = context.digests.drainDigest(name, context.now);
  const sink = context.policy.sinks.get(name);
  if (sink === undefined) return;
  const waiting = keys.flatMap((key) => waitingNews(context, key, sink) ?? []);
  const byAddressee = Map.groupBy(waiting, ({ turn }) => addresseeOf(sink, turn.group.labels));
  const missedBy = Map.groupBy(missed, ({ addressee = "" }) => addressee);
  const addressees = new Set([...byAddressee.keys(), ...missedBy.keys(), ...Object.keys(missedOmitted)]);
  for (const addressee of addressees) {
    sendContent(context, sink, {
      waiting: byAddressee.get(addressee) ?? [],
      missed: missedBy.get(addressee) ?? [],
      missedOmitted: missedOmitted[addressee] ?? 0,
    });
  }
}

/** Sends one digest. Where digests are not scheduled, the news of a single group goes as its ordinary message instead. */
function sendContent(context: DispatchContext, sink: SinkPolicy, content: DigestContent): void {
  const { waiting, missedOmitted } = content;
  const missed = endsThatLast(content);
  const [first] = waiting;
  const gone = missed.length + missedOmitted;
  const isDigest = waiting.length > 1 || gone > 0 || first?.cause === "scheduled";
  if (first !== undefined && !isDigest) {
    const { turn, view } = first;
    putSent(context, turn, sendNews(context, turn, { view, reason: lateReason(context, first) }));
  }
  if (!isDigest) return;
  const cause = causeOf([...waiting, ...missed]);
  const alerts = waiting.flatMap(({ news }) => news);
  const deliveryId = sendDigest(context, sink, { cause, alerts, missed, missedOmitted });
  for (const each of waiting) putSent(context, each.turn, recordDigest(context, each, deliveryId));
  for (const { alert } of missed)
    context.lateNews.push({ fingerprint: alert.fingerprint, sink: sink.name, deliveryId });
}

/** The missed alerts without those that a scheduled digest tells as firing: they fire again. */
function endsThatLast({ waiting, missed }: DigestContent): readonly Missed[] {
  const firing = new Set(waiting.flatMap(({ news }) => news.map(({ fingerprint }) => fingerprint)));
  return missed.filter(({ alert, cause }) => cause !== "scheduled" || !firing.has(alert.fingerprint));
}

function causeOf(content: readonly { readonly cause: DigestCause }[]): DigestCause {
  const causes = new Set(content.map(({ cause }) => cause));
  return causes.has("scheduled") ? "scheduled" : causes.has("mute") ? "mute" : "storm";
}

/**
 * The news of a group for the digest of a sink; undefined when nothing is left of it, or when it got critical, which a
 * scheduled digest never has. The group waits no longer. Its own flush sends what is critical, and waits for what is held
 * back now.
 */
function waitingNews(context: DispatchContext, key: string, sink: SinkPolicy): WaitingNews | undefined {
  const { alerts, groups } = context;
  const known = groups.get(key);
  const cause = known?.waiting?.[sink.name];
  if (known === undefined || cause === undefined) return undefined;
  const rest = Object.entries(known.waiting ?? {}).filter(([name]) => name !== sink.name);
  const group = { ...known, waiting: rest.length === 0 ? undefined : Object.fromEntries(rest) };
  const turn = { group, sink, told: sentTo(group, sink.name) };
  const view = viewFor(context, turn, alerts.ofGroup(group.key));
  const isUrgent = sink.digest !== undefined && hasCritical(view);
  groups.put(isUrgent || view.held.size > 0 ? { ...group, flushAt: context.now } : group);
  if (isUrgent) return undefined;
  const news = newsOf(view, turn.told);
  return news.length === 0 ? undefined : { turn, view, cause, news };
}

/** Records that a digest has the news of a group in it. @returns The sent state with that message. */
function recordDigest(context: DispatchContext, waiting: WaitingNews, deliveryId: string): SentState {
  const { turn, view, cause, news } = waiting;
  const { told } = turn;
  const why = { trigger: TRIGGERS[cause], deliveryId };
  for (const alert of news) context.decisions.recordTold(alert, accountOf(context, turn), why);
  const inDigest = told === undefined || told.inDigest === true;
  const sent = afterMessage(context, turn, { view, ended: [], deliveryId, inDigest, repeats: 0 });
  // The next flush of the group deals with what has ended since its last one.
  const ended = told && onlyOf(told, view.ended);
  return { ...sent, firing: { ...ended?.firing, ...sent.firing } };
}

/** Keeps the sent state of a sink with its group. Reads the group anew: a digest may have changed it meanwhile. */
function putSent(context: DispatchContext, { group, sink }: SinkTurn, told: SentState): void {
  const { alerts, groups } = context;
  const current = groups.get(group.key) ?? group;
  const others = current.told.filter((entry) => entry.sink !== sink.name);
  const flapping = current.told.length === 0 ? isFlapping(current, told.lastAt) : current.flapping;
  groups.put({ ...current, told: [...others, told], flapping });
  for (const alert of alerts.ofGroup(group.key)) sync(context, alert);
}

/** The reason of an ordinary message whose news has waited for a digest. */
function lateReason({ now }: DispatchContext, { turn, view, cause }: WaitingNews): NotifyReason {
  const { told, group } = turn;
  if (told === undefined && cause === "mute") return { kind: "firing", trigger: "unmuted" };
  return decide(view, told, now, group) ?? { kind: "repeat", trigger: "repeat" };
}
