import { KeyIndex } from "../../lib/key-index.ts";
import type { AlertIndex } from "../alert-reader.ts";
import type { EngineInput } from "../engine-input.ts";
import { happenedAgain } from "../happened-again.ts";
import type { HoldMoment, HoldQuestion, HoldSource } from "../hold-source.ts";
import type { CauseName, Hold, Inhibition } from "../hold.ts";
import { shareRest } from "../kept-alert.ts";
import type { InhibitRule } from "../policy.ts";
import type { AlertState } from "../state.ts";
import { holdsUntil, reaches } from "./cause-reach.ts";
import { keyOfSource, keysOfTarget } from "./inhibit-keys.ts";
import { namesCause } from "./names-cause.ts";
import { isContradicted, nodeOf } from "./node-cause.ts";

/** Causes that an alert keeps. A workload has more of them only in a large outage: one for each of its nodes. */
const MOST_SOURCES = 20;

/** Finds the causes of alerts, by the labels that cause and consequence must have in common. */
export class Inhibitor implements HoldSource, AlertIndex {
  readonly reason = "inhibition";
  #rules: readonly InhibitRule[];
  /** Key of a cause → fingerprints of the alerts that have it. */
  readonly #sources = new KeyIndex();
  /** Fingerprint of a cause → fingerprints of the alerts that it holds back, or held back. */
  readonly #targets = new KeyIndex();
  /** Key of a node → fingerprints of the causes about it. */
  readonly #nodes = new KeyIndex();

  constructor(rules: readonly InhibitRule[]) {
    this.#rules = rules;
  }

  take(input: EngineInput, { alerts }: HoldMoment): boolean {
    // The state of a node may contradict the cause that it is.
    if (input.kind === "facts") return input.facts.some(({ object }) => this.#isCauseOfSome(object));
    if (input.kind !== "policy") return false;
    this.#rules = input.policy.inhibit;
    this.#sources.clear();
    this.#nodes.clear();
    for (const alert of alerts.all()) this.#addSource(alert);
    return true;
  }

  record(before: AlertState | undefined, after: AlertState | undefined): void {
    if (!shareRest(before, after) && before?.labels !== after?.labels) {
      if (before !== undefined) this.#dropSource(before);
      if (after !== undefined) this.#addSource(after);
    }
    if (before?.inhibited === after?.inhibited) return;
    for (const [source, target] of linksOf(before)) this.#targets.delete(source, target);
    for (const [source, target] of linksOf(after)) this.#targets.add(source, target);
  }

  /** Fingerprints of the alerts that an alert holds back, or held back until its end. */
  targetsOf({ fingerprint }: Pick<AlertState, "fingerprint">): readonly string[] {
    return [...(this.#targets.get(fingerprint) ?? [])];
  }

  /** Whether the book keeps an alert for a while after its end, as the cause of alerts that come late. */
  remembers({ labels }: Pick<AlertState, "labels">): boolean {
    return this.#rules.some(({ equalNode, isSource }) => equalNode && isSource(labels));
  }

  /** The hold by a cause; after the cause has ended, the hold on a problem that has not happened again since. */
  holdOf(alert: AlertState, question: HoldQuestion): Hold | undefined {
    for (const rule of this.#rules) {
      if (!rule.isTarget(alert.labels)) continue;
      const causes = this.#causesOf(rule, alert, question);
      if (causes === undefined) continue;
      const inhibition: Inhibition = {
        by: rule.name,
        sources: causes.slice(0, MOST_SOURCES).map(({ fingerprint }) => fingerprint),
        cause: nameOf(causes[0]),
        ...firstEnd(causes),
      };
      return holdBy(inhibition, inhibition.until);
    }
    const past = alert.inhibited;
    if (past === undefined) return undefined;
    const isNews = this.isExpected(alert)
      ? happenedAgain(alert, past)
      : isNewsAfter(alert, past, question.now);
    return isNews ? undefined : holdBy(past, undefined);
  }

  /** Whether an alert merely happened by the plan that held it back, so that the end of the plan does not release it. */
  isExpected({ inhibited, lifecycle }: Pick<AlertState, "inhibited" | "lifecycle">): boolean {
    if (inhibited === undefined || lifecycle !== "point") return false;
    return this.#rules.some(({ name, isExpected }) => isExpected && name === inhibited.by);
  }

  /** The longest lasting cause for each key of the alert; undefined when one key has no cause. */
  #causesOf(rule: InhibitRule, alert: AlertState, question: HoldQuestion): readonly AlertState[] | undefined {
    const keys = keysOfTarget(rule, alert);
    if (keys.length === 0) return undefined;
    const causes = keys.map((key) => this.#causeAt(key, { rule, alert }, question));
    return causes.includes(undefined) ? undefined : causes.filter((cause) => cause !== undefined);
  }

  /** The longest lasting cause of one key. */
  #causeAt(
    key: string,
    { rule, alert }: { readonly rule: InhibitRule; readonly alert: AlertState },
    { alerts, factOf, now }: HoldQuestion,
  ): AlertState | undefined {
    // Two alerts that are cause and consequence of each other would both be held back for ever (so in Alertmanager
    // too).
    const isBoth = rule.isSource(alert.labels);
    let longest: AlertState | undefined;
    for (const fingerprint of this.#sources.get(key) ?? []) {
      const source = alerts.get(fingerprint);
      if (source === undefined || source.fingerprint === alert.fingerprint) continue;
      if (!reaches(source, alert, now) || !concerns(rule, { source, alert, factOf })) continue;
      if (isBoth && rule.isTarget(source.labels)) continue;
      const end = holdsUntil(source);
      if (end === undefined && isContradictedBy(source, factOf)) continue;
      if (end === undefined) return source;
      if (longest === undefined || end > (holdsUntil(longest) ?? Infinity)) longest = source;
    }
    return longest;
  }

  /** Whether an object is a node, and the cause of an alert. */
  #isCauseOfSome(object: string): boolean {
    return [...(this.#nodes.get(object) ?? [])].some((cause) => this.#targets.has(cause));
  }

  #addSource(alert: AlertState): void {
    const keys = this.#keysOf(alert);
    for (const key of keys) this.#sources.add(key, alert.fingerprint);
    const node = keys.length === 0 ? undefined : nodeOf(alert);
    if (node !== undefined) this.#nodes.add(node, alert.fingerprint);
  }

  #dropSource(alert: AlertState): void {
    for (const key of this.#keysOf(alert)) this.#sources.delete(key, alert.fingerprint);
    const node = nodeOf(alert);
    if (node !== undefined) this.#nodes.delete(node, alert.fingerprint);
  }

  #keysOf({ labels }: AlertState): readonly string[] {
    return this.#rules.filter((rule) => rule.isSource(labels)).map((rule) => keyOfSource(rule, labels));
  }
}

function nameOf(cause: AlertState | undefined): CauseName | undefined {
  if (cause === undefined) return undefined;
  const { rule, labels } = cause;
  return { rule, namespace: labels["namespace"] ?? "", workload: labels["workload"] ?? "" };
}

/** Pairs of cause and consequence, by fingerprint. */
function linksOf(alert: AlertState | undefined): readonly (readonly [string, string])[] {
  if (alert?.inhibited === undefined) return [];
  return alert.inhibited.sources.map((source) => [source, alert.fingerprint]);
}

function holdBy(inhibition: Inhibition, until: number | undefined): Hold {
  return { reason: "inhibition", by: inhibition.by, until, inhibition };
}

/** Whether a cause of the right labels is one for this very alert, as far as that has to name it. */
function concerns(
  { named }: InhibitRule,
  pair: { readonly source: AlertState; readonly alert: AlertState } & Pick<HoldQuestion, "factOf">,
): boolean {
  return !named || namesCause(pair.alert, pair.source, pair.factOf);
}

/** Whether the state of the node that a cause is about says otherwise. */
function isContradictedBy(cause: AlertState, factOf: HoldQuestion["factOf"]): boolean {
  const node = nodeOf(cause);
  return node !== undefined && isContradicted(cause, factOf?.(node));
}

/** When the first of these causes to end stops to hold alerts back, and when it ended. */
function firstEnd(causes: readonly AlertState[]): Pick<Inhibition, "until" | "endedAt"> {
  const until = Math.min(...causes.map((cause) => holdsUntil(cause) ?? Infinity));
  if (!Number.isFinite(until)) return { until: undefined };
  const first = causes.find((cause) => holdsUntil(cause) === until);
  return { until, endedAt: first?.endedAt ?? first?.resolvedAt };
}

/**
 * Whether an alert is sent after its cause has ended: when it happened again since, or when it is a transition, which
 * lasts until something ends it.
 */
function isNewsAfter(alert: AlertState, past: Inhibition, now: number): boolean {
  if (past.until === undefined || happenedAgain(alert, past)) return true;
  return alert.lifecycle === "transition" && now >= past.until;
}
