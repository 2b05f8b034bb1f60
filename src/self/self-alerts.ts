import { BoundedMap } from "../lib/bounded-map.ts";
import type { Severity } from "../lib/severity.ts";

/** At least so long from one message about a trouble to the next; it doubles while the trouble lasts, up to a day. */
const REPEAT_MS = { shortest: 3_600_000, longest: 86_400_000 } as const;

/** Troubles remembered: more than sinks and scopes together have of them. */
const MOST_KNOWN = 500;

/** Something that is wrong with the bridge itself, in words. */
export interface Incident {
  /** The same trouble has the same key: `sink:ops`. */
  readonly key: string;
  readonly severity: Severity;
  /** One line, to be read after "Tocsin itself:". */
  readonly title: string;
  /** What is at risk and what to do. */
  readonly text: string;
  /** Sinks that are the trouble, and so cannot carry the message. */
  readonly of: readonly string[];
}

/** A trouble that lasts, and is told of once it has lasted for `afterMs`. */
export interface LastingIncident extends Incident {
  readonly afterMs: number;
}

/** A message that is due. */
export interface SelfAlert {
  readonly trouble: Incident;
  readonly status: "firing" | "resolved";
  /** Epoch milliseconds. */
  readonly since: number;
  /** How often it has happened since the last message about it, 1 or more. */
  readonly times: number;
}

interface Known {
  readonly trouble: Incident;
  readonly since: number;
  /** A lasting trouble that is there; false when it is over, or was a moment. */
  readonly isThere: boolean;
  /** Whether the people who read know that it is there. */
  readonly isTold: boolean;
  readonly nextAt: number;
  readonly repeatMs: number;
  /** Moments nobody was told of. */
  readonly times: number;
}

/**
 * Decides which of the bridge's own troubles are told, and when: each once, again when it goes on, never twice within an
 * hour, and its end to those who heard of it. Knows no clock and sends nothing.
 */
export class SelfAlerts {
  readonly #known = new BoundedMap<string, Known>(MOST_KNOWN);

  /**
   * What is to be told now.
   *
   * @param lasting All that is wrong at this moment. @param moments What has happened since the last call.
   * @param now Epoch milliseconds, never less than before.
   */
  decide(
    lasting: readonly LastingIncident[],
    moments: readonly Incident[],
    now: number,
  ): readonly SelfAlert[] {
    const there = new Set(lasting.map(({ key }) => key));
    const due: SelfAlert[] = [];
    for (const trouble of lasting) due.push(...this.#goesOn(trouble, now));
    for (const trouble of moments) this.#happens(trouble, now);
    // Telling changes the map.
    const all = [...this.#known.entries()];
    for (const [key, known] of all) {
      if (known.isThere && !there.has(key)) due.push(...this.#ends(key, known, now));
      else if (known.times > 0 && now >= known.nextAt) due.push(this.#tell(key, known, now));
    }
    return due;
  }

  #goesOn(trouble: LastingIncident, now: number): readonly SelfAlert[] {
    const known = this.#known.peek(trouble.key);
    const current =
      known?.isThere === true
        ? { ...known, trouble }
        : {
            ...fresh(trouble, now),
            isThere: true,
            nextAt: Math.max(now + trouble.afterMs, known?.nextAt ?? 0),
          };
    this.#known.set(trouble.key, current);
    return now >= current.nextAt ? [this.#tell(trouble.key, current, now)] : [];
  }

  #happens(trouble: Incident, now: number): void {
    const known = this.#known.peek(trouble.key) ?? fresh(trouble, now);
    const since = known.times === 0 ? now : known.since;
    this.#known.set(trouble.key, { ...known, trouble, since, times: known.times + 1 });
  }

  #ends(key: string, known: Known, now: number): readonly SelfAlert[] {
    const nextAt = Math.min(known.nextAt, now + REPEAT_MS.shortest);
    this.#known.set(key, { ...known, isThere: false, isTold: false, nextAt });
    return known.isTold ? [{ trouble: known.trouble, status: "resolved", since: known.since, times: 1 }] : [];
  }

  #tell(key: string, known: Known, now: number): SelfAlert {
    const { trouble, since, repeatMs, isThere } = known;
    this.#known.set(key, {
      ...known,
      isTold: isThere,
      times: 0,
      nextAt: now + repeatMs,
      repeatMs: isThere ? Math.min(2 * repeatMs, REPEAT_MS.longest) : REPEAT_MS.shortest,
    });
    return { trouble, status: "firing", since, times: Math.max(1, known.times) };
  }
}

function fresh(trouble: Incident, now: number): Known {
  return {
    trouble,
    since: now,
    isThere: false,
    isTold: false,
    nextAt: now,
    repeatMs: REPEAT_MS.shortest,
    times: 0,
  };
}
