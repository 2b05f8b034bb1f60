import { BoundedMap } from "../../lib/bounded-map.ts";
import type { ApiAlert } from "./api-alert.ts";

/** Alerts that are remembered. Of others a refresh has no cause, and a label that changes ends the old alert later. */
const MOST_ALERTS = 10_000;

interface Known {
  readonly alert: ApiAlert;
  readonly isFiring: boolean;
}

/**
 * The last form of each alert that was sent, by fingerprint. It serves to send less surprising refreshes; losing it at a
 * restart does no harm.
 */
export class AlertMemory {
  readonly #known = new BoundedMap<string, Known>(MOST_ALERTS);

  /**
   * Keeps an alert that is sent now.
   *
   * @returns The alert that its old labels make in Alertmanager and that no longer exists; undefined for none.
   */
  keep(fingerprint: string, { alert, isFiring }: Known): ApiAlert | undefined {
    const before = this.#known.peek(fingerprint);
    this.#known.set(fingerprint, { alert, isFiring });
    const isOther = before?.isFiring === true && !isSame(before.alert.labels, alert.labels);
    return isOther ? before.alert : undefined;
  }

  /** Whether the last form of an alert fires. */
  isFiring(fingerprint: string): boolean {
    return this.#known.peek(fingerprint)?.isFiring === true;
  }

  /** The annotations of the last form; none when it is not known. */
  annotationsOf(fingerprint: string): Readonly<Record<string, string>> {
    return this.#known.peek(fingerprint)?.alert.annotations ?? {};
  }
}

function isSame(one: ApiAlert["labels"], other: ApiAlert["labels"]): boolean {
  const names = Object.keys(one);
  return names.length === Object.keys(other).length && names.every((name) => one[name] === other[name]);
}
