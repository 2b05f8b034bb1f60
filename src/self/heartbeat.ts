import type { Configuration } from "../config/index.ts";
import { createHttpClient, type HttpClient } from "../egress/index.ts";
import type { Clock } from "../lib/clock.ts";
import { Deadline } from "../lib/deadline.ts";
import { errorText } from "../lib/errors.ts";
import type { Logger } from "../lib/log.ts";
import type { Metrics } from "../lib/metrics.ts";
import { openSecret, type SecretDeps } from "../lib/secret-option.ts";

/** How often the configuration is looked at while there is no heartbeat in it. */
const LOOK_EVERY_MS = 60_000;
/** A start takes seconds; being not ready yet is no news then. */
const STARTING_MS = 2000;
const ANSWER_WITHIN_MS = 10_000;

type Settings = NonNullable<Configuration["heartbeat"]>;

interface Client {
  readonly http: HttpClient;
  readonly settings: Settings;
  readonly url: () => string;
}

/** What a heartbeat works with. */
export interface HeartbeatDeps {
  /** That in use now. */
  readonly configuration: () => Configuration;
  /** What is wrong with the bridge; empty while the watch is live and the store takes writes. */
  readonly troubles: () => readonly string[];
  readonly host: (configuration: Configuration) => SecretDeps;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
}

/**
 * Asks a dead-man service again and again for as long as all is well. What is not well makes it silent, and the service
 * then tells people by a way of its own: also when there is nobody left here to say anything.
 */
export class Heartbeat {
  readonly #deps: HeartbeatDeps;
  #client: Client | undefined;
  #lastAt = 0;
  /** What was said last, so that it is said once. */
  #said = "";
  readonly #startedAt: number;

  constructor(parts: HeartbeatDeps) {
    this.#deps = parts;
    this.#startedAt = parts.clock.monotonic();
    parts.metrics.gauge(
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
    const { clock, configuration, troubles } = this.#deps;
    const settings = configuration().heartbeat;
    if (settings === undefined) {
      await this.#forget();
      return LOOK_EVERY_MS;
    }
    const [trouble] = troubles();
    if (trouble === undefined) await this.#beat(settings, signal);
    else if (this.#said === "" && clock.monotonic() - this.#startedAt < settings.every) return STARTING_MS;
    else this.#say("warn", "no heartbeat: the bridge is not well", trouble);
    return settings.every;
  }

  async #beat(settings: Settings, signal: AbortSignal): Promise<void> {
    const { clock } = this.#deps;
    using deadline = new Deadline(clock, ANSWER_WITHIN_MS, {
      reason: () => new Error("no answer within 10 s"),
      signal,
    });
    try {
      const { http, url } = await this.#clientFor(settings);
      const { status } = await http.request({
        url: url(),
        method: "GET",
        headers: {},
        body: "",
        signal: deadline.signal,
      });
      if (status < 200 || status >= 300) throw new Error(`the answer is ${status}`);
      this.#lastAt = clock.now();
      this.#say("info", "the heartbeat is taken", "");
    } catch (error) {
      if (!signal.aborted) this.#say("warn", "the heartbeat is not taken", errorText(error));
    }
  }

  /** The same one until its settings change. */
  async #clientFor(settings: Settings): Promise<Client> {
    if (this.#client?.settings === settings) return this.#client;
    await this.#forget();
    const { configuration, host } = this.#deps;
    const { every: _every, url, ...http } = settings;
    const surroundings = host(configuration());
    const secret = openSecret(url, surroundings);
    this.#client = {
      settings,
      http: createHttpClient({ ...http, allowPrivate: true, concurrency: 1 }, surroundings),
      url: () => secret.reveal(),
    };
    return this.#client;
  }

  async #forget(): Promise<void> {
    await this.#client?.http.close();
    this.#client = undefined;
  }

  #say(level: "info" | "warn", message: string, error: string): void {
    const text = `${message} ${error}`;
    if (text === this.#said) return;
    this.#said = text;
    this.#deps.log[level](message, error === "" ? {} : { error });
  }
}
