import type { Occurrence } from "../event/index.ts";
import type { CompiledForward } from "../rule/index.ts";
import type { Suppression } from "./observer.ts";
import type { AlertState } from "./state.ts";

/** What tracking concluded about one alert, or about one occurrence that forwards want. Plain data. */
export type News = AlertNews | ForwardNews;

/** `alert` is as the book of alerts has it now, or had it before the alert left the book. */
export type AlertNews =
  /** The alert fires. */
  | { readonly kind: "fired"; readonly alert: AlertState }
  /** A resolved alert fires again, an alert was heard of after its cause was over, or its severity is another one. */
  | { readonly kind: "fires-again" | "heard-again" | "severity-changed"; readonly alert: AlertState }
  /** A firing alert is resolved. It stays in the book until dispatch lets it leave. */
  | { readonly kind: "ended"; readonly alert: AlertState }
  /** An alert of lifecycle `point` has been remembered for long enough: it was never open, so that it has no end to tell. */
  | { readonly kind: "expired"; readonly alert: AlertState }
  /** A pending alert never fired, and has left the book. */
  | {
      readonly kind: "dismissed";
      readonly alert: AlertState;
      readonly reason: Extract<Suppression, "threshold" | "cleared_before_notice">;
    }
  /** The occurrences of `from`, which has left the book, belong to `alert` now. */
  | { readonly kind: "moved"; readonly alert: AlertState; readonly from: AlertState };

/** Forwards want an occurrence. */
export interface ForwardNews {
  readonly kind: "forwarded";
  readonly occurrence: Occurrence;
  /** 1 or more. `delta`: how much of the occurrence is the business of the forward. */
  readonly wanted: readonly { readonly forward: CompiledForward; readonly delta: number }[];
}
