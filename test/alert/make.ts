import type { AlertState, GroupState, Member, SentState } from "../../src/alert/state.ts";
import { type Subject, subjectOf } from "../../src/alert/tracking/identity.ts";
import { openAlert } from "../../src/alert/tracking/opening.ts";
import { type ClusterEvent, normalise, type Occurrence, type RawEvent } from "../../src/event/index.ts";
import { type BedOptions, makePolicy, START } from "../support/engine-bed.ts";

/** A kubelet's BackOff of the Pod shop/web-1, container app, unless told otherwise. */
export function makeRaw(more: RawEvent = {}): RawEvent {
  const time = new Date(START).toISOString();
  return {
    metadata: { name: "web-1.x", namespace: "shop", uid: "u", resourceVersion: "7", creationTimestamp: time },
    involvedObject: { kind: "Pod", namespace: "shop", name: "web-1", fieldPath: "spec.containers{app}" },
    reason: "BackOff",
    message: "Back-off restarting failed container",
    type: "Warning",
    source: { component: "kubelet", host: "node-1" },
    firstTimestamp: time,
    lastTimestamp: time,
    count: 1,
    ...more,
  };
}

/** The same in its normalised form. */
export function makeEvent(more: RawEvent = {}): ClusterEvent {
  return normalise(makeRaw(more), "test");
}

/** An event as the watch shows it for the first time, unless told otherwise. */
export function makeOccurrence(event: ClusterEvent, more: Partial<Occurrence> = {}): Occurrence {
  return {
    event,
    delta: 1,
    since: event.firstSeenAt,
    estimated: false,
    epoch: 0,
    via: "watch",
    history: false,
    unseen: true,
    owners: [],
    node: "",
    receivedAt: START,
    ...more,
  };
}

/** The subject of an event, with owners (nearest first) and node as given. */
export function makeSubject(
  raw: RawEvent = {},
  known: { readonly owners?: readonly string[]; readonly node?: string } = {},
): Subject {
  const { owners = [], node = "" } = known;
  return subjectOf({ event: makeEvent(raw), owners, node });
}

/** A firing alert of the rule `it`, as the engine opens it, with what a test says of it. */
export function makeAlert(
  fingerprint: string,
  more: Partial<AlertState> = {},
  options: Partial<BedOptions> = {},
): AlertState {
  const policy = makePolicy({ rules: "rules: [{ name: it, match: { reason: BackOff } }]", ...options });
  const [rule] = policy.rules.rules;
  if (rule === undefined) throw new Error("a rule is needed");
  return {
    ...openAlert(rule, makeSubject(), { row: undefined, policy, now: START, onTextError: () => undefined }),
    fingerprint,
    phase: "firing",
    firstSeenAt: START,
    lastSeenAt: START,
    occurrences: 1,
    destinations: [{ groupKey: "g", sinks: ["ops"] }],
    ...more,
  };
}

/** A member of an alert: the Pod shop/<name>, container app. */
export function makeMember(name: string, more: Partial<Member> = {}): Member {
  return {
    key: `test/Pod/shop/${name}/app`,
    kind: "Pod",
    namespace: "shop",
    name,
    container: "app",
    node: "node-1",
    workload: `Pod/${name}`,
    occurrences: 1,
    firstSeenAt: START,
    lastSeenAt: START,
    message: `message of ${name}`,
    window: [],
    clearedAt: undefined,
    ...more,
  };
}

/** The sent state of the sink `ops` with these alerts, at their severity. */
export function makeTold(alerts: readonly AlertState[], more: Partial<SentState> = {}): SentState {
  return {
    sink: "ops",
    deliveryId: "d",
    firing: Object.fromEntries(alerts.map(({ fingerprint, severity }) => [fingerprint, { severity }])),
    accepted: true,
    lastAt: START,
    repeats: 0,
    repeatAt: START + 1000,
    ...more,
  };
}

/** The group `g` of the route `default`. */
export function makeGroup(more: Partial<GroupState> = {}): GroupState {
  return {
    key: "g",
    route: "default",
    labels: {},
    told: [],
    flushAt: undefined,
    moved: false,
    ...more,
  };
}
