import { randomInt, randomUUID } from "node:crypto";

import type { Clock } from "../lib/clock.ts";
import { fingerprint } from "../lib/hash.ts";
import { type Draft, isSubdomain } from "./draft.ts";

/** Clocks here have milliseconds; each process chooses the smaller digits once, so that two processes seldom meet. */
const NANOS_PER_MS = 1_000_000;

/** Names for new Events, each used once: `<object>.<16 hex digits of Unix nanoseconds>`, as in client-go. */
export class EventNames {
  readonly #clock: Clock;
  readonly #below = BigInt(randomInt(NANOS_PER_MS));
  #last = 0n;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A new name; a UUID where the object's name cannot be part of one. */
  next(objectName: string): string {
    const now = BigInt(Math.trunc(this.#clock.now())) * BigInt(NANOS_PER_MS) + this.#below;
    this.#last = now > this.#last ? now : this.#last + 1n;
    const name = `${objectName}.${this.#last.toString(16).padStart(16, "0")}`;
    return isSubdomain(name) ? name : randomUUID();
  }
}

/** The same name in every process for the same series; it has no time in it, so a process can find it again. */
export function stableName(draft: Draft, component: string): string {
  const { regarding, reason, type, action, dedupeKey } = draft;
  const { kind, namespace = "", name } = regarding;
  const mark = fingerprint([component, kind, namespace, name, reason, type, action, dedupeKey]);
  const whole = `${name}.${mark}`;
  return isSubdomain(whole) ? whole : `report.${mark}`;
}
