import type { AlertRow } from "../model/alert-row.ts";

/** One page of the list of open alerts. */
export interface AlertPage {
  readonly items: readonly AlertRow[];
  /** Leads to the next page; null for none. */
  readonly next: string | null;
}

/** Open alerts by fingerprint. */
export type OpenAlerts = ReadonlyMap<string, AlertRow>;

/**
 * The list while its pages are read. What the stream tells meanwhile is newer than a page that was asked for before,
 * and so it is put over what was read.
 */
export class AlertReading {
  readonly #read = new Map<string, AlertRow>();
  /** What was told meanwhile: the present state, or undefined for what is over. */
  readonly #told = new Map<string, AlertRow | undefined>();

  /** Takes over a page. */
  add({ items }: AlertPage): void {
    for (const alert of items) this.#read.set(alert.fingerprint, alert);
  }

  /** Takes over news. @param gone Fingerprints of alerts that are over. */
  hear(changed: readonly AlertRow[], gone: readonly string[]): void {
    for (const alert of changed) this.#told.set(alert.fingerprint, alert);
    for (const fingerprint of gone) this.#told.set(fingerprint, undefined);
  }

  /** The alerts that are open, as far as they are read. */
  open(): OpenAlerts {
    const changed = [...this.#told.values()].filter((alert) => alert !== undefined);
    const gone = [...this.#told].filter(([, alert]) => alert === undefined).map(([key]) => key);
    return withNews(this.#read, changed, gone);
  }
}

/** Open alerts after news. @param gone Fingerprints of those that are over. */
export function withNews(
  before: OpenAlerts,
  changed: readonly AlertRow[],
  gone: readonly string[],
): OpenAlerts {
  const open = new Map(before);
  for (const alert of changed) {
    if (alert.phase === "resolved") open.delete(alert.fingerprint);
    else open.set(alert.fingerprint, alert);
  }
  for (const fingerprint of gone) open.delete(fingerprint);
  return open;
}
