import { BoundedMap } from "../../lib/bounded-map.ts";
import type { FactBook } from "../facts/fact-book.ts";
import type { Fact } from "../inquiry.ts";
import type { Schedule } from "../schedule.ts";
import type { AlertState } from "../state.ts";
import { FRESH_MS, inquiriesAbout } from "./inquiries.ts";
import { nodesToAsk } from "./nodes-to-ask.ts";

/** How long messages wait for the state of the objects that they are about; milliseconds. */
export const LONGEST_WAIT_MS = 1000;

/** Objects without an answer that are remembered. */
const MOST_SILENT = 10_000;

/** One timer of the schedule that waits. */
interface GateWait {
  /** Epoch milliseconds. */
  readonly since: number;
  /** Epoch milliseconds. */
  readonly until: number;
  /** Objects whose answers are still to come. */
  readonly objects: Set<string>;
  /** Fingerprints of the alerts that the messages are about. */
  readonly alerts: ReadonlySet<string>;
}

/**
 * Lets the messages of a timer wait for the state of the objects that they are about, a second at the most, so that no
 * message is untrue when it is sent. Nothing of it is stored: after a restart the timer is due, and asks again.
 */
export class Gate {
  readonly #schedule: Schedule;
  readonly #facts: Pick<FactBook, "asks" | "ask">;
  /** By key of the schedule. */
  readonly #waits = new Map<string, GateWait>();
  /** By fingerprint: how many timers with news of this alert wait. */
  readonly #alerts = new Map<string, number>();
  /** By object: when a wait for it was given up. It delays no other message soon. */
  readonly #silentAt = new BoundedMap<string, number>(MOST_SILENT);
  /** By fingerprint: for how long an alert has waited with its group, milliseconds, until the message that has it. */
  readonly #waited = new BoundedMap<string, { readonly key: string; readonly ms: number }>(MOST_SILENT);

  constructor(schedule: Schedule, facts: Pick<FactBook, "asks" | "ask">) {
    this.#schedule = schedule;
    this.#facts = facts;
  }

  /**
   * Asks for the state of the objects of these alerts, and of nodes with several of them, as far as no young answer is
   * known. While answers are to come, the timer of this key is due again when they are there, or when it has waited for
   * long enough.
   *
   * @param key Of the schedule; its timer is due now. @param alerts The alerts that its messages would be about.
   * @returns How long the timer has waited, milliseconds; undefined when it has to wait.
   */
  pass(key: string, alerts: readonly AlertState[], now: number): number | undefined {
    const before = this.#waits.get(key);
    this.#end(key);
    const objects = this.#askAbout(alerts, now);
    const since = before?.since ?? now;
    const waited = Math.max(0, ...alerts.map(({ fingerprint }) => this.#waitedMs(fingerprint, key)));
    const until = before?.until ?? now + LONGEST_WAIT_MS - waited;
    if (objects.size === 0 || until <= now) {
      if (before !== undefined) for (const object of objects) this.#silentAt.set(object, now);
      for (const { fingerprint } of alerts) this.#recordWait(fingerprint, { key, ms: now - since });
      return now - since;
    }
    const fingerprints = new Set(alerts.map(({ fingerprint }) => fingerprint));
    this.#begin(key, { since, until, objects, alerts: fingerprints });
    return undefined;
  }

  /** An alert waits with its group, and may wait again when several groups are told together: a second in all. */
  #waitedMs(fingerprint: string, key: string): number {
    const waited = this.#waited.peek(fingerprint);
    return waited === undefined || waited.key === key ? 0 : waited.ms;
  }

  #recordWait(fingerprint: string, wait: { readonly key: string; readonly ms: number }): void {
    const before = this.#waited.peek(fingerprint);
    if (before !== undefined && before.key !== wait.key) this.#waited.delete(fingerprint);
    else if (wait.ms > 0 || before !== undefined) this.#waited.set(fingerprint, wait);
  }

  /** Whether nothing ever waits, because nobody answers. */
  get isOpen(): boolean {
    return !this.#facts.asks;
  }

  /** Takes answers in: timers that waited for nothing else are due now; epoch milliseconds. */
  hear(facts: readonly Fact[], now: number): void {
    for (const { object } of facts) this.#silentAt.delete(object);
    for (const [key, { objects }] of this.#waits) {
      for (const { object } of facts) objects.delete(object);
      if (objects.size === 0) this.#schedule.set(key, now);
    }
  }

  /** Whether news of an alert waits for the state of its objects. */
  isWaiting(fingerprint: string): boolean {
    return this.#alerts.has(fingerprint);
  }

  /** When the news of an alert stops to wait, epoch milliseconds; undefined when it does not wait. */
  untilOf(fingerprint: string): number | undefined {
    if (!this.isWaiting(fingerprint)) return undefined;
    const waits = [...this.#waits.values()].filter(({ alerts }) => alerts.has(fingerprint));
    return Math.max(...waits.map(({ until }) => until));
  }

  /** @returns The objects whose answers are to come, and worth waiting for. */
  #askAbout(alerts: readonly AlertState[], now: number): Set<string> {
    const objects = new Set<string>();
    const nodes = nodesToAsk(alerts).map((inquiry) => ({ inquiry, freshMs: FRESH_MS }));
    for (const { inquiry, freshMs } of [...inquiriesAbout(alerts, now), ...nodes]) {
      const isToCome = this.#facts.ask(inquiry, { now, freshMs });
      if (isToCome && !this.#isSilent(inquiry.object, now)) objects.add(inquiry.object);
    }
    return objects;
  }

  #begin(key: string, wait: GateWait): void {
    this.#waits.set(key, wait);
    for (const alert of wait.alerts) this.#alerts.set(alert, (this.#alerts.get(alert) ?? 0) + 1);
    this.#schedule.set(key, wait.until);
  }

  #end(key: string): void {
    const wait = this.#waits.get(key);
    this.#waits.delete(key);
    for (const alert of wait?.alerts ?? []) {
      const count = (this.#alerts.get(alert) ?? 0) - 1;
      if (count > 0) this.#alerts.set(alert, count);
      else this.#alerts.delete(alert);
    }
  }

  #isSilent(object: string, now: number): boolean {
    return (this.#silentAt.peek(object) ?? -Infinity) + FRESH_MS > now;
  }
}
