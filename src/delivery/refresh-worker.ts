import type { NotifiedAlert } from "../alert/index.ts";
import type { Clock } from "../lib/clock.ts";
import type { Outbox } from "../store/index.ts";
import type { SinkChannel } from "./sink-channel.ts";
import type { Work } from "./work-loop.ts";

/** An end is told again for this long: the receiver may have been down, or may have forgotten what it was told. */
const ENDS_FOR_MS = 5 * 60_000;

/** Delivered notifications that are read for their ends, and ends that one attempt tells. */
const MOST_DELIVERED = 1000;
const AT_ONCE = 100;

/** The collaborators of a refresh. */
export interface RefreshDeps {
  readonly everyMs: number;
  readonly channel: SinkChannel;
  readonly queue: { readonly outbox: Pick<Outbox, "toldEnds"> };
  /** The open alerts of the sink, some at a time. */
  readonly openAlerts: () => AsyncIterable<readonly NotifiedAlert[]>;
  readonly clock: Clock;
}

/**
 * Tells the receiver of one sink, again and again, all alerts that it has and that fire, and the ends of the last
 * minutes. It reads both from the store, so a restart changes nothing. A refresh that fails waits for the next one.
 */
export class RefreshWorker implements Work {
  readonly #deps: RefreshDeps;
  #dueAt = -Infinity;

  constructor(parts: RefreshDeps) {
    this.#deps = parts;
  }

  async fill(): Promise<number> {
    const { clock, everyMs, channel } = this.#deps;
    const now = clock.now();
    if (now < this.#dueAt) return this.#dueAt - now;
    this.#dueAt = now + everyMs;
    if (!channel.isClosed) await this.#refresh(now);
    return Math.max(1, this.#dueAt - clock.now());
  }

  async #refresh(now: number): Promise<void> {
    const { openAlerts, queue } = this.#deps;
    const firing = new Set<string>();
    for await (const alerts of openAlerts()) {
      for (const { fingerprint } of alerts) firing.add(fingerprint);
      if (!(await this.#tell(alerts))) return;
    }
    const ends = await queue.outbox.toldEnds({ since: now - ENDS_FOR_MS, limit: MOST_DELIVERED });
    const over = onlyNewest(ends).filter(({ fingerprint }) => !firing.has(fingerprint));
    for (let from = 0; from < over.length; from += AT_ONCE)
      if (!(await this.#tell(over.slice(from, from + AT_ONCE)))) return;
  }

  /** @returns Whether the receiver took them. */
  async #tell(alerts: readonly NotifiedAlert[]): Promise<boolean> {
    const { channel } = this.#deps;
    const { ok } = await channel.attempt({
      destination: channel.destinationOfRecords,
      run: async (signal) => channel.sink.refresh?.(alerts, signal),
      isOneContent: false,
    });
    return ok;
  }
}

/** The newest end of each alert; the list has the newest first. */
function onlyNewest(ends: readonly NotifiedAlert[]): readonly NotifiedAlert[] {
  const seen = new Set<string>();
  return ends.filter(({ fingerprint }) => {
    const isNew = !seen.has(fingerprint);
    seen.add(fingerprint);
    return isNew;
  });
}
