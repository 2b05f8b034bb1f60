import type { AlertState, Engine } from "../alert/index.ts";
import type { Committed } from "./feed.ts";

/** The condition of an alert, as `Engine.conditionOf` answers. */
export type AlertCondition = ReturnType<Engine["conditionOf"]>;

/** The part of the engine that is read; nothing of it changes anything. */
export interface CountedAlerts {
  /** Lists tracked alerts, without copying. */
  readonly alerts: () => Iterable<AlertState>;
  /** All conditions. */
  readonly conditions: readonly AlertCondition[];
  readonly conditionOf: (alert: AlertState, now: number) => AlertCondition;
}

/** Alerts reviewed at most in one go: some milliseconds. */
const MOST_REVIEWED = 2000;

/**
 * Counts the alerts in each condition. Commits keep the phases right. The hold of a firing alert may change with time,
 * a silence or another alert, so a review looks at some thousand alerts in turn.
 */
export class AlertCounts {
  readonly #engine: CountedAlerts;
  readonly #onReviewed: (fingerprint: string) => void;
  /** Keyed by fingerprint. */
  readonly #conditions = new Map<string, AlertCondition>();
  readonly #counts: Record<AlertCondition, number>;
  /** The place where the review goes on; undefined for the beginning. */
  #review: Iterator<AlertState> | undefined;

  /** @param onReviewed Hears of each alert whose condition has changed without a commit. */
  constructor(engine: CountedAlerts, onReviewed: (fingerprint: string) => void = () => undefined) {
    this.#engine = engine;
    this.#onReviewed = onReviewed;
    // The list has every condition once.
    this.#counts = Object.fromEntries(engine.conditions.map((each) => [each, 0])) as Record<
      AlertCondition,
      number
    >;
    for (const { fingerprint, phase } of engine.alerts()) this.#set(fingerprint, phase);
  }

  onCommitted({ entities }: Pick<Committed, "entities">): void {
    for (const { kind, key, columns } of entities.put) {
      if (kind !== "alert") continue;
      // An alert without columns is kept only as a cause.
      if (columns === undefined) this.#forget(key);
      else this.#setPhase(key, columns.phase);
    }
    for (const { kind, key } of entities.forget) if (kind === "alert") this.#forget(key);
  }

  /** The counts, after a review of the next alerts. @param now Epoch milliseconds. */
  read(now: number): Readonly<Record<AlertCondition, number>> {
    this.#review ??= this.#engine.alerts()[Symbol.iterator]();
    for (let reviewed = 0; reviewed < MOST_REVIEWED; reviewed++) {
      const next = this.#review.next();
      if (next.done === true) {
        this.#review = undefined;
        break;
      }
      this.#reviewOne(next.value, now);
    }
    return this.#counts;
  }

  #reviewOne(alert: AlertState, now: number): void {
    const { fingerprint } = alert;
    const known = this.#conditions.get(fingerprint);
    if (known === undefined) return;
    const condition = this.#engine.conditionOf(alert, now);
    if (condition === known) return;
    this.#set(fingerprint, condition);
    this.#onReviewed(fingerprint);
  }

  /** An alert that goes on firing stays in the condition that the last review found. */
  #setPhase(fingerprint: string, phase: AlertState["phase"]): void {
    const known = this.#conditions.get(fingerprint);
    const isFiring = known !== undefined && known !== "pending" && known !== "resolved";
    if (phase !== "firing" || !isFiring) this.#set(fingerprint, phase);
  }

  #set(fingerprint: string, condition: AlertCondition): void {
    const known = this.#conditions.get(fingerprint);
    if (known === condition) return;
    if (known !== undefined) this.#counts[known] -= 1;
    this.#counts[condition] += 1;
    this.#conditions.set(fingerprint, condition);
  }

  #forget(fingerprint: string): void {
    const known = this.#conditions.get(fingerprint);
    if (known === undefined) return;
    this.#counts[known] -= 1;
    this.#conditions.delete(fingerprint);
  }
}
