import { type ClusterEvent, isSameOrOlder } from "../../event/index.ts";
import { BoundedMap } from "../../lib/bounded-map.ts";
import { foreignGroup } from "../../lib/foreign-group.ts";
import { type CompiledRule, isCounter, type SameKey } from "../../rule/index.ts";
import type { AlertState, Member } from "../state.ts";
import { nodeOf, type Subject } from "./identity.ts";

/** Objects whose counter-events are remembered, so that an older Event that arrives later opens no alert. */
const MOST_REMEMBERED = 5000;

/** A counter-event, with owners and node of its object. */
export type CounterEvent = Subject & { readonly via: "watch" | "list" };

/** The source of an alert's counter-events: its rule, else the reason table as of the opening event. */
interface Counters {
  readonly rule: CompiledRule | undefined;
  readonly alert: Pick<AlertState, "counters" | "event">;
}

/**
 * The keys of the members that a counter-event clears.
 *
 * A counter-event counts only in the cluster and the namespace of the alert's events: a writer of Events in one namespace
 * must not end alerts of another. A watch delivers events in their order; for events of a list only their times show the
 * order.
 */
export function clearedBy(
  counters: Counters & { readonly members: readonly Member[] },
  counter: CounterEvent,
): ReadonlySet<string> {
  const cleared = new Set<string>();
  const { cluster, namespace } = counters.alert.event;
  if (counter.event.cluster !== cluster || counter.event.namespace !== namespace) return cleared;
  for (const same of matchingSames(counters, counter.event)) {
    if (same.includes("object") && isOfOtherApi(counters.alert.event, counter.event)) continue;
    for (const member of counters.members) {
      if (member.clearedAt !== undefined || !same.every((key) => isSame(key, member, counter))) continue;
      if (counter.via === "list" && !isLater(counter.event, member, counters.alert.event)) continue;
      cleared.add(member.key);
    }
  }
  return cleared;
}

/** Whether two events are about kinds of one name that belong to different APIs, as far as both say. */
function isOfOtherApi({ involvedObject: a }: ClusterEvent, { involvedObject: b }: ClusterEvent): boolean {
  if (a.kind !== b.kind || a.apiVersion === "" || b.apiVersion === "") return false;
  return foreignGroup(a.apiVersion) !== foreignGroup(b.apiVersion);
}

/**
 * Whether a counter-event of a list happened after the last occurrence of a member. Times of core/v1 are whole seconds;
 * within one second, the resource versions of the Events show which was written later.
 */
function isLater(counter: ClusterEvent, { lastSeenAt }: Member, newest: ClusterEvent): boolean {
  if (counter.lastSeenAt !== lastSeenAt) return counter.lastSeenAt > lastSeenAt;
  return isSameOrOlder(newest.resourceVersion, counter.resourceVersion);
}

/** The `same` lists of all descriptions of counter-events that match this event. */
function matchingSames({ rule, alert }: Counters, event: ClusterEvent): readonly (readonly SameKey[])[] {
  if (rule?.resolve.by !== undefined) {
    return rule.resolve.by.filter((matcher) => matcher.matches(event)).map((matcher) => matcher.same);
  }
  return (alert.counters ?? []).filter((spec) => isCounter(spec, event)).map((spec) => spec.same);
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
 * The newest counter-events of each object and reason. An Event about a problem may arrive after the counter-event that
 * ended it: a series is refreshed up to half an hour late, and a list is in the order of names.
 */
export class RecentCounters {
  readonly #byObject = new BoundedMap<string, readonly CounterEvent[]>(MOST_REMEMBERED);

  remember(counter: CounterEvent): void {
    const key = counter.object;
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
   * The remembered counter-events that are newer than this event. In a watch only those of the same writer count,
   * because two writers have two clocks; in a list all count, because only times show the order.
   */
  newerThan({ event, object }: Subject, via: "watch" | "list"): readonly CounterEvent[] {
    const known = this.#byObject.peek(object);
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
