import type { Delivery } from "../delivery/index.ts";
import type { Clock } from "../lib/clock.ts";
import { errorText } from "../lib/errors.ts";
import { newId } from "../lib/hash.ts";
import type { Logger } from "../lib/log.ts";
import { atLeast, type Severity } from "../lib/severity.ts";
import type { House } from "../store/index.ts";
import type { OwnEvents } from "./own-events.ts";
import type { SelfAlert } from "./self-alerts.ts";
import { selfGroupKey, selfNotification } from "./self-notification.ts";

/** A sink that takes alerts. */
export interface SelfAlertSink {
  readonly name: string;
  /** Whether the configuration chooses it for alerts about the bridge itself. */
  readonly isChosen: boolean;
  readonly minSeverity: Severity | undefined;
  readonly maxAgeMs: number | undefined;
}

/** Collaborators of the sender. */
export interface SenderDeps {
  readonly cluster: string;
  /** The sinks of the configuration in use that take alerts, in its order. */
  readonly sinks: () => readonly SelfAlertSink[];
  readonly house: House;
  readonly delivery: Pick<Delivery, "sendNow">;
  readonly clock: Clock;
  readonly log: Logger;
  /** Removes secrets. */
  readonly scrub: (text: string) => string;
  /** Undefined outside of a cluster, where nobody looks for Events of the bridge. */
  readonly events?: Pick<OwnEvents, "report"> | undefined;
}

/**
 * Sends alerts about the bridge itself by a way that works: past the sinks that fail, and past the store while that
 * refuses writes. Every message is in the log too. Never rejects.
 */
export class SelfAlertSender {
  readonly #deps: SenderDeps;

  constructor(deps: SenderDeps) {
    this.#deps = deps;
  }

  /** @param storeWorks False to make one attempt without the store. */
  async send(due: SelfAlert, storeWorks: boolean): Promise<void> {
    const { log, scrub, sinks: all } = this.#deps;
    const { status } = due;
    const incident = { ...due.incident, title: scrub(due.incident.title), text: scrub(due.incident.text) };
    const alert = { ...due, incident };
    const sinks = sinksFor(alert, all());
    log[status === "firing" ? "warn" : "info"](
      status === "firing" ? "incident of tocsin itself" : "incident of tocsin itself is over",
      {
        incident: incident.key,
        text: `${incident.title}. ${incident.text}`,
        sinks: sinks.map(({ name }) => name).join(", "),
      },
    );
    // The Event is written as well, since the sinks may be the failing part.
    void this.#deps.events?.report(alert);
    if (storeWorks && (await this.#store(alert, sinks))) return;
    await Promise.all(sinks.map(({ name }) => this.#sendNow(alert, name)));
  }

  async #store(alert: SelfAlert, sinks: readonly SelfAlertSink[]): Promise<boolean> {
    const { house, clock, log, cluster } = this.#deps;
    const now = clock.now();
    const deliveries = sinks.map(({ name: sink, maxAgeMs }) => {
      const notification = selfNotification(alert, { id: newId(), sink, cluster, now });
      return {
        id: notification.id,
        sink,
        groupKey: selfGroupKey(alert),
        notification,
        opening: alert.status === "firing",
        // An end whose beginning was not sent is not sent either.
        ifOpeningUnsent: undefined,
        createdAt: now,
        expiresAt: maxAgeMs === undefined ? undefined : now + maxAgeMs,
      };
    });
    try {
      await house.send(deliveries);
    } catch (error) {
      log.warn("a message about tocsin itself cannot be stored", { error: errorText(error) });
      return false;
    }
    return true;
  }

  async #sendNow(alert: SelfAlert, sink: string): Promise<void> {
    const { delivery, clock, log, cluster } = this.#deps;
    const notification = selfNotification(alert, { id: newId(), sink, cluster, now: clock.now() });
    const isAccepted = await delivery.sendNow(sink, notification);
    if (!isAccepted) {
      const fields = { sink, incident: alert.incident.key };
      log.error("a message about tocsin itself was not accepted", fields);
    }
  }
}

/** The chosen sinks without those that fail; when none is left, the first other one that works. */
function sinksFor({ incident }: SelfAlert, sinks: readonly SelfAlertSink[]): readonly SelfAlertSink[] {
  const able = sinks
    .filter(({ name }) => !incident.failingSinks.includes(name))
    .filter(({ minSeverity }) => minSeverity === undefined || atLeast(incident.severity, minSeverity));
  const chosen = able.filter(({ isChosen }) => isChosen);
  return chosen.length > 0 ? chosen : able.slice(0, 1);
}
