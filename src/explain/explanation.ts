import {
  type AlertPreview,
  type Policy,
  previewAlert,
  type LiveState,
  toWireEvent,
  type WireEvent,
} from "../alert/index.ts";
import { type ClusterEvent, objectKey } from "../event/index.ts";
import { counted } from "../lib/counted.ts";
import { formatDuration } from "../lib/duration.ts";
import { errorText } from "../lib/errors.ts";
import { type CompiledRule, explainRules, type RuleExplanation } from "../rule/index.ts";
import type { OwnerLookup } from "./owner-lookup.ts";

/** One destination of an alert of this event. */
export interface ExplainedAlert {
  readonly rule: string;
  readonly fingerprint: string;
  /** "" when no sink takes it. */
  readonly route: string;
  readonly groupKey: string;
  readonly sinks: readonly string[];
  readonly heldBackBy: readonly string[];
  /** The open alert of a running bridge; missing when there is none. */
  readonly open?: OpenAlert;
  /** Milliseconds until the first message, if nothing else holds it back. */
  readonly waitMs: number;
}

/** The open alert that the event would join. */
export interface OpenAlert {
  readonly phase: "pending" | "firing" | "resolved";
  readonly occurrences: number;
  /** RFC 3339. */
  readonly since: string;
  /** Sinks that got it. */
  readonly told: readonly string[];
}

/** The result of an event, with reasons. */
export interface Explanation {
  readonly event: WireEvent;
  readonly rules: readonly RuleExplanation[];
  readonly alerts: readonly ExplainedAlert[];
  /** Names of forwards that would send it unchanged, with their sinks. */
  readonly forwards: readonly { readonly forward: string; readonly sinks: readonly string[] }[];
  /** Remarks for the reader, such as why the namespace is another than expected. */
  readonly notes: readonly string[];
  /** One plain sentence. */
  readonly summary: string;
}

/** The context of an explanation. */
export interface ExplainContext {
  readonly surroundings: OwnerLookup;
  readonly situation: LiveState;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** Explains one event, as if it came now. */
export function explainEvent(policy: Policy, event: ClusterEvent, context: ExplainContext): Explanation {
  const alerts = policy.rules.match(event).flatMap((rule) => previewRule(policy, rule, event, context));
  const forwards = policy.forwards.match(event).map(({ name, sinks }) => ({ forward: name, sinks }));
  return {
    event: toWireEvent(event),
    rules: explainRules(policy.rules, event),
    alerts,
    forwards,
    notes: notesOn(event),
    summary: summarise(alerts, forwards, policy.rules.droppedBy(event)),
  };
}

function previewRule(
  policy: Policy,
  rule: CompiledRule,
  event: ClusterEvent,
  { surroundings, situation, now }: ExplainContext,
): readonly ExplainedAlert[] {
  const object = objectKey(event);
  const owners = surroundings.ownersOf(object);
  const node = surroundings.nodeOf(object);
  try {
    const occurrence = { event, owners, node, delta: event.count };
    const preview = previewAlert(policy, rule, occurrence, { situation, now });
    const { fingerprint, heldBackBy } = preview;
    const places = preview.places.filter(({ sinks }) => sinks.length > 0);
    if (places.length === 0) return [nowhere(rule.name, fingerprint, heldBackBy)];
    return places.map((place) => ({
      rule: rule.name,
      fingerprint,
      route: place.route,
      groupKey: place.groupKey,
      sinks: place.sinks,
      heldBackBy: [...heldBackBy, ...place.heldBackBy],
      ...openOf(preview, place.told),
      waitMs: place.waitMs + rule.forMs,
    }));
  } catch (error) {
    return [nowhere(rule.name, "", [errorText(error)])];
  }
}

function openOf({ open }: AlertPreview, told: readonly string[]): { readonly open?: OpenAlert } {
  if (open === undefined) return {};
  const { phase, occurrences, openedAt } = open;
  return { open: { phase, occurrences, since: new Date(openedAt).toISOString(), told } };
}

function nowhere(rule: string, fingerprint: string, heldBackBy: readonly string[]): ExplainedAlert {
  return { rule, fingerprint, route: "", groupKey: "", sinks: [], heldBackBy, waitMs: 0 };
}

function notesOn(event: ClusterEvent): readonly string[] {
  const { namespace } = event.involvedObject;
  if (namespace === "" || namespace === event.namespace) return [];
  return [
    `the Event lies in namespace ${event.namespace}, its object in ${namespace}: labels and routes use ${event.namespace}`,
  ];
}

function summarise(
  alerts: readonly ExplainedAlert[],
  forwards: Explanation["forwards"],
  dropped: string | undefined,
): string {
  const records = [...new Set(forwards.flatMap(({ sinks }) => sinks))].map((sink) => `1 record to ${sink}`);
  const free = alerts.filter((alert) => !isHeld(alert));
  const sent = [...messagesOf(free), ...records];
  if (sent.length > 0) return sent.join(", ");
  if (dropped !== undefined) return `nothing: dropped by "${dropped}"`;
  if (alerts.length === 0) return "nothing: no rule matches";
  const informed = new Set(free.flatMap(({ open }) => open?.told ?? []));
  if (informed.size > 0)
    return `nothing new: ${[...informed].join(", ")} knows of it, and hears when it repeats or ends`;
  const reasons = new Set(alerts.flatMap(({ heldBackBy }) => heldBackBy));
  return `nothing: ${[...reasons].join(", ")}`;
}

/** `for` only delays; a threshold, a mute timing, a silence or a `minSeverity` holds back an event that comes alone. */
function isHeld({ sinks, heldBackBy }: ExplainedAlert): boolean {
  return (
    sinks.length === 0 || heldBackBy.some((reason) => /^(?:threshold|mute|silence|inhibition) /u.test(reason))
  );
}

/** One message per group and sink: `1 message to ops in 30 s`. */
function messagesOf(alerts: readonly ExplainedAlert[]): readonly string[] {
  const groups = new Map<string, ReadonlySet<string>>();
  for (const { groupKey, open, sinks, waitMs } of alerts) {
    for (const sink of sinks) {
      if (open?.told.includes(sink) === true) continue;
      const place = `to ${sink} ${waitMs === 0 ? "at once" : `in ${formatDuration(waitMs)}`}`;
      groups.set(place, new Set([...(groups.get(place) ?? []), groupKey]));
    }
  }
  return [...groups].map(([place, { size }]) => `${counted(size, "message")} ${place}`);
}
