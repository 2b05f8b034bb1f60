import type { Decision } from "../changes.ts";
import type { Trigger } from "../notification.ts";
import type { EngineObserver, Suppression } from "../observer.ts";
import type { AlertState } from "../state.ts";
import type { PatchedAlerts } from "./patched-alerts.ts";

/** Where and when an alert is accounted for. */
export interface Account {
  readonly groupKey: string;
  readonly sink: string;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** Where and when what becomes of one sink's turn is accounted for. */
export function accountOf(
  { now }: { readonly now: number },
  { group, sink }: { readonly group: { readonly key: string }; readonly sink: { readonly name: string } },
): Account {
  return { groupKey: group.key, sink: sink.name, now };
}

/** Says of every occurrence and sink exactly once what became of it: told of, or held back and why. */
export class DecisionLog {
  readonly #alerts: PatchedAlerts;
  readonly #observer: EngineObserver;
  #decisions: Decision[] = [];

  /** @param alerts Are patched with how many of their occurrences a decision speaks of. */
  constructor(alerts: PatchedAlerts, observer: EngineObserver) {
    this.#alerts = alerts;
    this.#observer = observer;
  }

  /** A sink is told of an alert. */
  recordTold(
    alert: AlertState,
    at: Account,
    why: { readonly trigger: Trigger; readonly deliveryId: string },
  ): void {
    this.#push(alert, at, {
      outcome: "notified",
      reason: why.trigger,
      occurrences: this.#account(alert, at.sink),
      deliveryId: why.deliveryId,
    });
  }

  /** A sink is not told of something, whether or not there were occurrences since it was told last. */
  recordSuppressed(alert: AlertState, at: Account, reason: Suppression): void {
    const occurrences = this.#account(alert, at.sink);
    this.#observer.suppressed(reason, occurrences);
    this.#push(alert, at, { outcome: "suppressed", reason, occurrences, deliveryId: "" });
  }

  /** As `recordSuppressed`, but only if there are occurrences that no decision speaks of. */
  recordHeldBack(alert: AlertState, at: Account, reason: Suppression): void {
    if (this.#unaccounted(alert, at.sink) > 0) this.recordSuppressed(alert, at, reason);
  }

  /** An alert that no sink is meant to hear of is gone. */
  recordUnsent(alert: AlertState, reason: Suppression, now: number): void {
    const { occurrences } = alert;
    this.#observer.suppressed(reason, occurrences);
    const nowhere = { groupKey: "", sink: "", now };
    this.#push(alert, nowhere, { outcome: "suppressed", reason, occurrences, deliveryId: "" });
  }

  /** Every decision since the last call. */
  drainDecisions(): readonly Decision[] {
    const decisions = this.#decisions;
    this.#decisions = [];
    return decisions;
  }

  #push(
    alert: AlertState,
    { groupKey, sink, now }: Account,
    decision: Pick<Decision, "outcome" | "reason" | "occurrences" | "deliveryId">,
  ): void {
    const { rule, fingerprint } = alert;
    const namespace = alert.labels["namespace"] ?? "";
    this.#decisions.push({ at: now, rule, fingerprint, groupKey, namespace, sink, ...decision });
  }

  #unaccounted({ fingerprint }: AlertState, sink: string): number {
    const alert = this.#alerts.get(fingerprint);
    return alert === undefined ? 0 : alert.occurrences - (alert.accounted[sink] ?? 0);
  }

  /** How many occurrences no decision for this sink spoke of; from now on one does. */
  #account(alert: AlertState, sink: string): number {
    const open = this.#unaccounted(alert, sink);
    const current = this.#alerts.get(alert.fingerprint);
    if (current !== undefined && open > 0) {
      const accounted = { ...current.accounted, [sink]: current.occurrences };
      this.#alerts.patch(alert.fingerprint, { accounted });
    }
    return open;
  }
}
