import type { AlertState } from "../alert/index.ts";
import { BoundedMap } from "../lib/bounded-map.ts";
import type { LookUp } from "./ingest.ts";

/** Asked about in one round; there is one a minute. */
const MOST_AT_ONCE = 50;

/** How long an object is left alone after it was asked about. */
const AGAIN_AFTER_MS = 600_000;
const MOST_REMEMBERED = 10_000;

/**
 * Finds objects of alerts that were deleted: no Event says so. Those that were asked about longest ago come first.
 */
export class DeletedObjects {
  readonly #lookUp: Pick<LookUp, "wants" | "gone">;
  readonly #askedAt = new BoundedMap<string, number>(MOST_REMEMBERED);

  constructor(lookUp: Pick<LookUp, "wants" | "gone">) {
    this.#lookUp = lookUp;
  }

  /** Objects that alerts fire about and that are gone. @param now Monotonic milliseconds. */
  async find(alerts: Iterable<AlertState>, now: number): Promise<readonly string[]> {
    const objects = [...this.#open(alerts)]
      .map((object) => ({ object, askedAt: this.#askedAt.peek(object) ?? -Infinity }))
      .filter(({ askedAt }) => askedAt + AGAIN_AFTER_MS <= now)
      .toSorted((a, b) => (a.askedAt === b.askedAt ? 0 : a.askedAt - b.askedAt))
      .slice(0, MOST_AT_ONCE)
      .map(({ object }) => object);
    for (const object of objects) this.#askedAt.set(object, now);
    return objects.length === 0 ? [] : await this.#lookUp.gone(objects);
  }

  #open(alerts: Iterable<AlertState>): ReadonlySet<string> {
    const objects = new Set<string>();
    for (const { phase, lifecycle, members } of alerts) {
      if (phase !== "firing" || lifecycle === "point") continue;
      for (const { kind, namespace, name, clearedAt } of members) {
        const object = `${kind}/${namespace}/${name}`;
        if (clearedAt === undefined && this.#lookUp.wants(object)) objects.add(object);
      }
    }
    return objects;
  }
}
