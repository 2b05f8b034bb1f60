import { BoundedMap } from "../lib/bounded-map.ts";
import type { Incident, LastingIncident } from "./incidents.ts";

/** The pause between two messages about one incident: it doubles while the incident lasts, up to a day. */
const REPEAT_MS = { shortest: 3_600_000, longest: 86_400_000 } as const;

/** Incidents remembered: more than all sinks and scopes together have. */
const MOST_KNOWN = 500;

/** A message about an incident, due now. */
export interface SelfAlert {
  readonly incident: Incident;
  readonly status: "firing" | "resolved";
  /** Epoch milliseconds. */
  readonly since: number;
  /** How often the incident has happened since the last message about it, 1 or more. */
  readonly times: number;
}

interface Known {
  readonly incident: Incident;
  readonly since: number;
  /** True while a lasting incident lasts; false for a moment. */
  readonly isOngoing: boolean;
  /** Whether a message said that it goes on, so that its end is sent too. */
  readonly isSent: boolean;
  readonly nextAt: number;
  readonly repeatMs: number;
  /** Moments since the last message. */
  readonly times: number;
}

/**
 * Decides when a message is due about an incident of the bridge itself: once at its beginning, again while it lasts,
 * never twice within an hour, and at its end if the beginning was sent. Knows no clock and sends nothing.
 */
export class SelfAlerts {
  readonly #known = new BoundedMap<string, Known>(MOST_KNOWN);

  /**
   * The messages that are due now.
   *
   * @param lasting All problems of this moment. @param moments Incidents since the last call.
   * @param now Epoch milliseconds, never less than before.
   */
  decide(
    lasting: readonly LastingIncident[],
    moments: readonly Incident[],
    now: number,
  ): readonly SelfAlert[] {
    const ongoing = new Set(lasting.map(({ key }) => key));
    const due: SelfAlert[] = [];
    for (const incident of lasting) due.push(...this.#onLasting(incident, now));
    for (const incident of moments) this.#onMoment(incident, now);
    // `#alertFor` changes the map.
    const all = [...this.#known.entries()];
    for (const [key, known] of all) {
      if (known.isOngoing && !ongoing.has(key)) due.push(...this.#onEnd(key, known, now));
      else if (known.times > 0 && now >= known.nextAt) due.push(this.#alertFor(key, known, now));
    }
    return due;
  }

  #onLasting(incident: LastingIncident, now: number): readonly SelfAlert[] {
    const known = this.#known.peek(incident.key);
    const current =
      known?.isOngoing === true
        ? { ...known, incident }
        : {
            ...fresh(incident, now),
            isOngoing: true,
            nextAt: Math.max(now + incident.afterMs, known?.nextAt ?? 0),
          };
    this.#known.set(incident.key, current);
    return now >= current.nextAt ? [this.#alertFor(incident.key, current, now)] : [];
  }

  #onMoment(incident: Incident, now: number): void {
    const known = this.#known.peek(incident.key) ?? fresh(incident, now);
    const since = known.times === 0 ? now : known.since;
    this.#known.set(incident.key, { ...known, incident, since, times: known.times + 1 });
  }

  #onEnd(key: string, known: Known, now: number): readonly SelfAlert[] {
    const nextAt = Math.min(known.nextAt, now + REPEAT_MS.shortest);
    this.#known.set(key, { ...known, isOngoing: false, isSent: false, nextAt });
    return known.isSent
      ? [{ incident: known.incident, status: "resolved", since: known.since, times: 1 }]
      : [];
  }

  #alertFor(key: string, known: Known, now: number): SelfAlert {
    const { incident, since, repeatMs, isOngoing } = known;
    this.#known.set(key, {
      ...known,
      isSent: isOngoing,
      times: 0,
      nextAt: now + repeatMs,
      repeatMs: isOngoing ? Math.min(2 * repeatMs, REPEAT_MS.longest) : REPEAT_MS.shortest,
    });
    return { incident, status: "firing", since, times: Math.max(1, known.times) };
  }
}

function fresh(incident: Incident, now: number): Known {
  return {
    incident,
    since: now,
    isOngoing: false,
    isSent: false,
    nextAt: now,
    repeatMs: REPEAT_MS.shortest,
    times: 0,
  };
}
