import type { ReloadOutcome } from "../api/index.ts";
import type { Delivery } from "../delivery/index.ts";
import type { Position } from "../event/index.ts";
import type { Clock } from "../lib/clock.ts";
import { formatFinding } from "../lib/finding.ts";
import type { Pipeline } from "../pipeline/index.ts";
import type { EventSource, SourceMessage } from "../source/index.ts";
import type { StateDamage } from "../store/index.ts";
import {
  deadLetterIncident,
  gapIncident,
  garbledIncident,
  malformedIncident,
  reloadIncident,
  rewindIncident,
  sinkIncident,
  stateIncident,
  storeIncident,
  watchIncident,
} from "./incidents.ts";
import type { SelfAlertSender } from "./self-alert-sender.ts";
import { type SelfAlert, SelfAlerts, type LastingIncident, type Incident } from "./self-alerts.ts";
import { isSelfAlert } from "./self-notification.ts";

const LOOK_EVERY_MS = 15_000;

/** An Event may have expired a little before its time. */
const TTL_MARGIN_MS = 5 * 60_000;

/** Moments between two looks; more of them are no news. */
const MOST_MOMENTS = 1000;

/** The parts that are looked at. */
export interface MonitoredParts {
  readonly source: Pick<EventSource, "status">;
  readonly delivery: Pick<Delivery, "status">;
  readonly pipeline: Pick<Pipeline, "status">;
  readonly sender: Pick<SelfAlertSender, "send">;
}

/** Notes what goes wrong with the bridge itself, looks at its parts four times a minute, and has it told. */
export class SelfMonitor {
  readonly #clock: Clock;
  readonly #eventTtlMs: number;
  readonly #alerts = new SelfAlerts();
  readonly #gaps = new Map<string, number>();
  readonly #garbledAt = new Map<string, number>();
  #malformedAt = 0;
  #moments: Incident[] = [];
  #reload: readonly LastingIncident[] = [];

  constructor(clock: Clock, eventTtlMs: number) {
    this.#clock = clock;
    this.#eventTtlMs = eventTtlMs;
  }

  recordDamage(damage: StateDamage): void {
    this.#record(stateIncident(damage));
  }

  /** The positions that a start goes on from. */
  recordPositions(positions: readonly Position[]): void {
    for (const { scope, updatedAt } of positions) this.#recordGap(scope, updatedAt, this.#clock.now());
  }

  recordDead({
    id,
    sink,
    error,
  }: {
    readonly id: string;
    readonly sink: string;
    readonly error: string;
  }): void {
    if (!isSelfAlert(id)) this.#record(deadLetterIncident(sink, error));
  }

  recordReload({ ok, findings }: ReloadOutcome): void {
    const error = findings.find(({ level }) => level === "error");
    this.#reload = ok ? [] : [reloadIncident(error === undefined ? "" : formatFinding(error))];
  }

  /** The same source, overheard. */
  overhear(source: EventSource): EventSource {
    const note = (message: SourceMessage): void => this.#recordMessage(message);
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
  async run(parts: MonitoredParts, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#look(parts);
      await this.#clock.sleep(LOOK_EVERY_MS, signal).catch(() => undefined);
    }
  }

  async #look({ source, delivery, pipeline, sender }: MonitoredParts): Promise<void> {
    const sources = source.status();
    for (const { scope, garbled } of sources) {
      if (garbled === undefined || this.#garbledAt.get(scope) === garbled.at) continue;
      this.#garbledAt.set(scope, garbled.at);
      this.#record(garbledIncident(scope, garbled.error));
    }
    const { trouble, malformed } = pipeline.status();
    if (malformed !== undefined && malformed.at !== this.#malformedAt) {
      this.#malformedAt = malformed.at;
      this.#record(malformedIncident(malformed.error));
    }
    const lasting = [
      ...storeIncident(trouble),
      ...sources.flatMap((status) => watchIncident(status, this.#eventTtlMs)),
      ...delivery.status().flatMap(sinkIncident),
      ...this.#reload,
    ];
    const moments = this.#moments;
    this.#moments = [];
    const due: readonly SelfAlert[] = this.#alerts.decide(lasting, moments, this.#clock.now());
    await Promise.all(due.map((alert) => sender.send(alert, trouble === "")));
  }

  #recordMessage(message: SourceMessage): void {
    if (message.kind === "gap") {
      this.#gaps.set(message.scope, message.at);
      if (message.isRewind === true) this.#record(rewindIncident(message.scope));
    } else if (message.kind === "live") {
      const from = this.#gaps.get(message.scope);
      this.#gaps.delete(message.scope);
      if (from !== undefined) this.#recordGap(message.scope, from, message.at);
    }
  }

  #recordGap(scope: string, from: number, to: number): void {
    const isSafe = to - from <= Math.max(this.#eventTtlMs / 2, this.#eventTtlMs - TTL_MARGIN_MS);
    if (!isSafe) this.#record(gapIncident(scope, from, to, this.#eventTtlMs));
  }

  #record(trouble: Incident): void {
    if (this.#moments.length < MOST_MOMENTS) this.#moments.push(trouble);
  }
}
