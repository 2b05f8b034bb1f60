import type { Decision } from "../changes.ts";
import type { HeldByCause } from "../hold.ts";
import type { Trigger } from "../notification.ts";
import type { EngineObserver, Suppression } from "../observer.ts";
import type { AlertState } from "../state.ts";
import type { PatchedAlerts } from "./patched-alerts.ts";

/** The place and time of a decision. */
export interface Account {
  readonly groupKey: string;
  readonly sink: string;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** The place and time of the decisions that one sink's turn makes. */
export function accountOf(
  { now }: { readonly now: number },
  { group, sink }: { readonly group: { readonly key: string }; readonly sink: { readonly name: string } },
): Account {
  return { groupKey: group.key, sink: sink.name, now };
}

/** Records for every occurrence and sink exactly one decision: sent, or held back for a reason. */
export class DecisionLog {
  readonly #alerts: PatchedAlerts;
  readonly #observer: EngineObserver;
  #decisions: Decision[] = [];

  /** @param alerts The log patches them with the number of occurrences that decisions cover. */
  constructor(alerts: PatchedAlerts, observer: EngineObserver) {
    this.#alerts = alerts;
    this.#observer = observer;
  }

  /** Records that a message to a sink has an alert in it. */
  recordTold(
    alert: AlertState,
    at: Account,
    {
      trigger,
      ...message
    }: { readonly trigger: Trigger } & Pick<Decision, "deliveryId" | "waits" | "checked">,
  ): void {
    this.#push(alert, at, {
      outcome: "notified",
      reason: trigger,
      occurrences: this.#account(alert, at.sink),
      ...message,
    });
  }

  /** Records that a message to a sink has lines of logs about an alert in it. */
  recordLogs(alert: AlertState, at: Account, deliveryId: string): void {
    this.#push(alert, at, { outcome: "notified", reason: "logs", occurrences: 0, deliveryId });
  }

  /** Records that a sink gets no message about an alert, also when the alert has no new occurrences. */
  recordSuppressed(alert: AlertState, at: Account, reason: Suppression, cause?: HeldByCause): void {
    const occurrences = this.#account(alert, at.sink);
    this.#observer.suppressed(reason, occurrences);
    const why = cause === undefined ? { reason } : { reason, cause };
    this.#push(alert, at, { outcome: "suppressed", ...why, occurrences, deliveryId: "" });
  }

  /** As `recordSuppressed`, but only if some occurrences have no decision yet. */
  recordHeldBack(alert: AlertState, at: Account, reason: Suppression, cause?: HeldByCause): void {
    if (this.#unaccounted(alert, at.sink) > 0) this.recordSuppressed(alert, at, reason, cause);
  }

  /** Records the end of an alert that is routed to no sink. */
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
    decision: Omit<Decision, "at" | "rule" | "fingerprint" | "groupKey" | "namespace" | "sink">,
  ): void {
    const { rule, fingerprint } = alert;
    const namespace = alert.labels["namespace"] ?? "";
    this.#decisions.push({ at: now, rule, fingerprint, groupKey, namespace, sink, ...decision });
  }

  #unaccounted({ fingerprint }: AlertState, sink: string): number {
    const alert = this.#alerts.get(fingerprint);
    return alert === undefined ? 0 : alert.occurrences - (alert.accounted[sink] ?? 0);
  }

  /** Counts the occurrences that have no decision for this sink yet, and marks them as decided. */
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
