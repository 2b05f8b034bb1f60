import { type ClusterEvent, isSameOrOlder, objectKey } from "../../event/index.ts";
import { BoundedMap } from "../../lib/bounded-map.ts";
import type { CompiledRule, CounterSpec, SameKey } from "../../rule/index.ts";
import type { AlertState, Member } from "../state.ts";
import { nodeOf, type Subject } from "./identity.ts";

/** Counter-events that are remembered, so that an older state that arrives later opens nothing. */
const MOST_REMEMBERED = 5000;

/** A counter-event with what is known of its object. */
export type CounterEvent = Subject & { readonly via: "watch" | "list" };

/** The rule's own counter-events, or those of the reason table as of the opening event. */
interface Counters {
  readonly rule: CompiledRule | undefined;
  readonly alert: Pick<AlertState, "counters" | "event">;
}

/**
 * The keys of the members that a counter-event clears.
 *
 * It counts only from the namespace the alert's events came from: whoever may write Events in one namespace must not
 * speak for another. In a watch the order of arrival is the order of things; in a list only times can tell.
 */
export function clearedBy(
  counters: Counters & { readonly members: readonly Member[] },
  counter: CounterEvent,
): ReadonlySet<string> {
  const cleared = new Set<string>();
  if (counter.event.namespace !== counters.alert.event.namespace) return cleared;
  for (const same of matchingSames(counters, counter.event)) {
    for (const member of counters.members) {
      if (member.clearedAt !== undefined || !same.every((key) => isSame(key, member, counter))) continue;
      if (counter.via === "list" && !isLater(counter.event, member, counters.alert.event)) continue;
      cleared.add(member.key);
    }
  }
  return cleared;
}

/**
 * Whether a counter-event of a list happened after what is known of a member. Times of core/v1 are whole seconds; within
 * one, the versions of the Events tell which was written later.
 */
function isLater(counter: ClusterEvent, { lastSeenAt }: Member, newest: ClusterEvent): boolean {
  if (counter.lastSeenAt !== lastSeenAt) return counter.lastSeenAt > lastSeenAt;
  return isSameOrOlder(newest.resourceVersion, counter.resourceVersion);
}

/** The `same` lists of every counter-event description that this event fits. */
function matchingSames({ rule, alert }: Counters, event: ClusterEvent): readonly (readonly SameKey[])[] {
  if (rule?.resolve.by !== undefined) {
    return rule.resolve.by.filter((matcher) => matcher.matches(event)).map((matcher) => matcher.same);
  }
  return (alert.counters ?? []).filter((spec) => fits(spec, event)).map((spec) => spec.same);
}

function fits(spec: CounterSpec, event: ClusterEvent): boolean {
  return (
    spec.reason === event.reason &&
    (spec.component === "" || spec.component === event.source.component) &&
    (spec.kind === "" || spec.kind === event.involvedObject.kind) &&
    (spec.contains === "" || event.message.includes(spec.contains))
  );
}

function isSame(key: SameKey, member: Member, counter: CounterEvent): boolean {
  const { kind, name, container } = counter.event.involvedObject;
  switch (key) {
    case "object":
      return member.kind === kind && member.name === name && member.namespace === counter.namespace;
    case "container":
      return member.container === container;
    case "node": {
      const node = nodeOf(counter.event, counter.node);
      return node !== "" && member.node === node;
    }
    case "namespace":
      return member.namespace === counter.namespace;
    case "workload":
      return counter.chain.includes(member.workload) && member.namespace === counter.namespace;
  }
}

/**
 * The newest counter-events per object and reason. A series is refreshed up to half an hour late, and a list comes in
 * the order of names: then a problem's state may arrive after the event that ended it.
 */
export class RecentCounters {
  readonly #byObject = new BoundedMap<string, readonly CounterEvent[]>(MOST_REMEMBERED);

  remember(counter: CounterEvent): void {
    const key = objectKey(counter.event);
    const known = this.#byObject.get(key) ?? [];
    const same = known.find(
      ({ event }) =>
        event.reason === counter.event.reason &&
        event.involvedObject.container === counter.event.involvedObject.container,
    );
    if (same !== undefined && same.event.lastSeenAt > counter.event.lastSeenAt) return;
    this.#byObject.set(key, [...known.filter((other) => other !== same), counter].slice(-4));
  }

  /**
   * The remembered counter-events that are newer than this event by a clock that can be trusted to say so: the same
   * writer's, or in a list any writer's, since there is nothing else to go by.
   */
  newerThan(event: ClusterEvent, via: "watch" | "list"): readonly CounterEvent[] {
    const known = this.#byObject.peek(objectKey(event));
    if (known === undefined) return [];
    return known.filter(
      (counter) =>
        counter.event.lastSeenAt > event.lastSeenAt &&
        (via === "list" ||
          (counter.event.source.component === event.source.component &&
            counter.event.source.host === event.source.host)),
    );
  }
}
