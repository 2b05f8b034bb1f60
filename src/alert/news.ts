import type { Occurrence } from "../event/index.ts";
import type { CompiledForward } from "../rule/index.ts";
import type { Suppression } from "./observer.ts";
import type { AlertState } from "./state.ts";

/** A conclusion of tracking about one alert, or about one occurrence that forwards want. Plain data. */
export type News = AlertNews | ForwardNews;

/** News of one alert. `alert` is its state in the book of alerts now, or its last one before it left the book. */
export type AlertNews =
  /** The alert fires. */
  | { readonly kind: "fired"; readonly alert: AlertState }
  /**
   * A resolved alert fires again, a held alert happened again after its cause had ended, a further Job of an alert has failed, or
   * the severity has changed.
   */
  | { readonly kind: "fires-again" | "heard-again" | "severity-changed"; readonly alert: AlertState }
  /** The state of its workload makes an alert more severe, so that it may go elsewhere. */
  | { readonly kind: "raised"; readonly alert: AlertState }
  /** An alert that state had ended, and whose end may not have been told yet, has begun anew. */
  | { readonly kind: "again"; readonly alert: AlertState }
  /** A firing alert is resolved. It stays in the book until dispatch lets it leave. */
  | { readonly kind: "ended"; readonly alert: AlertState }
  /** The time for which a point is kept is over. A point has no end to send. */
  | { readonly kind: "expired"; readonly alert: AlertState }
  /** A pending alert never fired, and has left the book. */
  | {
      readonly kind: "dismissed";
      readonly alert: AlertState;
      /** As it would be, had it fired before. */
      readonly ended: AlertState;
      readonly reason: Extract<Suppression, "threshold" | "cleared_before_notice">;
    }
  /** The occurrences of `from`, which has left the book, belong to `alert` now. */
  | { readonly kind: "moved"; readonly alert: AlertState; readonly from: AlertState };

/** Forwards want an occurrence. */
export interface ForwardNews {
  readonly kind: "forwarded";
  readonly occurrence: Occurrence;
  /** 1 or more. `delta`: the part of the occurrence that counts for the forward. */
  readonly wanted: readonly { readonly forward: CompiledForward; readonly delta: number }[];
}
