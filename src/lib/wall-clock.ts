const QUARTER = 15 * 60_000;

/** The clock on a wall in one time zone. */
export class WallClock {
  readonly #format: Intl.DateTimeFormat;
  /** A zone changes its offset only on quarters of an hour, so the clock computes it once for each quarter. */
  #quarter = Number.NaN;
  #offset = 0;

  /** @param zone An IANA time zone. @throws RangeError when no zone has this name. */
  constructor(zone: string) {
    this.#format = new Intl.DateTimeFormat("en-US", {
      timeZone: zone,
      calendar: "gregory",
      numberingSystem: "latn",
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
  }

  /** Reads the clock at an instant. @returns The epoch milliseconds at which a clock in UTC shows the same. */
  read(instant: number): number {
    const quarter = Math.floor(instant / QUARTER) * QUARTER;
    if (quarter !== this.#quarter) {
      this.#offset = this.#shown(quarter) - quarter;
      this.#quarter = quarter;
    }
    return instant + this.#offset;
  }

  #shown(instant: number): number {
    const parts = new Map(
      this.#format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]),
    );
    const part = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0;
    return Date.UTC(
      part("year"),
      part("month") - 1,
      part("day"),
      part("hour"),
      part("minute"),
      part("second"),
    );
  }
}
