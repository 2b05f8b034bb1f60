import { expect, it } from "vitest";

import { migrate } from "../../../src/store/postgres/migrate.ts";
import { MIGRATIONS } from "../../../src/store/postgres/migrations.ts";
import { PostgresDatabase } from "../../../src/store/postgres/postgres-database.ts";
import { openPostgresDatabase, postgresOptions } from "../../support/postgres-bed.ts";
import { describeOnPostgres } from "../../support/postgres.ts";

describeOnPostgres("the schema on PostgreSQL", () => {
  it("is made once, however many replicas start at once", async () => {
    const options = await postgresOptions();
    const replicas = await Promise.all(Array.from({ length: 4 }, () => PostgresDatabase.open(options)));
    const version = { name: "", text: "SELECT version FROM schema_version", values: [] };
    const [answer] = (await replicas[0]?.pool.ask([version])) ?? [];
    expect(answer?.rows).toEqual([{ version: MIGRATIONS.length }]);
    await Promise.all(replicas.map((replica) => replica.close()));
  });

  it("may be newer, when this version still works with it", async () => {
    const { schema, ...options } = await postgresOptions();
    const database = await openPostgresDatabase({ schema });
    const later = (compatibleFrom: number) => [
      ...MIGRATIONS,
      { compatibleFrom, sql: "CREATE TABLE later ()" },
    ];
    await migrate(database.pool, schema, later(1));
    await (await PostgresDatabase.open({ schema, ...options })).close();
    await migrate(database.pool, schema, [...later(1), { compatibleFrom: 2, sql: "DROP TABLE later" }]);
    await expect(PostgresDatabase.open({ schema, ...options })).rejects.toMatchObject({
      code: "ERR_STORE",
      message: `schema ${schema} has version 3, this tocsin knows up to 1 (run the newer tocsin, or set another state.schema)`,
    });
    await database.close();
  });

  it("is left as it was by a step that fails", async () => {
    const { schema, ...options } = await postgresOptions();
    const database = await openPostgresDatabase({ schema });
    const broken = [...MIGRATIONS, { compatibleFrom: 1, sql: "CREATE TABLE later (); SELECT 1 / 0" }];
    await expect(migrate(database.pool, schema, broken)).rejects.toMatchObject({ code: "ERR_STORE" });
    const [answer] = await database.pool.ask([
      { name: "", text: "SELECT to_regclass('later') AS later", values: [] },
    ]);
    expect(answer?.rows).toEqual([{ later: null }]);
    await (await PostgresDatabase.open({ schema, ...options })).close();
    await database.close();
  });

  it.each([
    ["postgres://nobody@127.0.0.1:1/x", "nothing listens at the address in state.url"],
    ["mysql://127.0.0.1/x", "it begins with postgres://"],
    ["127.0.0.1", "it is no URL"],
    ["postgres://u:secret@db.example:5432/x?sslmode=disable", "sslmode=disable is for loopback"],
  ])("cannot be opened at %s, and says why without the password", async (url, why) => {
    const opening = PostgresDatabase.open({ ...(await postgresOptions()), url });
    await expect(opening).rejects.toMatchObject({ code: "ERR_STORE", message: expect.stringContaining(why) });
    await expect(opening).rejects.not.toMatchObject({ message: expect.stringContaining("secret") });
  });

  it("says that a database is missing", async () => {
    const { url, ...options } = await postgresOptions();
    const opening = PostgresDatabase.open({ ...options, url: url.replace(/postgres$/u, "missing") });
    await expect(opening).rejects.toThrow("the database in state.url does not exist (create it)");
  });
});
