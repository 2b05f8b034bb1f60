import type { Occurrence } from "../event/index.ts";
import type { DeliveryOutcome } from "./changes.ts";
import type { StoredEntity } from "./entity.ts";
import type { EngineObserver } from "./observer.ts";
import type { Policy } from "./policy.ts";
import type { Silence } from "./silence.ts";
import type { SinkLoad } from "./sink-load.ts";
import type { AlertState, GroupState, RuleRow } from "./state.ts";

/** The owners of an object as far as they are known now: `object` is `Kind/namespace/name`. */
export interface LearnedOwner {
  readonly object: string;
  /** Nearest first, `Kind/name`; 1 or more. */
  readonly owners: readonly string[];
}

/** An object that was looked up; it may ask for silence. */
export interface Annotated {
  /** `Kind/namespace/name`, `Namespace//name`. */
  readonly object: string;
  readonly annotations: Readonly<Record<string, string>>;
}

/** Everything that can happen to the engine. */
export type EngineInput =
  | {
      readonly kind: "occurrences";
      readonly occurrences: readonly Occurrence[];
      readonly learned: readonly LearnedOwner[];
      /** What objects and namespaces say of silence, as far as they were looked up. */
      readonly annotated?: readonly Annotated[];
      /** Whether a list has more pages to come: messages wait, since counter-events may be among them. */
      readonly listing: boolean;
    }
  /** Objects, `Kind/namespace/name`, that are not there any more. */
  | { readonly kind: "gone"; readonly objects: readonly string[] }
  /** Something may be due. */
  | { readonly kind: "timers" }
  | { readonly kind: "outcomes"; readonly outcomes: readonly DeliveryOutcome[] }
  /** The stream of a namespace, or of all when none is named, is live; `listsToCome` while others are still to be. */
  | { readonly kind: "live"; readonly namespace?: string; readonly listsToCome?: boolean }
  /** From now on nothing is known of that stream: its silence says nothing. */
  | { readonly kind: "gap"; readonly namespace?: string }
  | { readonly kind: "policy"; readonly policy: Policy }
  /** Somebody made a silence, or changed the one of this id. */
  | { readonly kind: "silence"; readonly silence: Silence }
  /** Somebody ended one. */
  | { readonly kind: "unsilence"; readonly id: string };

/** What the engine starts from. */
export interface EngineState {
  readonly alerts: readonly AlertState[];
  /** Fingerprints of alerts that cannot be put together, because their event is missing. */
  readonly incomplete: readonly string[];
  readonly groups: readonly GroupState[];
  readonly rules: readonly RuleRow[];
  readonly loads: readonly SinkLoad[];
  readonly silences: readonly Silence[];
}

/** What the engine is made with. */
export interface EngineOptions {
  readonly policy: Policy;
  /** What a store has kept of it. */
  readonly stored: Iterable<StoredEntity>;
  readonly observer: EngineObserver;
  readonly newId: () => string;
  /** Epoch milliseconds. */
  readonly now: number;
  /** Alerts that are tracked one by one; 100,000 unless told. */
  readonly mostAlerts?: number | undefined;
}
