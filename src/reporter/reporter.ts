import { randomUUID } from "node:crypto";
import { hostname } from "node:os";

import { type ApiClient, openClient } from "../kube/index.ts";
import { type Clock, systemClock } from "../lib/clock.ts";
import { errorText, TocsinError } from "../lib/errors.ts";
import { truncateBytes } from "../lib/text.ts";
import { type Draft, draftOf, isQualifiedName, QUALIFIED_NAME_FORM, seriesKey } from "./draft.ts";
import { EventNames, stableName } from "./event-names.ts";
import { EventWriter } from "./event-writer.ts";
import { CLOSE_WITHIN_MS, GIVE_UP_AFTER_MS, LONGEST_WORD, QUEUE_LIMIT } from "./limits.ts";
import { createProcessWarnings } from "./process-warnings.ts";
import { ReportError } from "./report-error.ts";
import type { Report, ReportHandle } from "./report.ts";
import { Sender } from "./sender.ts";
import type { WriteApi } from "./wire.ts";
import { WriteHandle } from "./write-handle.ts";

/** Options of a reporter. */
export interface ReporterOptions {
  /** The writer: `injector`, or with a DNS prefix `shop.example/injector`. Rules match it as `source`. */
  readonly component: string;
  /** This one of several; by default `<component>-<host name>`. At most 128 bytes. */
  readonly instance?: string;
  /** A kubeconfig file. Without it: in-cluster, else `$KUBECONFIG`, else `~/.kube/config`. */
  readonly kubeconfig?: string;
  /** A context of the kubeconfig; by default its current one. */
  readonly context?: string;
  /** The API to write through: by default `events` (events.k8s.io/v1); `core` for clusters that grant only that. */
  readonly api?: WriteApi;
  /** Whether reports that differ only in their note are one series, which keeps the first note; false by default. */
  readonly mergeNotes?: boolean;
  /** Events that may wait for their first write; 1,000 by default. One more is refused as `full`. */
  readonly queueLimit?: number;
  /** How long a write is tried while the API server does not accept it; 15 minutes (900,000) by default. */
  readonly giveUpAfterMs?: number;
  /**
   * Called for each report that was refused or not written. Errors that it throws are ignored. Without it, Node's
   * process warnings say so, at most once a minute for each kind of failure.
   */
  readonly onError?: (error: ReportError) => void;
  /** Called each time a write has to wait, with the reason. */
  readonly onRetry?: (error: Error) => void;
}

/**
 * Counts of calls of `report` since the start. Each was rejected or accepted; accepted = sent + merged + failed +
 * waiting.
 */
export interface ReporterCounters {
  readonly accepted: number;
  /** Refused at once: invalid, no room, closed. */
  readonly rejected: number;
  /** Became an Event of their own. */
  readonly sent: number;
  /** Raised the count of an Event. */
  readonly merged: number;
  /** Given up. */
  readonly failed: number;
  readonly waiting: number;
  /** HTTP requests to the API server, and delayed writes. */
  readonly requests: number;
  readonly retries: number;
}

/** The result of closing. */
export interface CloseReport {
  /** One for each series that was not wholly written; empty when nothing was lost. */
  readonly undelivered: readonly ReportError[];
}

/** Writes Events for a component. */
export interface Reporter extends AsyncDisposable {
  /** Takes a report and returns at once, in far less than a millisecond; it never throws. */
  report(report: Report): ReportHandle;
  /** The version of the API server, such as `v1.36.3`. @throws {TocsinError} ERR_API, ERR_CREDENTIALS. */
  serverVersion(): Promise<string>;
  counters(): ReporterCounters;
  /**
   * Takes no more reports, writes the waiting ones, and frees the connections. Never rejects; a second call returns the
   * same promise. Without it, the last occurrences of going series are lost when the process ends.
   *
   * @param options.withinMs Writes that take longer are given up; 10 s by default.
   */
  close(options?: { readonly withinMs?: number }): Promise<CloseReport>;
}

/** Collaborators of a reporter; tests pass their own. */
export interface ReporterContext {
  readonly clock: Clock;
  readonly client: ApiClient;
  /** From 0 to 1, exclusive. */
  readonly random: () => number;
}

/**
 * Creates a reporter; it sends nothing before the first report. It installs no signal handlers, and its timers keep no
 * process alive.
 *
 * Memory: at most 4,096 series are kept, each with one report of at most 8 KiB: 32 MiB at worst, 6 MiB for usual ones.
 *
 * @throws {TocsinError} ERR_USAGE for a component that is no qualified name, or options out of range; ERR_CREDENTIALS
 * when it finds no API server.
 */
export function createReporter(options: ReporterOptions): Reporter {
  checkOptions(options);
  const client = openClient(options, { env: process.env, clock: systemClock });
  return createReporterWith(options, { clock: systemClock, client, random: Math.random });
}

/** As `createReporter`, with given collaborators. */
export function createReporterWith(options: ReporterOptions, context: ReporterContext): Reporter {
  checkOptions(options);
  return new EventReporter(options, context);
}

class EventReporter implements Reporter {
  readonly #options: ReporterOptions;
  readonly #context: ReporterContext;
  readonly #writer: EventWriter;
  readonly #sender: Sender;
  readonly #onError: (error: ReportError) => void;
  readonly #undelivered: ReportError[] = [];
  #accepted = 0;
  #rejected = 0;
  #closing: Promise<CloseReport> | undefined;

  constructor(options: ReporterOptions, context: ReporterContext) {
    const { clock, client, random } = context;
    const { component, api = "events", instance } = options;
    this.#options = options;
    this.#context = context;
    this.#onError = options.onError ?? createProcessWarnings(clock);
    warmUp();
    const names = new EventNames(clock);
    const newWriteId = writeIds();
    this.#writer = new EventWriter({
      client,
      api,
      writer: { component, instance: instance ?? defaultInstance(component) },
      names,
      newWriteId,
    });
    this.#sender = new Sender({
      writer: this.#writer,
      names,
      nameOf: (draft) =>
        draft.dedupeKey === "" ? names.next(draft.regarding.name) : stableName(draft, component),
      newWriteId,
      clock,
      random,
      queueLimit: options.queueLimit ?? QUEUE_LIMIT,
      giveUpAfterMs: options.giveUpAfterMs ?? GIVE_UP_AFTER_MS,
      onFailure: (error) => {
        if (this.#closing !== undefined) this.#undelivered.push(error);
        this.#tell(error);
      },
      onRetry: (error) => options.onRetry?.(error),
    });
  }

  report(report: Report): ReportHandle {
    const draft = this.#draft(report);
    if (draft instanceof ReportError) return this.#reject(draft);
    const taken = this.#sender.add(seriesKey(draft, this.#options.mergeNotes ?? false), draft);
    if (taken instanceof ReportError) return this.#reject(taken);
    this.#accepted += 1;
    return taken;
  }

  serverVersion(): Promise<string> {
    return this.#context.client.serverVersion();
  }

  counters(): ReporterCounters {
    return {
      accepted: this.#accepted,
      rejected: this.#rejected,
      ...this.#sender.counts,
      requests: this.#writer.requests,
    };
  }

  close({ withinMs = CLOSE_WITHIN_MS }: { readonly withinMs?: number } = {}): Promise<CloseReport> {
    this.#closing ??= this.#close(withinMs);
    return this.#closing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #close(withinMs: number): Promise<CloseReport> {
    const { clock, client } = this.#context;
    const drained = new AbortController();
    // A sleep keeps the process alive, unlike the timers of retries.
    const late = clock.sleep(withinMs, drained.signal).catch(() => undefined);
    await Promise.race([this.#sender.drain(), late]);
    drained.abort();
    this.#sender.abandon();
    await client.close();
    return { undelivered: this.#undelivered };
  }

  #draft(report: Report): Draft | ReportError {
    if (this.#closing !== undefined) return new ReportError("closed", "the reporter is closed");
    try {
      return draftOf(report);
    } catch (error) {
      if (error instanceof ReportError) return error;
      // The report may be no object at all, or have getters that throw.
      return new ReportError("invalid", errorText(error), { cause: error });
    }
  }

  #reject(failure: ReportError): ReportHandle {
    this.#rejected += 1;
    this.#tell(failure);
    return new WriteHandle(failure);
  }

  /** Errors of the host's callback stay the host's, also those of an asynchronous function. */
  #tell(failure: ReportError): void {
    try {
      Promise.resolve(this.#onError(failure)).catch(() => undefined);
    } catch {
      // No handler is left for it.
    }
  }
}

/** The first hash of a process takes a millisecond: it is made here, not within the host's first report. */
function warmUp(): void {
  const regarding = { kind: "Pod", name: "none" };
  seriesKey(draftOf({ regarding, reason: "None", action: "None", note: "" }), false);
}

/** Ids of writes: of this process, then counted. */
function writeIds(): () => string {
  const process = randomUUID();
  let writes = 0;
  return () => `${process}.${++writes}`;
}

function defaultInstance(component: string): string {
  return truncateBytes(`${component.split("/").at(-1)}-${hostname()}`, LONGEST_WORD);
}

function checkOptions({ component, instance, api, queueLimit, giveUpAfterMs }: ReporterOptions): void {
  if (typeof component !== "string" || !isQualifiedName(component)) {
    throw usage(`component is ${JSON.stringify(component)}; write ${QUALIFIED_NAME_FORM}`);
  }
  if (instance !== undefined && (instance === "" || Buffer.byteLength(instance) > LONGEST_WORD)) {
    throw usage(`instance must have 1 to ${LONGEST_WORD} bytes`);
  }
  if (api !== undefined && api !== "events" && api !== "core") throw usage("api must be events or core");
  if (queueLimit !== undefined && !(Number.isInteger(queueLimit) && queueLimit >= 1)) {
    throw usage("queueLimit must be a whole number of 1 or more");
  }
  if (giveUpAfterMs !== undefined && !(giveUpAfterMs >= 0)) throw usage("giveUpAfterMs must be 0 or more");
}

function usage(what: string): TocsinError {
  return new TocsinError("ERR_USAGE", `createReporter: ${what}`);
}
