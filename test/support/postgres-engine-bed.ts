import type { AttemptResult, Leased, LeaseQuery, Outbox, StoreHost } from "../../src/store/index.ts";
import { PostgresDatabase, type PostgresStoreOptions } from "../../src/store/postgres/postgres-database.ts";
import { PostgresEngineStore } from "../../src/store/postgres/postgres-engine-store.ts";
import type { PostgresTenure } from "../../src/store/postgres/postgres-tenure.ts";
import type { Value } from "../../src/store/postgres/statement.ts";
import { postgresOptions } from "./postgres-bed.ts";
import type { StoreBed } from "./store-bed.ts";

/** A store of which the engine's part is whole; what the suites of the engine need of the others is done here by hand. */
export async function postgresEngineBed(): Promise<StoreBed> {
  const options = await postgresOptions();
  const host = await openHost(options);
  return {
    hosts: [host, host],
    reopen: async () => {
      await host.close();
      const next = await openHost(options);
      return [next, next];
    },
  };
}

async function openHost(options: PostgresStoreOptions): Promise<StoreHost> {
  const database = await PostgresDatabase.open(options);
  const tenures: PostgresTenure[] = [];
  let isWritable = true;
  const hold = async (name: string, signal: AbortSignal): Promise<unknown> => {
    const tenure = await database.holdings.take(name, signal);
    tenures.push(tenure);
    const store = new PostgresEngineStore(database, Number(name.slice("engine/".length)), tenure);
    const commit: PostgresEngineStore["commit"] = async (changes) => {
      isWritable = false;
      const refused = await PostgresEngineStore.prototype.commit.call(store, changes);
      isWritable = true;
      return refused;
    };
    const outbox = outboxByHand(database, name.slice("sink/".length));
    return Object.assign(tenure, { store: Object.assign(store, { commit }), outbox });
  };
  const ask = asker(database);
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = (work: () => Promise<void>): Promise<void> => {
    const turn = last.then(work);
    last = turn.catch(() => undefined);
    return turn;
  };
  const host: Partial<StoreHost> = {
    // Each name gets what it asks for, and more.
    hold: hold as StoreHost["hold"],
    bell: database.bell,
    isWritable: () => isWritable,
    commands: {
      put: (command) =>
        inTurn(async () => {
          const [row] = await ask("SELECT count(*) AS waiting FROM command");
          if (Number(row?.["waiting"]) >= 1000) {
            throw Object.assign(new Error("1000 commands wait already"), { code: "ERR_STORE" });
          }
          const body = JSON.stringify(command);
          await ask(
            "INSERT INTO command (p, id, body, at) VALUES (0, $1, $2, 0) ON CONFLICT DO NOTHING",
            command.id,
            body,
          );
        }),
      isPending: async (id) => (await ask("SELECT 1 FROM command WHERE id = $1", id)).length > 0,
    },
    close: async () => {
      await Promise.all(tenures.map((tenure) => tenure.release()));
      await database.close();
    },
  };
  // The suites of the engine ask for nothing else.
  return host as StoreHost;
}

function outboxByHand(database: PostgresDatabase, sink: string): Outbox {
  const ask = asker(database);
  const exchange = async (
    results: readonly AttemptResult[],
    { deliveries, records }: LeaseQuery,
  ): Promise<Leased> => {
    for (const { id, outcome, at } of results) {
      await ask(
        "UPDATE delivery SET state = $2, ended_at = $3 WHERE id = $1 AND state = 'leased'",
        id,
        outcome,
        at,
      );
      await ask("DELETE FROM record WHERE id = $1", id);
    }
    const take = `UPDATE delivery SET state = 'leased' WHERE seq IN (
        SELECT seq FROM delivery WHERE sink = $1 AND state = 'waiting' ORDER BY seq LIMIT $2) RETURNING id`;
    const leased = {
      deliveries: await ask(take, sink, deliveries),
      records: await ask("SELECT id FROM record WHERE sink = $1 ORDER BY seq LIMIT $2", sink, records),
    };
    // The suites of the engine look at the ids alone.
    return leased as unknown as Leased;
  };
  return { exchange } as Partial<Outbox> as Outbox;
}

function asker(database: PostgresDatabase) {
  return async (text: string, ...values: readonly Value[]) => {
    const [answer] = await database.pool.ask([{ name: "", text, values }]);
    return answer?.rows ?? [];
  };
}
