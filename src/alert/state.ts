import type { ClusterEvent } from "../event/index.ts";
import type { Severity } from "../lib/severity.ts";
import type { CounterSpec, Lifecycle } from "../rule/index.ts";
import type { HoldReason, Inhibition } from "./hold.ts";
import type { ResolvedBy } from "./notification.ts";
import type { DigestCause } from "./sink-load.ts";

/** One object (and container) with news in an alert. */
export interface Member {
  /** `Kind/namespace/name/container`. */
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
  /** A counter-event cleared it; undefined while it counts. Writers' clock. */
  readonly clearedAt: number | undefined;
}

/**
 * What a rule opened, plain data. Phases:
 * `pending` (threshold or `for` not met) → `firing` → `resolved` (kept until every sink that was told of it was told
 * of its end; an occurrence before that makes it `firing` again) → forgotten; or `pending` → forgotten.
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
  /** Writers' clocks: the first and last occurrence. */
  readonly firstSeenAt: number;
  readonly lastSeenAt: number;
  /** When the newest occurrence of its own arrived; `maxAgeMs` counts from here. */
  readonly occurredAt: number;
  /** When the quiet timer was last refreshed: by an own occurrence or any event of the same source and object. */
  readonly activeAt: number;
  /** Undefined: mere quiet never ends it. */
  readonly quietMs: number | undefined;
  readonly maxAgeMs: number;
  /** Whether the newest event is an open series, which is published rarely. */
  readonly series: boolean;
  readonly occurrences: number;
  readonly estimated: boolean;
  /** Counter-events from the reason table as of the opening event; undefined: the rule's own. */
  readonly counters: readonly CounterSpec[] | undefined;
  readonly members: readonly Member[];
  /** Short hashes of the keys of members that were not kept; at most 2,000. */
  readonly membersOmitted: readonly string[];
  /** Window of the members that were not kept. */
  readonly windowOmitted: readonly (readonly [number, number])[];
  /** `component|Kind/namespace/name`, at most 100: any event with one of these keeps the alert awake. */
  readonly sources: readonly string[];
  /** Newest event, for texts. */
  readonly event: ClusterEvent;
  /** Identity values, in the order of the rule. */
  readonly identity: readonly string[];
  readonly ruleVersion: string;
  /** Keyed by sink: how many occurrences a decision says of what became of them there. */
  readonly accounted: Readonly<Record<string, number>>;
  /** What holds it back, or did until it is told of again; missing in state of older versions. */
  readonly inhibited?: Inhibition | undefined;
  /** It gathers what its rule matches beyond the alerts that are tracked one by one. */
  readonly overflow?: boolean | undefined;
  /** It is over and told, and kept for a while only as the cause of what comes late: nothing belongs to it any more. */
  readonly isTombstone: boolean;
  readonly destinations: readonly Destination[];
  /** Whether any sink was told that it fires, and not yet of its end. */
  readonly isTold: boolean;
  /**
   * Epoch milliseconds: the first message about it is made then at the latest. Undefined once its groups were looked at,
   * or while something holds their news back.
   */
  readonly firstLookAt: number | undefined;
}

/** A group that an alert is in, and the sinks it goes to there. */
export interface Destination {
  /** `route/hash`: names, not matcher texts, so that editing a route keeps its threads. */
  readonly groupKey: string;
  readonly sinks: readonly string[];
}

/** One alert in what a sink was sent. */
export interface SentAlert {
  readonly severity: Severity;
  /** The receiver has accepted a message about it; missing while such a message only waits in the outbox. */
  readonly accepted?: true;
}

/** What one sink was told about a group, in the last message put into the outbox. */
export interface SentState {
  readonly sink: string;
  /** Of that message. */
  readonly deliveryId: string;
  /** Keyed by fingerprint: the alerts that were firing in it. */
  readonly firing: Readonly<Record<string, SentAlert>>;
  /** Whether the receiver accepted a message in this life of the group. */
  readonly accepted: boolean;
  /** It was told in a digest only: its end is told to nobody, and its next news is a first message. */
  readonly inDigest?: boolean | undefined;
  /** Epoch milliseconds. */
  readonly lastAt: number;
  /** Repeats since the set of alerts last grew: each doubles the repeat interval. */
  readonly repeats: number;
  readonly repeatAt: number;
}

/** Alerts of one route that are notified together; which ones they are is kept with the alerts. Forgotten when it has no alert, no sink to tell, and no past. */
export interface GroupState {
  readonly key: string;
  readonly route: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly told: readonly SentState[];
  /** Epoch milliseconds: when the group is looked at next because something changed; undefined when nothing did. */
  readonly flushAt: number | undefined;
  /** A reload sent alerts of it elsewhere; the end that is told then says so. */
  readonly moved: boolean;
  /** What kept news of it back when it was last looked at; missing in state of older versions. */
  readonly held?: HoldReason | undefined;
  /** Epoch milliseconds: when it was last over, at most twice, and for two hours only; missing when it never was. */
  readonly ends?: readonly number[] | undefined;
  /** Keyed by sink: whose digest news of it waits for, and why; missing when none does. */
  readonly waiting?: Readonly<Record<string, DigestCause>> | undefined;
  /** It fires and ends over and over, and was told so. */
  readonly flapping?: boolean | undefined;
}

/**
 * Who owns an object and where it runs, learnt from Events or looked up. Merged into what is stored: an owner that is
 * known stays, a node is replaced by a newer one.
 */
export interface OwnerRow {
  /** `Kind/namespace/name`. */
  readonly object: string;
  /** The immediate owner, `Kind/name` in the same namespace; "" when this row does not say. */
  readonly owner: string;
  /** Node of a Pod, "" when this row does not say. */
  readonly node: string;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

/** Since when a rule (or a forward, named `forward:<name>`) has been as it is: what came before is not its business. */
export interface RuleRow {
  readonly name: string;
  readonly version: string;
  /** Epoch milliseconds; 0 when it was there at the first start. */
  readonly since: number;
}
