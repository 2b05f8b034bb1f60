import type { Delivery } from "../delivery/index.ts";
import type { Clock } from "../lib/clock.ts";
import { type Finding, formatFinding } from "../lib/finding.ts";
import type { EventSource, SourceMessage } from "../source/index.ts";
import type { CopyOutcome, RefusedRecords, StateDamage } from "../store/index.ts";
import {
  copyIncident,
  deadLetterIncident,
  gapIncident,
  garbledIncident,
  type Incident,
  type LastingIncident,
  malformedIncident,
  refusedIncident,
  reloadIncident,
  rewindIncident,
  sinkIncident,
  stateIncident,
  storeIncident,
  watchIncident,
} from "./incidents.ts";
import type { SelfAlertSender } from "./self-alert-sender.ts";
import { SelfAlerts } from "./self-alerts.ts";
import { isSelfAlert } from "./self-notification.ts";

const LOOK_EVERY_MS = 15_000;

/** An Event may have expired a little before its time. */
const TTL_MARGIN_MS = 5 * 60_000;

/** Moments kept between two looks; the rest is dropped. */
const MOST_MOMENTS = 1000;

/** The part of the pipeline that the monitor reads. */
export interface PipelineReport {
  /** The last error of the store; "" while it works. */
  readonly storeError: string;
  /** The last Event that could not be read. */
  readonly malformed: { readonly at: number; readonly error: string } | undefined;
}

/** The parts that the monitor looks at, and the sender of its alerts. */
export interface MonitoredParts {
  readonly source: Pick<EventSource, "status">;
  readonly delivery: Pick<Delivery, "status">;
  readonly pipeline: { readonly status: () => PipelineReport };
  readonly sender: Pick<SelfAlertSender, "send">;
}

/**
 * Records the incidents of the bridge itself, looks at its parts four times a minute, and sends the alerts that are
 * due.
 */
export class SelfMonitor {
  readonly #clock: Clock;
  readonly #eventTtlMs: number;
  readonly #alerts = new SelfAlerts();
  readonly #gaps = new Map<string, number>();
  readonly #garbledAt = new Map<string, number>();
  #malformedAt = 0;
  /** Until then a damaged state file was written, whose copy is the state now. Epoch milliseconds. */
  #knownUntil: number | undefined;
  #moments: Incident[] = [];
  #reload: readonly LastingIncident[] = [];

  constructor(clock: Clock, eventTtlMs: number) {
    this.#clock = clock;
    this.#eventTtlMs = eventTtlMs;
  }

  /** The state file is, or was, damaged. */
  recordDamage(damage: StateDamage): void {
    this.#knownUntil = damage.writtenAt ?? this.#knownUntil;
    this.#record(stateIncident(damage));
  }

  /** The daily copy of the state file was made, or not. */
  recordCopy(outcome: CopyOutcome): void {
    const { kind } = outcome;
    if (kind === "skipped" || kind === "failed") this.#record(copyIncident(kind, outcome.reason));
  }

  /** A start goes on from these positions. @param positions `updatedAt` in epoch milliseconds. */
  recordPositions(positions: readonly { readonly scope: string; readonly updatedAt: number }[]): void {
    const now = this.#clock.now();
    // The positions of a copy are older than what was seen.
    for (const { scope, updatedAt } of positions)
      this.#recordGap(scope, Math.max(updatedAt, this.#knownUntil ?? updatedAt), now);
  }

  /** A delivery has become a dead letter. */
  recordDead(dead: { readonly id: string; readonly sink: string; readonly error: string }): void {
    if (!isSelfAlert(dead.id)) this.#record(deadLetterIncident(dead.sink, dead.error));
  }

  /** Records of `forward` were dropped. */
  recordRefused(records: RefusedRecords): void {
    for (const sink of records.keys()) this.#record(refusedIncident(sink));
  }

  /** A reload has ended. */
  recordReload({ ok, findings }: { readonly ok: boolean; readonly findings: readonly Finding[] }): void {
    const error = findings.find(({ level }) => level === "error");
    this.#reload = ok ? [] : [reloadIncident(error === undefined ? "" : formatFinding(error))];
  }

  /** A source that hands on the messages of this one, and that shows them to the monitor. */
  overhear(source: EventSource): EventSource {
    const record = (message: SourceMessage): void => this.#recordMessage(message);
    return {
      async *messages(signal) {
        for await (const message of source.messages(signal)) {
          record(message);
          yield message;
        }
      },
      ack: (position) => source.ack(position),
      status: () => source.status(),
    };
  }

  /** Looks again and again until the signal aborts. Never rejects. */
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
    const { storeError, malformed } = pipeline.status();
    if (malformed !== undefined && malformed.at !== this.#malformedAt) {
      this.#malformedAt = malformed.at;
      this.#record(malformedIncident(malformed.error));
    }
    const lasting = [
      ...storeIncident(storeError),
      ...sources.flatMap((status) => watchIncident(status, this.#eventTtlMs)),
      ...delivery.status().flatMap(sinkIncident),
      ...this.#reload,
    ];
    const moments = this.#moments;
    this.#moments = [];
    const due = this.#alerts.decide(lasting, moments, this.#clock.now());
    await Promise.all(due.map((alert) => sender.send(alert, storeError === "")));
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

  #record(incident: Incident): void {
    if (this.#moments.length < MOST_MOMENTS) this.#moments.push(incident);
  }
}
