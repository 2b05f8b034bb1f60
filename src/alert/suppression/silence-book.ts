import type { Annotated, EngineInput } from "../engine-input.ts";
import { toEntity } from "../entity-kinds.ts";
import type { EntityChanges } from "../entity.ts";
import type { HoldMoment, HoldQuestion, HoldSource } from "../hold-source.ts";
import type { Hold } from "../hold.ts";
import { Journal } from "../journal.ts";
import { compileLabelMatch } from "../matching/label-match.ts";
import { compileTimeInterval } from "../matching/time-interval-spec.ts";
import type { AlertNews } from "../news.ts";
import { MOST_SILENCES, type Silence } from "../silence.ts";
import type { AlertState } from "../state.ts";
import type { TimeInterval } from "../time-interval.ts";
import { annotationId, annotationSilence } from "./annotation.ts";
import { expired, isSameSilence, type SilenceState, stateOfSilence } from "./silence-state.ts";

/** How long the book keeps a silence that is over, so that people can look it up. */
const KEEP_EXPIRED_MS = 5 * 86_400_000;

interface Entry {
  readonly silence: Silence;
  readonly matches: (alert: Pick<AlertState, "labels">) => boolean;
  readonly hours: TimeInterval | undefined;
}

/**
 * All silences: those of the configuration, of people, and of annotations. The book keeps the changes for the store
 * until `drain`.
 */
export class SilenceBook implements HoldSource {
  readonly reason = "silence";
  readonly #entries = new Map<string, Entry>();
  readonly #journal = new Journal<Silence>("silence", (state) => toEntity("silence", state));

  /** Adds silences that the store already has. */
  load(stored: readonly Silence[]): void {
    for (const silence of stored) this.#entries.set(silence.id, toEntry(silence));
  }

  /** Newest first. */
  all(): readonly Silence[] {
    return [...this.#entries.values()].map(({ silence }) => silence).toReversed();
  }

  get(id: string): Silence | undefined {
    return this.#entries.get(id)?.silence;
  }

  /** Whether the book has no room for another silence. */
  get isFull(): boolean {
    return this.#entries.size >= MOST_SILENCES;
  }

  take(input: EngineInput, { now }: HoldMoment): boolean {
    switch (input.kind) {
      case "occurrences":
        return this.annotate(input.annotated ?? [], now);
      case "policy":
        this.configure(input.policy.silences);
        return true;
      case "silence":
      case "unsilence":
        this.sweep(now);
        if (input.kind === "silence") this.put(input.silence);
        else this.expire(input.id, now);
        return true;
      case "gone":
      case "facts":
      case "timers":
      case "outcomes":
      case "live":
      case "gap":
        return false;
    }
  }

  /** Ends the silences that last until this alert has ended, unless another firing alert matches them. */
  hear({ kind, alert }: AlertNews, { alerts, now }: HoldMoment): void {
    if (kind !== "ended" && kind !== "expired") return;
    const waiting = [...this.#entries.values()].filter(
      ({ silence, matches }) =>
        silence.untilResolved && stateOfSilence(silence, now) === "active" && matches(alert),
    );
    if (waiting.length === 0) return;
    const firing = alerts.all().filter(({ phase }) => phase === "firing");
    for (const { silence, matches } of waiting) if (!firing.some(matches)) this.expire(silence.id, now);
  }

  /** Adds a silence, or replaces the one of its id. */
  put(silence: Silence): void {
    this.#entries.set(silence.id, toEntry(silence));
    this.#journal.put(silence.id, silence);
  }

  /**
   * Makes, replaces or ends the silences that the annotations of looked-up objects ask for. An annotation makes one
   * silence, however often its object is looked up.
   *
   * @returns Whether a silence has changed.
   */
  annotate(annotated: readonly Annotated[], now: number): boolean {
    let isChanged = false;
    for (const each of annotated) {
      const known = this.get(annotationId(each.object));
      const wanted = annotationSilence(each, now);
      if (wanted === undefined && (known === undefined || stateOfSilence(known, now) === "expired")) continue;
      if (wanted !== undefined && (known?.comment === wanted.comment || (known === undefined && this.isFull)))
        continue;
      if (wanted === undefined) this.expire(annotationId(each.object), now);
      else this.put(wanted);
      isChanged = true;
    }
    return isChanged;
  }

  /** Ends a silence; without effect when none has this id, or it is over. */
  expire(id: string, now: number): void {
    const silence = this.get(id);
    if (silence !== undefined && stateOfSilence(silence, now) !== "expired") this.put(expired(silence, now));
  }

  /** Takes the silences of a new configuration over. One that is as before keeps its state. */
  configure(silences: readonly Silence[]): void {
    const wanted = new Map(silences.map((silence) => [silence.id, silence]));
    for (const { silence } of this.#entries.values()) {
      if (silence.origin === "config" && !wanted.has(silence.id)) this.#forget(silence.id);
    }
    for (const silence of silences) {
      const known = this.get(silence.id);
      if (known === undefined || !isSameSilence(known, silence)) this.put(silence);
    }
  }

  holdOf(alert: Pick<AlertState, "labels">, { now }: Pick<HoldQuestion, "now">): Hold | undefined {
    for (const { silence, matches, hours } of this.#entries.values()) {
      if (stateOfSilence(silence, now) !== "active") continue;
      if (hours?.isOn(now) === false || !matches(alert)) continue;
      const until = Math.min(silence.until ?? Infinity, hours?.changesAt(now) ?? Infinity);
      return { reason: "silence", by: silence.id, until: Number.isFinite(until) ? until : undefined };
    }
    return undefined;
  }

  recordUse(id: string, now: number): void {
    const silence = this.get(id);
    if (silence !== undefined && silence.usedAt === undefined) this.put({ ...silence, usedAt: now });
  }

  /** Forgets silences that have been over for days. Those of the configuration stay as long as it has them. */
  sweep(now: number): void {
    for (const { silence } of this.#entries.values()) {
      const { id, origin, until = Infinity } = silence;
      if (origin !== "config" && until + KEEP_EXPIRED_MS <= now) this.#forget(id);
    }
  }

  /** The changes since the last call, each id once. */
  drain(): EntityChanges {
    return this.#journal.drain();
  }

  #forget(id: string): void {
    this.#entries.delete(id);
    this.#journal.forget(id);
  }
}

/** A silence at one moment. */
export interface SilenceStanding {
  readonly state: SilenceState;
  /** Whether it holds back what it matches: it is active, and its schedule is on. */
  readonly isOn: boolean;
  /** Whether the silence is about an alert, in each of its states. */
  readonly matches: (alert: Pick<AlertState, "labels">) => boolean;
}

/** The state of a silence, and the alerts that it matches. @param now Epoch milliseconds. */
export function standingOf(silence: Silence, now: number): SilenceStanding {
  let matches: SilenceStanding["matches"] | undefined;
  const state = stateOfSilence(silence, now);
  const { schedule } = silence;
  return {
    state,
    isOn: state === "active" && (schedule === undefined || compileTimeInterval(schedule).isOn(now)),
    // Patterns are compiled with the first question: most callers ask only for the state.
    matches: (alert) => (matches ??= silenceMatches(silence))(alert),
  };
}

/** Compiles the patterns of a silence. */
function silenceMatches({ match }: Silence): (alert: Pick<AlertState, "labels">) => boolean {
  // The patterns were checked when the silence was made. A label that no rule adds any more counts as "".
  const { matches } = compileLabelMatch(match, { names: new Set(Object.keys(match)) }, []);
  return ({ labels }) => matches(labels);
}

function toEntry(silence: Silence): Entry {
  const matches = silenceMatches(silence);
  const hours = silence.schedule === undefined ? undefined : compileTimeInterval(silence.schedule);
  return { silence, matches, hours };
}
