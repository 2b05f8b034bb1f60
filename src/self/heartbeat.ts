import { classifyStatus, createHttpClient, type HttpClient, type HttpSettings } from "../egress/index.ts";
import type { Clock } from "../lib/clock.ts";
import { Deadline } from "../lib/deadline.ts";
import { errorText } from "../lib/errors.ts";
import type { Logger } from "../lib/log.ts";
import type { Metrics } from "../lib/metrics.ts";
import { openSecret, type SecretDeps } from "../lib/secret-option.ts";
import type { SecretRef } from "../lib/secret.ts";

/** How often the settings are read while the configuration has no heartbeat. */
const LOOK_EVERY_MS = 60_000;
/** The pause before the next look while the bridge starts, which takes seconds. */
const STARTING_MS = 2000;
const ANSWER_WITHIN_MS = 10_000;

/** Section `heartbeat` of the configuration. */
export interface HeartbeatSettings extends HttpSettings {
  /** Milliseconds. */
  readonly every: number;
  readonly url: SecretRef;
}

interface Client {
  readonly http: HttpClient;
  readonly settings: HeartbeatSettings;
  readonly url: () => string;
}

/** Collaborators of a heartbeat. */
export interface HeartbeatDeps {
  /** Those in use now; undefined for no heartbeat. A reload makes a new object. */
  readonly settings: () => HeartbeatSettings | undefined;
  /** Access to the secrets of the settings in use. */
  readonly secrets: () => SecretDeps;
  /** The problems of the bridge; empty while the watch is live and the store takes writes. */
  readonly failures: () => readonly string[];
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
}

/**
 * Asks a dead-man service again and again while all is well. When something is wrong, or the process is gone, the
 * requests stop, and the service alerts people by a way of its own.
 */
export class Heartbeat {
  readonly #deps: HeartbeatDeps;
  #client: Client | undefined;
  #lastAt = 0;
  /** The last line of the log, so that the same one is not logged twice. */
  #logged = "";
  readonly #startedAt: number;

  constructor(deps: HeartbeatDeps) {
    this.#deps = deps;
    this.#startedAt = deps.clock.monotonic();
    deps.metrics.gauge(
      "tocsin_heartbeat_timestamp_seconds",
      "When the last heartbeat was taken, Unix seconds; 0 for never.",
      { collect: (gauge) => gauge.set(this.#lastAt / 1000) },
    );
  }

  /** Until the signal aborts. Never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock } = this.#deps;
    while (!signal.aborted) {
      const waitMs = await this.#turn(signal);
      await clock.sleep(waitMs, signal).catch(() => undefined);
    }
    await this.#forget();
  }

  /** Milliseconds until the next one. */
  async #turn(signal: AbortSignal): Promise<number> {
    const { clock, failures } = this.#deps;
    const settings = this.#deps.settings();
    if (settings === undefined) {
      await this.#forget();
      return LOOK_EVERY_MS;
    }
    const [failure] = failures();
    if (failure === undefined) await this.#beat(settings, signal);
    else if (this.#logged === "" && clock.monotonic() - this.#startedAt < settings.every) return STARTING_MS;
    else this.#logOnce("warn", "no heartbeat: the bridge is not well", failure);
    return settings.every;
  }

  async #beat(settings: HeartbeatSettings, signal: AbortSignal): Promise<void> {
    const { clock } = this.#deps;
    using deadline = new Deadline(clock, ANSWER_WITHIN_MS, {
      reason: () => new Error("no answer within 10 s"),
      signal,
    });
    try {
      const { http, url } = await this.#clientFor(settings);
      const { status, headers } = await http.request({
        url: url(),
        method: "GET",
        headers: {},
        body: "",
        signal: deadline.signal,
      });
      // Without the words of the answer, which may differ each time.
      const refusal = classifyStatus(status, headers, clock.now());
      if (refusal !== undefined) throw refusal;
      this.#lastAt = clock.now();
      this.#logOnce("info", "the heartbeat is taken", "");
    } catch (error) {
      if (!signal.aborted) this.#logOnce("warn", "the heartbeat is not taken", errorText(error));
    }
  }

  /** Makes a new client only when the settings have changed. */
  async #clientFor(settings: HeartbeatSettings): Promise<Client> {
    if (this.#client?.settings === settings) return this.#client;
    await this.#forget();
    const { every: _every, url, ...http } = settings;
    const secrets = this.#deps.secrets();
    const secret = openSecret(url, secrets);
    this.#client = {
      settings,
      http: createHttpClient({ ...http, allowPrivate: true, concurrency: 1 }, secrets),
      url: () => secret.reveal(),
    };
    return this.#client;
  }

  async #forget(): Promise<void> {
    await this.#client?.http.close();
    this.#client = undefined;
  }

  #logOnce(level: "info" | "warn", message: string, error: string): void {
    const text = `${message} ${error}`;
    if (text === this.#logged) return;
    this.#logged = text;
    this.#deps.log[level](message, error === "" ? {} : { error });
  }
}
