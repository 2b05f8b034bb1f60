import type { AlertState, Engine } from "../alert/index.ts";
import type { Committed } from "./feed.ts";

/** Whether people are told of an alert, as `Engine.conditionOf` says. */
export type AlertCondition = ReturnType<Engine["conditionOf"]>;

/** What is asked of the engine; none of it changes anything. */
export interface CountedAlerts {
  /** Lists what is not forgotten, without copying it. */
  readonly alerts: () => Iterable<AlertState>;
  readonly conditionOf: (alert: AlertState, now: number) => AlertCondition;
}

/** Alerts reviewed at most in one go: some milliseconds. */
const MOST_REVIEWED = 2000;

/**
 * How many alerts are in each condition. Commits keep the phases right. Why an alert that fires is held back may change
 * with the time, a silence or another alert, so that this is reviewed in turn, some thousand alerts in one go.
 */
export class AlertCounts {
  readonly #engine: CountedAlerts;
  /** Keyed by fingerprint. */
  readonly #conditions = new Map<string, AlertCondition>();
  readonly #counts: Record<AlertCondition, number> = {
    pending: 0,
    firing: 0,
    inhibited: 0,
    silenced: 0,
    muted: 0,
    flapping: 0,
    resolved: 0,
  };
  /** Where the review goes on; undefined for the beginning. */
  #review: Iterator<AlertState> | undefined;

  constructor(engine: CountedAlerts) {
    this.#engine = engine;
    for (const { fingerprint, phase } of engine.alerts()) this.#set(fingerprint, phase);
  }

  onCommitted({ entities }: Pick<Committed, "entities">): void {
    for (const { kind, key, columns } of entities.put) {
      if (kind !== "alert") continue;
      // Without columns it is kept as the cause of others only.
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
      const alert = next.value;
      if (this.#conditions.has(alert.fingerprint))
        this.#set(alert.fingerprint, this.#engine.conditionOf(alert, now));
    }
    return this.#counts;
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
