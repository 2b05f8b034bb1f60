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

  /** Keeps an alert that an Alertmanager has taken. */
  keep(fingerprint: string, known: Known): void {
    this.#known.set(fingerprint, known);
  }

  /** The alert that the labels of before make in Alertmanager, and that ends with these; undefined for none. */
  replacedBy(fingerprint: string, { labels }: ApiAlert): ApiAlert | undefined {
    const before = this.#known.peek(fingerprint);
    const isOther = before?.isFiring === true && !isSame(before.alert.labels, labels);
    return isOther ? before.alert : undefined;
  }

  /** Whether the last form of an alert fires. */
  isFiring(fingerprint: string): boolean {
    return this.#known.peek(fingerprint)?.isFiring === true;
  }

  /** The annotations and the link of the last form; none when it is not known. */
  extrasOf(fingerprint: string): Pick<ApiAlert, "annotations" | "generatorURL"> {
    const { annotations = {}, generatorURL } = this.#known.peek(fingerprint)?.alert ?? {};
    return { annotations, ...(generatorURL === undefined ? {} : { generatorURL }) };
  }
}

function isSame(one: ApiAlert["labels"], other: ApiAlert["labels"]): boolean {
  const names = Object.keys(one);
  return names.length === Object.keys(other).length && names.every((name) => one[name] === other[name]);
}
