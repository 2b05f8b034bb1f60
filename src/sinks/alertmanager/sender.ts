import type { Notification, NotifiedAlert } from "../../alert/index.ts";
import { DeliveryError } from "../../egress/index.ts";
import type { Secret } from "../../lib/secret.ts";
import type { SinkContext } from "../../sink/index.ts";
import { AlertMemory } from "./alert-memory.ts";
import type { ApiAlert } from "./api-alert.ts";
import type { Options } from "./options.ts";
import { type Posted, postAlerts } from "./post-alerts.ts";
import { toApiAlerts } from "./to-api-alerts.ts";

/** Sends to all instances at once. */
export class Sender {
  readonly #options: Options;
  readonly #context: SinkContext;
  readonly #instances: readonly Secret[];
  readonly #client: ReturnType<SinkContext["http"]>;
  readonly #memory = new AlertMemory();
  /** Instances that refused the last request while another one took it. */
  readonly #failing = new Set<Secret>();

  constructor(options: Options, context: SinkContext) {
    this.#options = options;
    this.#context = context;
    this.#instances = options.urls.map((url) => context.secret(url));
    this.#client = context.http({ allowPrivate: true });
  }

  async send(notification: Notification, signal: AbortSignal): Promise<void> {
    const now = this.#context.clock.now();
    const made = toApiAlerts(notification, this.#options, now);
    const told = notification.alerts.flatMap(({ fingerprint, status }, index) => {
      const alert = made[index];
      return alert === undefined ? [] : [{ fingerprint, alert, isFiring: status === "firing" }];
    });
    const gone = told.flatMap(({ fingerprint, alert }) => {
      const before = this.#memory.replacedBy(fingerprint, alert);
      return before === undefined ? [] : [{ ...before, endsAt: new Date(now).toISOString() }];
    });
    await this.#post([...gone, ...made], signal);
    // A post that failed leaves the old form: its end is still to be told.
    for (const { fingerprint, ...known } of told) this.#memory.keep(fingerprint, known);
  }

  async refresh(alerts: readonly NotifiedAlert[], signal: AbortSignal): Promise<void> {
    const { clock, cluster } = this.#context;
    // A first message about a new episode may be on its way: telling its old end would end it.
    const told = alerts.filter(
      ({ status, fingerprint }) => status === "firing" || !this.#memory.isFiring(fingerprint),
    );
    const links = { runbook: null, dashboard: null, silence: null, alert: null };
    const made = toApiAlerts({ alerts: told, trigger: "repeat", links, cluster }, this.#options, clock.now());
    const whole = made.map((alert, index) => {
      const known = this.#memory.extrasOf(told[index]?.fingerprint ?? "");
      return { ...known, ...alert, annotations: { ...known.annotations, ...alert.annotations } };
    });
    await this.#post(whole, signal);
  }

  async probe(signal: AbortSignal): Promise<string> {
    const reached = await Promise.allSettled(
      this.#instances.map(async (url) => this.#client.reach(url.reveal(), signal)),
    );
    const places = reached.map((each) =>
      each.status === "fulfilled" ? each.value : `not ${textOf(each.reason)}`,
    );
    if (reached.every(({ status }) => status === "rejected")) throw mostHopeful(reached);
    return places.join(", ");
  }

  close(): Promise<void> {
    return this.#client.close();
  }

  async #post(alerts: readonly ApiAlert[], signal: AbortSignal): Promise<void> {
    if (alerts.length === 0) return;
    const posted = await Promise.allSettled(
      this.#instances.map(async (url) => this.#postTo(url, alerts, signal)),
    );
    if (posted.every(({ status }) => status === "rejected")) throw mostHopeful(posted);
    posted.forEach((each, index) => this.#report(index, each, alerts.length));
  }

  async #postTo(secret: Secret, alerts: readonly ApiAlert[], signal: AbortSignal): Promise<Posted> {
    const url = secret.reveal();
    try {
      return await postAlerts(alerts, { client: this.#client, url, signal, now: this.#context.clock.now() });
    } catch (thrown) {
      throw thrown instanceof DeliveryError && this.#instances.length > 1 ? thrown.at(placeOf(url)) : thrown;
    }
  }

  /** Logs what the other instances hide: one that takes nothing, and alerts that were refused. */
  #report(index: number, posted: PromiseSettledResult<Posted>, count: number): void {
    const { log } = this.#context;
    const instance = this.#instances[index];
    if (instance === undefined) return;
    if (posted.status === "rejected") {
      if (!this.#failing.has(instance))
        log.warn("one Alertmanager takes no alerts, another one does", { error: textOf(posted.reason) });
      this.#failing.add(instance);
      return;
    }
    this.#failing.delete(instance);
    const { refusals } = posted.value;
    if (refusals.length > 0)
      log.warn("Alertmanager refuses some alerts", {
        refused: refusals.length,
        of: count,
        error: textOf(refusals[0]),
      });
  }
}

/** The failure with which another attempt can help soonest. */
function mostHopeful(settled: readonly PromiseSettledResult<unknown>[]): unknown {
  const errors = settled.flatMap((each): readonly unknown[] =>
    each.status === "rejected" ? [each.reason] : [],
  );
  const rank = (error: unknown): number =>
    error instanceof DeliveryError ? ["poison", "broken", "transient"].indexOf(error.class) : 2;
  return errors.toSorted((one, other) => rank(other) - rank(one))[0];
}

function textOf(error: unknown): string {
  return error instanceof DeliveryError ? error.message : "unknown";
}

/** Host and port: the path may be a secret. */
function placeOf(url: string): string {
  return URL.parse(url)?.host ?? "";
}
