import { BoundedMap } from "../lib/bounded-map.ts";
import type { KindStatus } from "./look-up-status.ts";
import type { ObjectPlace } from "./object-place.ts";
import type { NoAnswer } from "./state-reader.ts";

/** Milliseconds after a refusal: a role is rarely changed. */
const FORBIDDEN_MS = 600_000;

/** Milliseconds for one object that is too large to be read. */
const TOO_LARGE_MS = 300_000;

/** Milliseconds after "asked too often", where the server names none. */
const BUSY_MS = 5000;

/** Milliseconds after the first failure in a row; each further one doubles them. */
const SHORTEST_FAILED_MS = 5000;
const LONGEST_FAILED_MS = 60_000;

/** Refusals and large objects that are remembered; one that is forgotten costs a request. */
const MOST_REMEMBERED = 10_000;

/** Namespaces of refusals that a status names. */
const MOST_NAMED = 10;

interface Failures {
  /** In a row. */
  readonly count: number;
  readonly since: number;
  readonly until: number;
}

/**
 * The pauses of look-ups after bad answers. A refusal pauses one resource in one namespace, a failure one resource (its
 * conversion webhook may be down), a size that is too large that object alone, and "asked too often" everything. Times
 * are milliseconds of the monotonic clock.
 */
export class LookUpPauses {
  #busyUntil = 0;
  readonly #forbidden = new BoundedMap<string, number>(MOST_REMEMBERED);
  readonly #tooLarge = new BoundedMap<string, number>(MOST_REMEMBERED);
  /** By resource. */
  readonly #failed = new Map<string, Failures>();
  /** Resources of which an object was told. */
  readonly #answered = new Set<string>();

  /** Whether an object is left alone now. */
  isPaused(place: ObjectPlace, now: number): boolean {
    const until = Math.max(
      this.#busyUntil,
      this.#forbidden.peek(regionOf(place)) ?? 0,
      this.#tooLarge.peek(place.path) ?? 0,
      this.#failed.get(place.resource)?.until ?? 0,
    );
    return now < until;
  }

  /** @param startedAt When the request began: one that began before a pause says nothing new. */
  recordNoAnswer(
    place: ObjectPlace,
    { outcome, retryAfterMs }: NoAnswer,
    { startedAt, now }: { readonly startedAt: number; readonly now: number },
  ): void {
    switch (outcome) {
      case "forbidden":
        this.#forbidden.set(regionOf(place), now + FORBIDDEN_MS);
        return;
      case "tooLarge":
        this.#tooLarge.set(place.path, now + TOO_LARGE_MS);
        return;
      case "busy":
        this.#busyUntil = Math.max(this.#busyUntil, now + (retryAfterMs ?? BUSY_MS));
        return;
      case "failed":
        this.#recordFailure(place.resource, retryAfterMs ?? 0, { startedAt, now });
    }
  }

  /** The API server answered about an object of this resource. */
  recordAnswer({ resource }: ObjectPlace): void {
    this.#failed.delete(resource);
    this.#answered.add(resource);
  }

  /** The kinds that somebody asked for, by name, and whether they can be read now. */
  kinds(now: number): readonly KindStatus[] {
    const refusals = [...this.#forbidden.entries()]
      .filter(([, until]) => until > now)
      .map(([region, until]) => ({ ...placeIn(region), until }));
    const byResource = Map.groupBy(refusals, ({ resource }) => resource);
    const resources = new Set([...this.#answered, ...byResource.keys(), ...this.#failed.keys()]);
    return [...resources].toSorted().map((resource) => {
      const refused = byResource.get(resource) ?? [];
      const pausedUntil = Math.max(this.#busyUntil, this.#failed.get(resource)?.until ?? 0);
      const until = Math.max(pausedUntil, ...refused.map((each) => each.until));
      return {
        resource,
        state: refused.length > 0 ? "forbidden" : pausedUntil > now ? "paused" : "readable",
        namespaces: refused.map(({ namespace }) => namespace).slice(0, MOST_NAMED),
        retryMs: Math.max(0, until - now),
      };
    });
  }

  #recordFailure(
    resource: string,
    leastMs: number,
    { startedAt, now }: { readonly startedAt: number; readonly now: number },
  ): void {
    const before = this.#failed.get(resource);
    if (before !== undefined && startedAt < before.since) return;
    const count = (before?.count ?? 0) + 1;
    const doubled = Math.min(LONGEST_FAILED_MS, SHORTEST_FAILED_MS * 2 ** (count - 1));
    this.#failed.set(resource, { count, since: now, until: now + Math.max(leastMs, doubled) });
  }
}

/** The inverse of `regionOf`. */
function placeIn(region: string): { readonly resource: string; readonly namespace: string } {
  const end = region.indexOf("/");
  return { resource: region.slice(0, end), namespace: region.slice(end + 1) };
}

/** A role allows a resource in one namespace, or in all. */
function regionOf({ resource, home }: ObjectPlace): string {
  return `${resource}/${home}`;
}
