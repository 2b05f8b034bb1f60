import {
  type AlertPreview,
  type LiveState,
  type MessageToCome,
  type Policy,
  Preview,
  toWireEvent,
  type WireEvent,
} from "../alert/index.ts";
import { type ClusterEvent, objectKey } from "../event/index.ts";
import { errorText } from "../lib/errors.ts";
import { type CompiledRule, explainRules, noSuchReason, type RuleExplanation } from "../rule/index.ts";
import type { ExplainedAlert, HeldBackBy, OpenAlert } from "./explained-alert.ts";
import { type Outcome, outcomeOf } from "./outcome.ts";
import type { OwnerLookup } from "./owner-lookup.ts";

/** A forward that would send the event unchanged. */
export interface ExplainedForward {
  readonly forward: string;
  readonly sinks: readonly string[];
}

/** A remark for the reader: the Event lies in another namespace than its object, and counts for its own. */
export interface NamespaceNote {
  readonly event: string;
  readonly object: string;
}

/** The result of an event, with reasons. */
export interface EventExplanation {
  readonly event: WireEvent;
  readonly rules: readonly RuleExplanation[];
  readonly alerts: readonly ExplainedAlert[];
  readonly forwards: readonly ExplainedForward[];
  /** Undefined when the Event lies where its object does. */
  readonly otherNamespace: NamespaceNote | undefined;
  /** In words, where no Event has this reason: what it is, and how to hear of the same. */
  readonly mistakenReason: string | undefined;
  readonly outcome: Outcome;
}

/** The context of an explanation. */
export interface ExplainContext {
  readonly owners: OwnerLookup;
  readonly live: LiveState;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** Explains one event, as if it came now. Changes nothing. */
export function explainEvent(policy: Policy, event: ClusterEvent, context: ExplainContext): EventExplanation {
  const alerts = policy.rules
    .match(event)
    .flatMap((rule) =>
      rule.state === undefined && rule.absent === undefined ? previewRule(policy, rule, event, context) : [],
    );
  const forwards = policy.forwards.match(event).map(({ name, sinks }) => ({ forward: name, sinks }));
  return {
    event: toWireEvent(event),
    rules: explainRules(policy.rules, event),
    alerts,
    forwards,
    otherNamespace: otherNamespaceOf(event),
    mistakenReason: mistakenReasonOf(event),
    outcome: outcomeOf({ alerts, forwards, droppedBy: policy.rules.droppedBy(event) }),
  };
}

function previewRule(
  policy: Policy,
  rule: CompiledRule,
  event: ClusterEvent,
  { owners, live, now }: ExplainContext,
): readonly ExplainedAlert[] {
  const object = objectKey(event);
  const chain = owners.ownersOf(object);
  const node = owners.nodeOf(object);
  try {
    const occurrence = { event, owners: chain, node, delta: event.count };
    const preview = Preview.alertOf(policy, rule, occurrence, { live, now });
    const { fingerprint, title, severity, labels, proof, heldBackBy } = preview;
    const alert = { rule: rule.name, fingerprint, title, severity, labels, proof };
    const taken = preview.destinations.filter(({ sinks }) => sinks.length > 0);
    if (taken.length === 0) return [nowhere(alert, heldBackBy)];
    const toCome = preview.open === undefined ? [] : live.messagesToCome(preview.open);
    return taken.map((destination) => {
      const ofGroup = toCome.filter(
        ({ groupKey = destination.groupKey }) => groupKey === destination.groupKey,
      );
      const due = dueInMs(ofGroup, now);
      return {
        ...alert,
        route: destination.route,
        groupKey: destination.groupKey,
        sinks: destination.sinks,
        heldBackBy: [...heldBackBy, ...destination.heldBackBy],
        ...openOf(preview, { sent: destination.sent, toCome: ofGroup }),
        waitMs: Math.min(destination.waitMs + forMsLeft(rule, ofGroup, now), ...Object.values(due)),
        dueInMs: due,
      };
    });
  } catch (error) {
    const alert = { rule: rule.name, fingerprint: "", title: "", severity: "", labels: {}, proof: undefined };
    return [nowhere(alert, [{ reason: "failed", error: errorText(error) }])];
  }
}

function openOf({ open }: AlertPreview, news: Omit<OpenAlert, "alert">): { readonly open?: OpenAlert } {
  return open === undefined ? {} : { open: { alert: open, ...news } };
}

/** How long the `for` of a rule still lasts for an open alert, else all of it; milliseconds. */
function forMsLeft({ forMs }: CompiledRule, toCome: readonly MessageToCome[], now: number): number {
  const fires = toCome.find(({ waitsFor }) => waitsFor === "for");
  return fires?.at === undefined ? forMs : Math.max(0, fires.at - now);
}

function dueInMs(toCome: readonly MessageToCome[], now: number): Readonly<Record<string, number>> {
  const due = toCome.flatMap(({ sink, at }) =>
    sink === undefined || at === undefined ? [] : [[sink, Math.max(0, at - now)] as const],
  );
  return Object.fromEntries(due);
}

function nowhere(
  alert: Pick<ExplainedAlert, "rule" | "fingerprint" | "title" | "severity" | "labels" | "proof">,
  heldBackBy: readonly HeldBackBy[],
): ExplainedAlert {
  return { ...alert, route: "", groupKey: "", sinks: [], heldBackBy, waitMs: 0, dueInMs: {} };
}

function mistakenReasonOf({ reason, involvedObject, source }: ClusterEvent): string | undefined {
  const kinds = new Set([involvedObject.kind]);
  return noSuchReason(
    reason,
    source.component === "" ? { kinds } : { kinds, components: new Set([source.component]) },
  );
}

function otherNamespaceOf({ namespace, involvedObject }: ClusterEvent): NamespaceNote | undefined {
  const object = involvedObject.namespace;
  return object === "" || object === namespace ? undefined : { event: namespace, object };
}
