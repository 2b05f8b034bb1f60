import type { AlertState, GroupState } from "../../alert/index.ts";
import type { Queries } from "../../store/index.ts";
import type { SentNews } from "../views/alert-sinks.ts";

/** So few alerts need only their own parts of a group, which may have 100,000. */
const FEW = 10;

/** Reads what was sent about alerts. A large group is read once, also for alerts that come in steps. */
export class SentReader {
  readonly #queries: Pick<Queries, "groupsByKey" | "deliveriesById" | "deadOfGroups">;
  readonly #known = new Map<string, GroupState>();

  constructor(queries: Pick<Queries, "groupsByKey" | "deliveriesById" | "deadOfGroups">) {
    this.#queries = queries;
  }

  async read(alerts: readonly AlertState[]): Promise<SentNews> {
    const groups = await this.#groupsOf(alerts);
    const places = alerts.flatMap((alert) => placesOf(alert, groups));
    const newest = places.flatMap(({ deliveryId }) => deliveryId ?? []);
    const unsent = places.flatMap(({ groupKey, deliveryId }) => (deliveryId === undefined ? [groupKey] : []));
    const deliveries = await this.#queries.deliveriesById([...new Set(newest)]);
    return {
      groups,
      deliveries: new Map(deliveries.map((delivery) => [delivery.id, delivery])),
      dead: await this.#queries.deadOfGroups([...new Set(unsent)]),
    };
  }

  async #groupsOf(alerts: readonly AlertState[]): Promise<ReadonlyMap<string, GroupState>> {
    const all = alerts.flatMap(({ destinations }) => destinations.map(({ groupKey }) => groupKey));
    const keys = [...new Set(all)].filter((key) => !this.#known.has(key));
    const isFew = alerts.length <= FEW;
    const only = isFew ? alerts.map(({ fingerprint }) => fingerprint) : undefined;
    const read = (await this.#queries.groupsByKey(keys, only)).map((group) => [group.key, group] as const);
    if (isFew) return new Map([...this.#known, ...read]);
    for (const [key, group] of read) this.#known.set(key, group);
    return this.#known;
  }
}

/** A sink of an alert; `deliveryId` is that of its newest message about the group, if the alert was in one. */
interface Place {
  readonly groupKey: string;
  readonly deliveryId: string | undefined;
}

function placesOf(
  { phase, fingerprint, destinations }: AlertState,
  groups: ReadonlyMap<string, GroupState>,
): readonly Place[] {
  if (phase === "pending") return [];
  return destinations.flatMap(({ groupKey, sinks }) =>
    sinks.flatMap((sink) => {
      const told = groups.get(groupKey)?.told.find((entry) => entry.sink === sink);
      const isSent = told?.firing[fingerprint] !== undefined;
      return [{ groupKey, deliveryId: isSent ? told.deliveryId : undefined }];
    }),
  );
}
