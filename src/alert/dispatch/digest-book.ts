import { toEntity } from "../entity-kinds.ts";
import type { EntityChanges } from "../entity.ts";
import { Journal } from "../journal.ts";
import type { Schedule } from "../schedule.ts";
import type { Missed, SinkLoad } from "../sink-load.ts";
import type { GroupState } from "../state.ts";
import { admit, afterDigest, missedBy, noLoad, withDigestAt, withMissed } from "./storm.ts";

/**
 * Keys of sinks in the schedule. They sort behind those of groups, so that a digest has the news of its own instant.
 */
const SINK_PREFIX = "sink:";

/**
 * How many messages each sink got lately, and which groups wait for its next digest. Changes of the loads go to the
 * store by `drain`; the groups themselves keep for which sinks they wait.
 */
export class DigestBook {
  readonly #loads = new Map<string, SinkLoad>();
  readonly #waiting = new Map<string, Set<string>>();
  readonly #journal = new Journal<SinkLoad>("load", (state) => toEntity("load", state));
  readonly #schedule: Schedule;

  constructor(schedule: Schedule) {
    this.#schedule = schedule;
  }

  /** Adds loads, and the waiting groups, that the store already has. */
  load(loads: readonly SinkLoad[], groups: readonly GroupState[]): void {
    for (const load of loads) {
      this.#loads.set(load.sink, load);
      this.#schedule.set(SINK_PREFIX + load.sink, load.dueAt);
    }
    for (const { key, waiting = {} } of groups) for (const sink of Object.keys(waiting)) this.wait(sink, key);
  }

  /** The sink that a key of the schedule stands for; undefined when it stands for something else. */
  static sinkIn(key: string): string | undefined {
    return key.startsWith(SINK_PREFIX) ? key.slice(SINK_PREFIX.length) : undefined;
  }

  /** Whether a message may go by itself; see `admit`. */
  admits(sink: string, message: Parameters<typeof admit>[1], now: number): boolean {
    const { load, admitted } = admit(this.#of(sink), message, now);
    this.#put(load);
    return admitted;
  }

  /** Adds a group to those whose news waits for the digest of a sink. */
  wait(sink: string, key: string): void {
    const keys = this.#waiting.get(sink);
    if (keys === undefined) this.#waiting.set(sink, new Set([key]));
    else keys.add(key);
  }

  /** Makes the digest of a sink due at this time at the latest. */
  lookAt(sink: string, at: number): void {
    this.#put(withDigestAt(this.#of(sink), at));
  }

  /** Adds an alert that ended before the sink got a message about it. */
  miss(sink: string, missed: Missed): void {
    this.#put(withMissed(this.#of(sink), missed));
  }

  /** When the next digest of a sink is due, epoch milliseconds; undefined when none is planned. */
  dueAt(sink: string): number | undefined {
    return this.#of(sink).dueAt;
  }

  /** Keys of the groups that wait for the digest of a sink, and the alerts that the sink has missed. */
  contentOf(sink: string): { readonly groups: readonly string[]; readonly missed: readonly Missed[] } {
    return { groups: [...(this.#waiting.get(sink) ?? [])], missed: this.#of(sink).missed };
  }

  /** Takes out the content of a sink's digest: the groups that wait for it, and the alerts that the sink has missed. */
  drainDigest(
    sink: string,
    now: number,
  ): { readonly keys: readonly string[] } & Pick<SinkLoad, "missed" | "missedOmitted"> {
    const load = this.#of(sink);
    const keys = [...(this.#waiting.get(sink) ?? [])];
    this.#waiting.delete(sink);
    this.#put(afterDigest(load, now));
    return { keys, ...missedBy(load, now) };
  }

  /** Forgets the sinks that the configuration no longer has. */
  configure(sinks: ReadonlyMap<string, unknown>): void {
    for (const sink of this.#loads.keys()) {
      if (sinks.has(sink)) continue;
      this.#loads.delete(sink);
      this.#waiting.delete(sink);
      this.#journal.forget(sink);
      this.#schedule.set(SINK_PREFIX + sink, undefined);
    }
  }

  /** The changed loads since the last call, each sink once. */
  drain(): EntityChanges {
    return this.#journal.drain();
  }

  #of(sink: string): SinkLoad {
    return this.#loads.get(sink) ?? noLoad(sink);
  }

  #put(load: SinkLoad): void {
    this.#loads.set(load.sink, load);
    this.#journal.put(load.sink, load);
    this.#schedule.set(SINK_PREFIX + load.sink, load.dueAt);
  }
}
