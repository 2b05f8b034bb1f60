import type { Policy } from "../alert/index.ts";
import type { ClusterEvent, RawEvent } from "../event/index.ts";
import type { CompiledRule, RuleSet } from "../rule/index.ts";
import type { RecordedEvent } from "./recorded.ts";
import { Simulation, type SimulatedMessage } from "./simulation.ts";
import { withoutHolds } from "./without-holds.ts";

/** Time after the last event, and the `for` of the rule, in which a message may come: longer than the waits of a group. */
const AFTERWARDS_MS = 6 * 3_600_000;

/** A sample goes on for as long as its rule waits. */
const AGAIN_MS = 5 * 60_000;

/** A rule and its input. */
export interface RenderInput {
  readonly rule: CompiledRule;
  readonly policy: Policy;
  /** In the order of arrival; undefined: a sample of the match. */
  readonly events: readonly RecordedEvent[] | undefined;
  readonly learnsOwners: boolean;
}

/** The messages of a rule. */
export interface Rendered {
  /** The first to each sink, in the order of the configuration. */
  readonly messages: readonly SimulatedMessage[];
  /** Occurrences that led to no message, by reason. */
  readonly suppressed: ReadonlyMap<string, number>;
  readonly faults: ReadonlySet<string>;
}

/**
 * Makes the first message of a rule to each of its sinks: of given events, or of a sample that counts as a match. Hours,
 * silences and causes hold nothing back, since the text is what people want to see.
 */
export async function renderRule({ rule, events, learnsOwners, ...input }: RenderInput): Promise<Rendered> {
  const policy = withoutHolds(input.policy);
  const story = events ?? sampleStory(rule, policy.rules);
  const startAt = story[0]?.at ?? 0;
  const simulation = new Simulation({
    policy: events === undefined ? { ...policy, rules: matchingAlways(rule, policy.rules) } : policy,
    startAt,
    learnsOwners,
  });
  if (events === undefined) for (const { raw } of story) ownPod(simulation, raw);
  for (const { raw, at } of story) await simulation.observe(raw, at);
  simulation.until(simulation.now + rule.forMs + AFTERWARDS_MS);
  const first = new Map<string, SimulatedMessage>();
  for (const message of simulation.messages) {
    const { sink, kind, alerts } = message.notification;
    const isOfRule = kind === "firing" && alerts.some((alert) => alert.rule === rule.name);
    if (isOfRule && !first.has(sink)) first.set(sink, message);
  }
  return {
    messages: [...policy.sinks.keys()].flatMap((sink) => first.get(sink) ?? []),
    suppressed: simulation.suppressed,
    faults: simulation.faults,
  };
}

/** The rule alone, matching everything: a pattern says which texts match, not how such a text reads. */
function matchingAlways(whole: CompiledRule, rules: RuleSet): RuleSet {
  const rule: CompiledRule = { ...whole, state: undefined, absent: undefined };
  return {
    rules: [rule],
    byName: new Map([[rule.name, rule]]),
    couldMatch: () => true,
    couldResolve: () => false,
    reachesFurther: false,
    readers: [],
    looksUp: { objects: false, namespaces: false },
    readsState: false,
    labelNames: rules.labelNames,
    match: () => [rule],
    droppedBy: () => undefined,
    reasonRow: (event) => rules.reasonRow(event),
    sampleOf: (sampled) => rules.sampleOf(sampled),
    endsOf: (sampled) => rules.endsOf(sampled),
    couldCounter: () => false,
  };
}

/** As many objects, each as often and for as long, as the rule wants. The Event of a transition comes once. */
function sampleStory(rule: CompiledRule, rules: RuleSet): readonly RecordedEvent[] {
  const { threshold, forMs } = rule;
  const event = rules.sampleOf(rule);
  const lifecycle = rule.lifecycle ?? rules.reasonRow(event)?.lifecycle;
  const story: RecordedEvent[] = [];
  const times = lifecycle === "transition" ? 1 : 1 + Math.ceil(forMs / AGAIN_MS);
  for (let time = 0; time < times; time++) {
    for (let number = 1; number <= Math.max(1, threshold.distinct); number++) {
      const count = Math.max(event.count, threshold.count) + time;
      story.push(stateOf(event, { number, time, count }));
    }
  }
  return story;
}

function ownPod(simulation: Simulation, { involvedObject }: RawEvent): void {
  if (involvedObject?.kind !== "Pod") return;
  const { namespace, name } = involvedObject;
  const object = { kind: "Pod", namespace: String(namespace), name: String(name) };
  simulation.own(object, "Deployment/web");
}

interface Turn {
  /** Of the object, from 1. */
  readonly number: number;
  /** Earlier states of the object. */
  readonly time: number;
  readonly count: number;
}

function stateOf(event: ClusterEvent, { number, time, count }: Turn): RecordedEvent {
  const { source, involvedObject, type, reason, message, action } = event;
  const { kind, apiVersion, namespace, name, uid, fieldPath } = involvedObject;
  const suffix = number === 1 ? "" : `-${number}`;
  const at = event.lastSeenAt + time * AGAIN_MS;
  const raw: RawEvent = {
    metadata: {
      name: `${event.name}${suffix}`,
      namespace: event.namespace,
      uid: `${event.uid}${suffix}`,
      resourceVersion: String(1 + time),
      creationTimestamp: toTime(event.createdAt),
    },
    involvedObject: {
      kind,
      apiVersion,
      namespace,
      name: `${name}${suffix}`,
      uid: `${uid}${suffix}`,
      fieldPath,
    },
    type,
    reason,
    message,
    action,
    source,
    reportingComponent: source.component,
    count,
    firstTimestamp: toTime(event.firstSeenAt),
    lastTimestamp: toTime(at),
  };
  return { raw, at };
}

function toTime(at: number): string {
  return new Date(at).toISOString();
}
