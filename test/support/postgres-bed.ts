import { randomUUID } from "node:crypto";

import { silentLogger } from "../../src/lib/log.ts";
import { PostgresDatabase, type PostgresStoreOptions } from "../../src/store/postgres/postgres-database.ts";
import { FakeClock } from "./fake-clock.ts";
import { sharedPostgres } from "./postgres.ts";

/** How a test opens a schema of its own on the shared server. The clock stands at 1000; the lease outlasts any test. */
export async function postgresOptions(): Promise<PostgresStoreOptions> {
  const { url } = await sharedPostgres();
  return {
    url,
    schema: `test ${randomUUID()}`,
    holder: "test",
    leaseMs: 600_000,
    clock: new FakeClock(1000),
    log: silentLogger,
  };
}

/** Opens a schema of its own. */
export async function openPostgresDatabase(
  over: Partial<PostgresStoreOptions> = {},
): Promise<PostgresDatabase> {
  return PostgresDatabase.open({ ...(await postgresOptions()), ...over });
}
