import type { ReloadOutcome } from "../api/index.ts";
import type { Delivery } from "../delivery/index.ts";
import type { Position } from "../event/index.ts";
import type { Clock } from "../lib/clock.ts";
import { formatFinding } from "../lib/finding.ts";
import type { Pipeline } from "../pipeline/index.ts";
import type { EventSource, SourceMessage } from "../source/index.ts";
import type { StateDamage } from "../store/index.ts";
import type { SelfAlertSender } from "./self-alert-sender.ts";
import { type SelfAlert, SelfAlerts, type LastingTrouble, type Trouble } from "./self-alerts.ts";
import { isSelfAlert } from "./self-notification.ts";
import {
  deadLetterTrouble,
  gapTrouble,
  garbledTrouble,
  malformedTrouble,
  reloadTrouble,
  rewindTrouble,
  sinkTrouble,
  stateTrouble,
  storeTrouble,
  watchTrouble,
} from "./troubles.ts";

const LOOK_EVERY_MS = 15_000;

/** An Event may have expired a little before its time. */
const TTL_MARGIN_MS = 5 * 60_000;

/** Moments between two looks; more of them are no news. */
const MOST_MOMENTS = 1000;

/** The parts that are looked at. */
export interface WatchedParts {
  readonly source: Pick<EventSource, "status">;
  readonly delivery: Pick<Delivery, "status">;
  readonly pipeline: Pick<Pipeline, "status">;
  readonly sender: Pick<SelfAlertSender, "send">;
}

/** Notes what goes wrong with the bridge itself, looks at its parts four times a minute, and has it told. */
export class SelfWatch {
  readonly #clock: Clock;
  readonly #eventTtlMs: number;
  readonly #alerts = new SelfAlerts();
  readonly #gaps = new Map<string, number>();
  readonly #garbledAt = new Map<string, number>();
  #malformedAt = 0;
  #moments: Trouble[] = [];
  #reload: readonly LastingTrouble[] = [];

  constructor(clock: Clock, eventTtlMs: number) {
    this.#clock = clock;
    this.#eventTtlMs = eventTtlMs;
  }

  noteDamage(damage: StateDamage): void {
    this.#note(stateTrouble(damage));
  }

  /** The positions that a start goes on from. */
  notePositions(positions: readonly Position[]): void {
    for (const { scope, updatedAt } of positions) this.#noteGap(scope, updatedAt, this.#clock.now());
  }

  noteDead({
    id,
    sink,
    error,
  }: {
    readonly id: string;
    readonly sink: string;
    readonly error: string;
  }): void {
    if (!isSelfAlert(id)) this.#note(deadLetterTrouble(sink, error));
  }

  noteReload({ ok, findings }: ReloadOutcome): void {
    const error = findings.find(({ level }) => level === "error");
    this.#reload = ok ? [] : [reloadTrouble(error === undefined ? "" : formatFinding(error))];
  }

  /** The same source, overheard. */
  overhear(source: EventSource): EventSource {
    const note = (message: SourceMessage): void => this.#noteMessage(message);
    return {
      async *messages(signal) {
        for await (const message of source.messages(signal)) {
          note(message);
          yield message;
        }
      },
      ack: (position) => source.ack(position),
      status: () => source.status(),
    };
  }

  /** Looks again and again until the signal aborts. */
  async run(parts: WatchedParts, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#look(parts);
      await this.#clock.sleep(LOOK_EVERY_MS, signal).catch(() => undefined);
    }
  }

  async #look({ source, delivery, pipeline, sender }: WatchedParts): Promise<void> {
    const sources = source.status();
    for (const { scope, garbled } of sources) {
      if (garbled === undefined || this.#garbledAt.get(scope) === garbled.at) continue;
      this.#garbledAt.set(scope, garbled.at);
      this.#note(garbledTrouble(scope, garbled.error));
    }
    const { trouble, malformed } = pipeline.status();
    if (malformed !== undefined && malformed.at !== this.#malformedAt) {
      this.#malformedAt = malformed.at;
      this.#note(malformedTrouble(malformed.error));
    }
    const lasting = [
      ...storeTrouble(trouble),
      ...sources.flatMap((status) => watchTrouble(status, this.#eventTtlMs)),
      ...delivery.status().flatMap(sinkTrouble),
      ...this.#reload,
    ];
    const moments = this.#moments;
    this.#moments = [];
    const due: readonly SelfAlert[] = this.#alerts.decide(lasting, moments, this.#clock.now());
    await Promise.all(due.map((alert) => sender.send(alert, trouble === "")));
  }

  #noteMessage(message: SourceMessage): void {
    if (message.kind === "gap") {
      this.#gaps.set(message.scope, message.at);
      if (message.isRewind === true) this.#note(rewindTrouble(message.scope));
    } else if (message.kind === "live") {
      const from = this.#gaps.get(message.scope);
      this.#gaps.delete(message.scope);
      if (from !== undefined) this.#noteGap(message.scope, from, message.at);
    }
  }

  #noteGap(scope: string, from: number, to: number): void {
    const isSafe = to - from <= Math.max(this.#eventTtlMs / 2, this.#eventTtlMs - TTL_MARGIN_MS);
    if (!isSafe) this.#note(gapTrouble(scope, from, to, this.#eventTtlMs));
  }

  #note(trouble: Trouble): void {
    if (this.#moments.length < MOST_MOMENTS) this.#moments.push(trouble);
  }
}
