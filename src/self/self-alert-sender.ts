import { NO_CHANGES } from "../alert/index.ts";
import { type Configuration, toPolicy } from "../config/index.ts";
import type { Delivery } from "../delivery/index.ts";
import type { Clock } from "../lib/clock.ts";
import { errorText } from "../lib/errors.ts";
import { newId } from "../lib/hash.ts";
import type { Logger } from "../lib/log.ts";
import { atLeast } from "../lib/severity.ts";
import type { Store } from "../store/index.ts";
import type { OwnEvents } from "./own-events.ts";
import type { SelfAlert } from "./self-alerts.ts";
import { selfGroupKey, selfNotification } from "./self-notification.ts";

/** What carries messages about the bridge itself. */
export interface SenderDeps {
  readonly cluster: string;
  readonly configuration: () => Configuration;
  readonly store: Pick<Store, "commit">;
  readonly delivery: Pick<Delivery, "wake" | "sendNow">;
  readonly clock: Clock;
  readonly log: Logger;
  /** Removes secrets. */
  readonly scrub: (text: string) => string;
  /** Undefined where nobody looks for Events of the bridge: outside of a cluster. */
  readonly events?: Pick<OwnEvents, "tell"> | undefined;
}

/**
 * Sends what is wrong with the bridge itself, by a way that is not wrong: past the sinks that are the trouble, and past
 * the store when that takes nothing. Every message is in the log too. Never rejects.
 */
export class SelfAlertSender {
  readonly #deps: SenderDeps;

  constructor(parts: SenderDeps) {
    this.#deps = parts;
  }

  /** @param storeWorks False to make one attempt without the store. */
  async send(due: SelfAlert, storeWorks: boolean): Promise<void> {
    const { log, configuration, scrub } = this.#deps;
    const { status } = due;
    const trouble = { ...due.trouble, title: scrub(due.trouble.title), text: scrub(due.trouble.text) };
    const alert = { ...due, trouble };
    const sinks = sinksFor(alert, configuration());
    log[status === "firing" ? "warn" : "info"](
      status === "firing" ? "trouble of tocsin itself" : "trouble of tocsin itself is over",
      { trouble: trouble.key, text: `${trouble.title}. ${trouble.text}`, sinks: sinks.join(", ") },
    );
    // Beside all sinks, which may be the trouble.
    void this.#deps.events?.tell(alert);
    if (storeWorks && (await this.#store(alert, sinks))) return;
    await Promise.all(sinks.map((sink) => this.#sendNow(alert, sink)));
  }

  async #store(alert: SelfAlert, sinks: readonly string[]): Promise<boolean> {
    const { store, delivery, clock, log, configuration, cluster } = this.#deps;
    const policy = toPolicy(configuration(), cluster);
    const now = clock.now();
    const deliveries = sinks.map((sink) => {
      const maxAgeMs = policy.sinks.get(sink)?.maxAgeMs;
      const notification = selfNotification(alert, { id: newId(), sink, cluster, now });
      return {
        id: notification.id,
        sink,
        groupKey: selfGroupKey(alert),
        notification,
        opening: alert.status === "firing",
        // An end of which nobody heard the beginning.
        ifOpeningUnsent: undefined,
        createdAt: now,
        expiresAt: maxAgeMs === undefined ? undefined : now + maxAgeMs,
      };
    });
    try {
      await store.commit({ ...NO_CHANGES, deliveries });
    } catch (error) {
      log.warn("a message about tocsin itself cannot be stored", { error: errorText(error) });
      return false;
    }
    delivery.wake(sinks);
    return true;
  }

  async #sendNow(alert: SelfAlert, sink: string): Promise<void> {
    const { delivery, clock, log, cluster } = this.#deps;
    const notification = selfNotification(alert, { id: newId(), sink, cluster, now: clock.now() });
    const isTaken = await delivery.sendNow(sink, notification);
    if (!isTaken)
      log.error("a message about tocsin itself was not taken", { sink, trouble: alert.trouble.key });
  }
}

/** The sinks that are meant, without those that are the trouble; when none is left, one that takes alerts at all. */
function sinksFor({ trouble }: SelfAlert, configuration: Configuration): readonly string[] {
  const { selfAlertSinks, route, sinks } = configuration;
  const able = sinks
    .filter(({ type }) => type.takes.includes("alerts"))
    .filter(({ name }) => !trouble.of.includes(name))
    .filter(
      ({ common: { minSeverity } }) => minSeverity === undefined || atLeast(trouble.severity, minSeverity),
    )
    .map(({ name }) => name);
  const meant = selfAlertSinks ?? route?.sinks ?? [];
  const usable = able.filter((name) => meant.includes(name));
  return usable.length > 0 ? usable : able.slice(0, 1);
}
