import type { AlertState } from "../alert/index.ts";
import { ObjectKey } from "../event/index.ts";
import { BoundedMap } from "../lib/bounded-map.ts";
import { isOfOtherApi } from "../object/index.ts";
import type { LookUp } from "./ingest.ts";

/** Objects that one round looks up; there is one round a minute. */
const MOST_AT_ONCE = 50;

/** The same, where look-ups of states share their pace. */
const MOST_BESIDE_STATES = 10;

/** Shortest time between two look-ups of an object. */
const AGAIN_AFTER_MS = 600_000;
const MOST_REMEMBERED = 10_000;

/**
 * Finds deleted objects of alerts by looking them up, because no Event reports a deletion. The object whose last
 * look-up is oldest comes first.
 *
 * Where the engine asks for states it looks at the objects of alerts that were told by itself, and knows more: whether
 * other pods with the same problem took their place. Nobody else looks at alerts that were not told, such as those that
 * are silenced or too mild for every sink; without this they would stay open until quiet or age.
 */
export class DeletedObjects {
  readonly #lookUp: Pick<LookUp, "wants" | "gone">;
  readonly #besideStates: boolean;
  readonly #askedAt = new BoundedMap<string, number>(MOST_REMEMBERED);

  /** @param how.besideStates Whether the engine asks for the states of the objects of alerts that were told. */
  constructor(lookUp: Pick<LookUp, "wants" | "gone">, how: { readonly besideStates: boolean }) {
    this.#lookUp = lookUp;
    this.#besideStates = how.besideStates;
  }

  /** Keys of the deleted objects of firing alerts. @param now Monotonic milliseconds. */
  async find(alerts: Iterable<AlertState>, now: number): Promise<readonly string[]> {
    const objects = [...this.#open(alerts)]
      .map((object) => ({ object, askedAt: this.#askedAt.peek(object) ?? -Infinity }))
      .filter(({ askedAt }) => askedAt + AGAIN_AFTER_MS <= now)
      .toSorted((a, b) => (a.askedAt === b.askedAt ? 0 : a.askedAt - b.askedAt))
      .slice(0, this.#besideStates ? MOST_BESIDE_STATES : MOST_AT_ONCE)
      .map(({ object }) => object);
    for (const object of objects) this.#askedAt.set(object, now);
    return objects.length === 0 ? [] : await this.#lookUp.gone(objects);
  }

  #open(alerts: Iterable<AlertState>): ReadonlySet<string> {
    const objects = new Set<string>();
    for (const { phase, lifecycle, members, event, isTold } of alerts) {
      if (phase !== "firing" || lifecycle === "point" || (isTold && this.#besideStates)) continue;
      for (const { kind, namespace, name, clearedAt } of members) {
        if (kind === event.involvedObject.kind && isOfOtherApi(event.involvedObject)) continue;
        const object = ObjectKey.format({ cluster: event.cluster, kind, namespace, name });
        if (clearedAt === undefined && this.#lookUp.wants(object)) objects.add(object);
      }
    }
    return objects;
  }
}
