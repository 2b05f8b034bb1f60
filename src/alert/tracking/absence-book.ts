import { namespaceOf } from "../../event/index.ts";
import type { AbsenceState } from "../absence.ts";
import type { StreamKey } from "../engine-input.ts";
import { toEntity } from "../entity-kinds.ts";
import type { EntityChanges } from "../entity.ts";
import { Journal } from "../journal.ts";
import type { Schedule } from "../schedule.ts";

/** As many identities as one rule waits for; what comes after them is not waited for. */
const MOST_OF_A_RULE = 1000;

/** The watched time is stored this often while nothing happens, so that a restart loses little of it. */
const STORED_IN_PARTS = 24;

const PREFIX = "absence:";

/** Everything that rules with `absent` wait for, and when the wait of each is over. */
export class AbsenceBook {
  readonly #absences = new Map<string, AbsenceState>();
  readonly #byRule = new Map<string, Set<string>>();
  readonly #journal = new Journal<AbsenceState>("absence", (state) => toEntity("absence", state));
  readonly #schedule: Schedule;
  readonly #liveSinceOf: (stream: StreamKey) => number | undefined;

  /** @param liveSinceOf Since when a stream is live, epoch milliseconds; undefined during a gap. */
  constructor(schedule: Schedule, liveSinceOf: (stream: StreamKey) => number | undefined) {
    this.#schedule = schedule;
    this.#liveSinceOf = liveSinceOf;
  }

  /** The absence whose timer has this key; undefined when it is a key of others. */
  static fingerprintIn(key: string): string | undefined {
    return key.startsWith(PREFIX) ? key.slice(PREFIX.length) : undefined;
  }

  /** Adds what the store already has. It is waited for once its stream is live. */
  load(absences: readonly AbsenceState[]): void {
    for (const absence of absences) this.#keep(absence);
  }

  get(fingerprint: string): AbsenceState | undefined {
    return this.#absences.get(fingerprint);
  }

  /** All of a rule. */
  ofRule(rule: string): readonly AbsenceState[] {
    return [...(this.#byRule.get(rule) ?? [])].flatMap(
      (fingerprint) => this.#absences.get(fingerprint) ?? [],
    );
  }

  /** The rules that wait for something. */
  rules(): readonly string[] {
    return [...this.#byRule.keys()];
  }

  /** Waits anew. @returns False when the rule waits for too much already. */
  put(absence: AbsenceState, withinMs: number, now: number): boolean {
    const known = this.#byRule.get(absence.rule);
    if (!this.#absences.has(absence.fingerprint) && (known?.size ?? 0) >= MOST_OF_A_RULE) return false;
    this.#keep(absence);
    this.#journal.put(absence.fingerprint, absence);
    this.reschedule(absence, withinMs, now);
    return true;
  }

  /** Waits no longer. */
  forget({ fingerprint, rule }: AbsenceState): void {
    this.#absences.delete(fingerprint);
    const known = this.#byRule.get(rule);
    known?.delete(fingerprint);
    if (known?.size === 0) this.#byRule.delete(rule);
    this.#schedule.set(PREFIX + fingerprint, undefined);
    this.#journal.forget(fingerprint);
  }

  /** The watched time since the last occurrence, milliseconds. */
  coveredMs(absence: AbsenceState, now: number): number {
    const liveSince = this.#liveSinceOf(streamOfAbsence(absence));
    const counting = liveSince === undefined ? 0 : now - Math.max(liveSince, absence.countedAt);
    return absence.coveredMs + Math.max(0, counting);
  }

  /** Stores the watched time of a stream that is about to be interrupted, or of an absence. */
  count(absence: AbsenceState, now: number): AbsenceState {
    const counted = { ...absence, coveredMs: this.coveredMs(absence, now), countedAt: now };
    this.#keep(counted);
    this.#journal.put(counted.fingerprint, counted);
    return counted;
  }

  /** All whose Events come by a stream. */
  ofStream({ cluster, namespace }: StreamKey): readonly AbsenceState[] {
    return [...this.#absences.values()].filter((absence) => {
      const stream = streamOfAbsence(absence);
      return stream.cluster === cluster && (namespace === "" || stream.namespace === namespace);
    });
  }

  /** Sets the timer of an absence: for the end of its wait, or to store the time so far. No timer runs in a gap. */
  reschedule(absence: AbsenceState, withinMs: number, now: number): void {
    const isLive = this.#liveSinceOf(streamOfAbsence(absence)) !== undefined;
    const missing = Math.max(0, withinMs - this.coveredMs(absence, now));
    const at = isLive ? now + Math.min(missing, withinMs / STORED_IN_PARTS) : undefined;
    this.#schedule.set(PREFIX + absence.fingerprint, at);
  }

  /** Looks at an absence again after a while; epoch milliseconds. */
  wait({ fingerprint }: AbsenceState, until: number | undefined): void {
    this.#schedule.set(PREFIX + fingerprint, until);
  }

  /** The changes since the last call, each key once. */
  drain(): EntityChanges {
    return this.#journal.drain();
  }

  #keep(absence: AbsenceState): void {
    this.#absences.set(absence.fingerprint, absence);
    const known = this.#byRule.get(absence.rule) ?? new Set();
    this.#byRule.set(absence.rule, known.add(absence.fingerprint));
  }
}

/** The stream by which the Events of an absence come. */
function streamOfAbsence({ event }: AbsenceState): StreamKey {
  return { cluster: event.cluster, namespace: event.namespace === "" ? namespaceOf(event) : event.namespace };
}
