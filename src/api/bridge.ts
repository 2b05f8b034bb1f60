import type {
  AlertCondition,
  AlertState,
  EngineInput,
  MessageToCome,
  NotifiedAlert,
  SeenState,
} from "../alert/index.ts";
import type { Configuration } from "../config/index.ts";
import type { Delivery } from "../delivery/index.ts";
import type { Feed } from "../feed/index.ts";
import type { Clock } from "../lib/clock.ts";
import type { Probes } from "../lib/probes.ts";
import type { Playground } from "../playground/index.ts";
import type { EventRing } from "../ring/index.ts";
import type { DeadLetterActions, Queries } from "../store/index.ts";
import type { AccessPolicy } from "./access/access-policy.ts";
import type { SessionDesk } from "./access/session-desk.ts";
import type { KeptReadings } from "./kept-readings.ts";

/** The state of one scope's stream. */
export interface StreamStatus {
  /** `core/` for all namespaces, `core/shop` for one. */
  readonly scope: string;
  readonly state: "cold" | "listing" | "watching" | "waiting";
  /** In words; "" while it watches. */
  readonly trouble: string;
  /** Epoch milliseconds; 0 before the first event. */
  readonly lastMessageAt: number;
  readonly resourceVersion: string;
}

/** The look-ups of the state of objects. */
export interface LookUpStatus {
  readonly kinds: readonly {
    /** As RBAC names it. */
    readonly resource: string;
    readonly state: "readable" | "paused" | "forbidden";
    /** Of a refusal. */
    readonly namespaces: readonly string[];
    /** Milliseconds until it is tried again. */
    readonly retryMs: number;
  }[];
  /** Requests that may start at once, of `burst`, and `perSecond` more. */
  readonly free: number;
  readonly burst: number;
  readonly perSecond: number;
  readonly waiting: number;
  /** Milliseconds. */
  readonly oldestMs: number;
}

/** The running service, for people who look into it. Only dead letters and silences can be changed through it. */
export interface Bridge {
  readonly version: string;
  readonly cluster: string;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  /** The configuration in use. */
  readonly configuration: () => Configuration;
  /** Makes, changes or ends a silence; it is durable when this resolves. */
  readonly silence: (change: EngineInput & { readonly kind: "silence" | "unsilence" }) => Promise<void>;
  readonly queries: Queries;
  readonly deadLetters: DeadLetterActions;
  /** Whether the store takes writes. */
  readonly isWritable: () => boolean;
  readonly delivery: Pick<Delivery, "status">;
  readonly streams: () => readonly StreamStatus[];
  /** The known state of the objects of an open alert; undefined where nothing is asked, and without an engine. */
  readonly seenState: (fingerprint: string) => SeenState | undefined;
  /** Whether an alert fires, or what holds it back; undefined without an engine. */
  readonly conditionOf: (alert: AlertState) => AlertCondition | undefined;
  /** The news of an alert that its sinks were not sent yet; empty without an engine. */
  readonly messagesToCome: (alert: AlertState) => readonly MessageToCome[];
  /** An alert as a message would tell it now; undefined without an engine. */
  readonly asTold: (alert: AlertState) => NotifiedAlert | undefined;
  /** Its title alone, which costs much less. */
  readonly titleOf: (alert: AlertState) => string | undefined;
  /** Looks whether some open alerts, in turn, are held back otherwise than before; the feed has those that are. */
  readonly reviewAlerts: () => void;
  /** The changes of this process. */
  readonly feed: Pick<Feed, "epoch" | "last" | "since" | "subscribe">;
  /** Undefined where no state is read, and without an engine. */
  readonly lookUps: () => LookUpStatus | undefined;
  /** The Events of the last hour; undefined while this process has no engine. */
  readonly ring: () => Pick<EventRing, "epoch" | "read" | "get" | "oldestAt"> | undefined;
  /** Tries rules on Events of the last hour. */
  readonly playground: Pick<Playground, "play">;
  /** The key of sessions, from the store. @throws {TocsinError} ERR_STORE. */
  readonly sessionKey: () => Promise<Uint8Array>;
  /** Removes secrets. */
  readonly scrub: (text: string) => string;
}

/** Collaborators of an operation. */
export interface ApiContext extends Bridge {
  readonly clock: Clock;
  readonly health: Probes;
  /** The rules of access of now. */
  readonly access: () => AccessPolicy;
  readonly desk: SessionDesk;
  readonly kept: KeptReadings;
}
