import type { Occurrence } from "../event/index.ts";
import type { AbsenceState } from "./absence.ts";
import type { DeliveryOutcome } from "./changes.ts";
import type { Fact } from "./inquiry.ts";
import type { EngineObserver } from "./observer.ts";
import type { ComingsState, PastEndsState } from "./past.ts";
import type { Policy } from "./policy.ts";
import type { Silence } from "./silence.ts";
import type { SinkLoad } from "./sink-load.ts";
import type { AlertState, GroupState, RuleRow } from "./state.ts";

/** The known owners of an object. `object` is its key (`ObjectKey`). */
export interface LearnedOwner {
  readonly object: string;
  /** Nearest first, `Kind/name`; 1 or more. */
  readonly owners: readonly string[];
}

/** A looked-up object whose annotations may ask for a silence. */
export interface Annotated {
  /** The key of the object or of the namespace. */
  readonly object: string;
  readonly annotations: Readonly<Record<string, string>>;
}

/** The events of one namespace of a cluster, or of all its namespaces when that is "". */
export interface StreamKey {
  readonly cluster: string;
  readonly namespace: string;
}

/** One input of the engine. */
export type EngineInput =
  | {
      readonly kind: "occurrences";
      readonly occurrences: readonly Occurrence[];
      readonly learned: readonly LearnedOwner[];
      /** Looked-up objects and namespaces, for their annotation of a silence. */
      readonly annotated?: readonly Annotated[];
      /**
       * The cluster whose list has more pages; undefined when none has. Its messages wait then, because a later page may
       * have a counter-event.
       */
      readonly listing?: string | undefined;
    }
  /** Keys of objects that were deleted. */
  | { readonly kind: "gone"; readonly objects: readonly string[] }
  /** Answers to inquiries, each once; late ones still count. */
  | { readonly kind: "facts"; readonly facts: readonly Fact[] }
  /** Timers may be due. */
  | { readonly kind: "timers" }
  | { readonly kind: "outcomes"; readonly outcomes: readonly DeliveryOutcome[] }
  /** A stream is live; `listsToCome`: other streams of its cluster still read their lists. */
  | (StreamKey & { readonly kind: "live"; readonly listsToCome?: boolean })
  /** A stream is interrupted: from now on its quiet proves nothing. */
  | (StreamKey & { readonly kind: "gap" })
  | { readonly kind: "policy"; readonly policy: Policy }
  /** A person made a silence, or changed the one with this id. */
  | { readonly kind: "silence"; readonly silence: Silence }
  /** A person ended a silence. */
  | { readonly kind: "unsilence"; readonly id: string };

/** The state that the engine goes on from, or a part of it. */
export interface EngineState {
  readonly alerts: readonly AlertState[];
  /** Fingerprints of alerts that are lost, because the row of their event is missing. */
  readonly incomplete: readonly string[];
  readonly groups: readonly GroupState[];
  readonly rules: readonly RuleRow[];
  readonly loads: readonly SinkLoad[];
  readonly silences: readonly Silence[];
  readonly absences: readonly AbsenceState[];
  readonly pastEnds: readonly PastEndsState[];
  readonly comings: readonly ComingsState[];
}

/** The collaborators of an engine. */
export interface EngineOptions {
  readonly policy: Policy;
  readonly observer: EngineObserver;
  readonly newId: () => string;
  /** Epoch milliseconds. */
  readonly now: number;
  /** Whether somebody answers inquiries; without it none are made. */
  readonly asks?: boolean | undefined;
  /** Alerts that are tracked one by one; 100,000 by default. */
  readonly mostAlerts?: number | undefined;
}
