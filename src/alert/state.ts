import type { ClusterEvent } from "../event/index.ts";
import type { Severity } from "../lib/severity.ts";
import type { Proof } from "../object/index.ts";
import type { CounterSpec, Lifecycle } from "../rule/index.ts";
import type { HoldReason, Inhibition } from "./hold.ts";
import type { ResolvedBy } from "./notification.ts";
import type { DigestCause } from "./sink-load.ts";

/** One object, and container, of an alert. */
export interface Member {
  /** `cluster/Kind/namespace/name/container`, as `joinKey` writes it. */
  readonly key: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly container: string;
  readonly node: string;
  /** The object's topmost known owner, `Kind/name`. */
  readonly workload: string;
  readonly occurrences: number;
  /** Epoch milliseconds, by the writers' clocks. */
  readonly firstSeenAt: number;
  readonly lastSeenAt: number;
  readonly message: string;
  /** Occurrence times inside the threshold window, while pending: [epoch ms, how many]; at most 12 buckets. */
  readonly window: readonly (readonly [number, number])[];
  /** When a counter-event cleared it, by the writer's clock; undefined while it has the problem. */
  readonly clearedAt: number | undefined;
  /**
   * The uid of the object by its newest Event; missing where Events carry none, or the name in its place, and in state of
   * older versions.
   */
  readonly uid?: string | undefined;
  /** Whether a look-up found the object; with a uid: the one of that uid. */
  readonly isFound?: true | undefined;
  /** The longest run of the container that a look-up saw, milliseconds; for proof `stable`. */
  readonly longestRunMs?: number | undefined;
}

/** The state of its objects says that an alert is over; it ends if that lasts. Epoch milliseconds. */
export interface Wellness {
  readonly by: ResolvedBy;
  /** When it ended; undefined where only the look says so. */
  readonly since: number | undefined;
  /** When it was over at the latest: `since`, or the first look that found it so. */
  readonly overAt: number;
  /** Occurrences up to this time tell of the time before the end. */
  readonly tailUntil: number;
  /** How long it has to last, from `overAt`; milliseconds. */
  readonly holdMs: number;
}

/** A problem that came and went before anybody was told, within an hour. */
export interface Comings {
  readonly times: number;
  /** When it came first, epoch milliseconds. */
  readonly since: number;
  readonly longestMs: number;
}

/** An earlier end of the same alert. Epoch milliseconds. */
export interface PastEnd {
  /** When the engine learnt of it. */
  readonly at: number;
  /** When it ended, as far as known. */
  readonly endedAt: number;
  /** The proof of the end; undefined for other ends. */
  readonly proof: Proof | undefined;
  /** How long it was well before it began anew, milliseconds; for proof `stable`. */
  readonly ranMs: number;
}

/**
 * The state of an alert, plain data. Phases:
 * `pending` (threshold or `for` not met) → `firing` → `resolved` (kept until every sink that was sent it was sent its
 * end; an occurrence before that makes it `firing` again) → forgotten; or `pending` → forgotten.
 */
export interface AlertState {
  readonly fingerprint: string;
  readonly rule: string;
  readonly phase: "pending" | "firing" | "resolved";
  readonly severity: Severity;
  readonly lifecycle: Lifecycle;
  readonly labels: Readonly<Record<string, string>>;
  readonly runbook: string | null;
  readonly dashboard: string | null;
  /** Epoch milliseconds by our clock, as all times here except `firstSeenAt`, `lastSeenAt`. */
  readonly openedAt: number;
  /** When the threshold was met. */
  readonly metAt: number | undefined;
  readonly firedAt: number | undefined;
  readonly resolvedAt: number | undefined;
  readonly resolvedBy: ResolvedBy | undefined;
  /**
   * When it ended, by the event, condition, container or deletion that shows it; not after `resolvedAt`, at which the
   * engine learnt of it. Missing where nothing shows it, and in state of older versions.
   */
  readonly endedAt?: number | undefined;
  /** Writers' clocks: the first and last occurrence. */
  readonly firstSeenAt: number;
  readonly lastSeenAt: number;
  /** When the newest occurrence of its own arrived; `maxAgeMs` counts from here. */
  readonly occurredAt: number;
  /** When the quiet timer was last refreshed: by an own occurrence or any event of the same source and object. */
  readonly activeAt: number;
  /** Undefined: quiet alone never ends it. */
  readonly quietMs: number | undefined;
  readonly maxAgeMs: number;
  /** Whether the newest event is an open series, which is published rarely. */
  readonly series: boolean;
  readonly occurrences: number;
  readonly estimated: boolean;
  /** Counter-events from the reason table as of the opening event; undefined: the rule's own. */
  readonly counters: readonly CounterSpec[] | undefined;
  /** The object state that proves its end, by its rule, else by the reason table as of the opening event. */
  readonly proof?: Proof | undefined;
  /** Whether the state of its objects says that it is over, while that has to last. */
  readonly well?: Wellness | undefined;
  /** When an end by quiet or age was due and the state of its objects said that it goes on; quiet counts from here. */
  readonly confirmedAt?: number | undefined;
  /** Its ends of the last two hours before it opened, oldest first; missing when there is none. */
  readonly ends?: readonly PastEnd[] | undefined;
  /**
   * When it began anew after an end that its state, a counter-event or its deletion proved, at most two hours later;
   * epoch milliseconds.
   */
  readonly againAt?: number | undefined;
  /** How often its problem came and went untold, when it did so often that this is told although it is over. */
  readonly comings?: Comings | undefined;
  /** Of an absence: how much of the time without an occurrence nobody watched, milliseconds; missing for nearly none. */
  readonly unwatchedMs?: number | undefined;
  readonly members: readonly Member[];
  /** Short hashes of the keys of members beyond the list; at most 2,000. */
  readonly membersOmitted: readonly string[];
  /** Window of the members beyond the list. */
  readonly windowOmitted: readonly (readonly [number, number])[];
  /** `cluster/Kind/namespace/name/component`, at most 100: any event with one of these keeps the alert awake. */
  readonly sources: readonly string[];
  /** Newest event, for texts. */
  readonly event: ClusterEvent;
  /** Identity values, in the order of the rule. */
  readonly identity: readonly string[];
  readonly ruleVersion: string;
  /** Keyed by sink: number of occurrences that decisions for this sink cover. */
  readonly accounted: Readonly<Record<string, number>>;
  /** The causes that hold it back, or held it back until it is sent again; missing in state of older versions. */
  readonly inhibited?: Inhibition | undefined;
  /** Whether it is the overflow of its rule: it counts everything beyond the alerts that are tracked one by one. */
  readonly overflow?: boolean | undefined;
  /** Whether it has ended and stays for a while only as the cause of late alerts, without members and groups. */
  readonly isTombstone: boolean;
  readonly destinations: readonly Destination[];
  /** The last messages to sinks that have it in no sent state any more, each sink once; missing for none. */
  readonly heard?: readonly Heard[] | undefined;
  /** Whether a sink was sent that it fires, and not yet its end. */
  readonly isTold: boolean;
  /**
   * Epoch milliseconds: its groups are flushed for the first time then at the latest. Undefined after that, and while a
   * hold keeps their news back.
   */
  readonly firstLookAt: number | undefined;
}

/** The last message to a sink that named an alert. */
export interface Heard {
  readonly sink: string;
  /** Of the group that the message was about. */
  readonly groupKey: string;
  readonly deliveryId: string;
  /** Whether the receiver has accepted a message about the alert. */
  readonly accepted: boolean;
}

/** A group of an alert, with the sinks that the alert goes to there. */
export interface Destination {
  /** `route/hash`, with the name of the route and not its matchers, so that an edited route keeps its threads. */
  readonly groupKey: string;
  readonly sinks: readonly string[];
}

/** One alert in a sent state. */
export interface SentAlert {
  readonly severity: Severity;
  /** Whether the receiver has accepted a message about it; missing while the message waits in the outbox. */
  readonly accepted?: true;
  /**
   * Whether a message has named it as ended, while the group goes on for others, and whether the receiver has accepted
   * that message; missing while it fires, or its end was not told.
   */
  readonly over?: "sent" | "accepted";
  /** Of a failed Job: number of its objects in that message; more of them are a further failure. */
  readonly objects?: number;
}

/** The last message about a group that went into the outbox for one sink. */
export interface SentState {
  readonly sink: string;
  /** The id of that message. */
  readonly deliveryId: string;
  /** Keyed by fingerprint: the alerts that were firing in that message. */
  readonly firing: Readonly<Record<string, SentAlert>>;
  /** Whether the receiver has accepted a message since the group began to fire. */
  readonly accepted: boolean;
  /** Whether only a digest had the group in it: then its end is not sent, and its next news is a first message. */
  readonly inDigest?: boolean | undefined;
  /** Epoch milliseconds. */
  readonly lastAt: number;
  /** Repeats since the set of alerts last grew: each doubles the repeat interval. */
  readonly repeats: number;
  readonly repeatAt: number;
}

/**
 * A group: alerts of one route that share their messages. The alerts keep which groups they are in. A group is
 * forgotten when it has no alert, no sent state and no past.
 */
export interface GroupState {
  readonly key: string;
  readonly route: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly told: readonly SentState[];
  /** Epoch milliseconds: the next flush because of news; undefined without news. */
  readonly flushAt: number | undefined;
  /** Whether a reload moved alerts to other groups; then the end that is sent says so. */
  readonly moved: boolean;
  /** The hold that kept its news back in the last flush; missing in state of older versions. */
  readonly held?: HoldReason | undefined;
  /** Epoch milliseconds: its last ends, at most two, of the last two hours; missing when it never ended. */
  readonly ends?: readonly number[] | undefined;
  /** Keyed by sink: the reason why its news waits for the digest of that sink; missing when none waits. */
  readonly waiting?: Readonly<Record<string, DigestCause>> | undefined;
  /**
   * Keyed by sink: when its news is told, together with that of other groups of its rule, epoch milliseconds; missing
   * when none waits for others.
   */
  readonly joins?: Readonly<Record<string, number>> | undefined;
  /** Whether it fires and ends over and over, and its message said so. */
  readonly flapping?: boolean | undefined;
}

/**
 * The owner and the node of an object, learnt from Events or looked up. The store merges it into its row: a known owner
 * stays, a newer node replaces the old one.
 */
export interface OwnerRow {
  /** The key of the object, as `ObjectKey` writes it. */
  readonly object: string;
  /** The immediate owner, `Kind/name` (`ObjectKey.formatName`) in the same namespace; "" when this row does not say. */
  readonly owner: string;
  /** Node of a Pod, "" when this row does not say. */
  readonly node: string;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

/** Since when a rule, or a forward named `forward:<name>`, has its present form. Earlier Events do not count for it. */
export interface RuleRow {
  readonly name: string;
  readonly version: string;
  /** Epoch milliseconds; 0 when it existed at the first start. */
  readonly since: number;
}
