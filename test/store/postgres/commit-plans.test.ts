import { Client } from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";

import { NO_CHANGES } from "../../../src/alert/index.ts";
import { commitRows } from "../../../src/store/postgres/commit-rows.ts";
import { endedRows } from "../../../src/store/postgres/ended-rows.ts";
import { entityRows } from "../../../src/store/postgres/entity-rows.ts";
import { ownerRows } from "../../../src/store/postgres/owner-rows.ts";
import { PostgresDatabase } from "../../../src/store/postgres/postgres-database.ts";
import { seenRows } from "../../../src/store/postgres/seen-rows.ts";
import { answersOf } from "../../../src/store/postgres/session.ts";
import type { Statement } from "../../../src/store/postgres/statement.ts";
import { makeSeen } from "../../support/describe-engine-store.ts";
import { makeDecision } from "../../support/make-decision.ts";
import { makeDelivery, makeRecord } from "../../support/make-delivery.ts";
import { makeEnded } from "../../support/make-ended.ts";
import { postgresOptions } from "../../support/postgres-bed.ts";
import { describeOnPostgres } from "../../support/postgres.ts";

/** Enough that the planner would rather use an index, where there is one. */
const ROWS = "generate_series(1, 100000) AS i";

const FILL = [
  `INSERT INTO seen SELECT 0, i || '.c/1/shop/web', 'u', '1', 1, 0, 0, 0 FROM ${ROWS}`,
  `INSERT INTO owner SELECT 0, 'c/Pod/shop/' || i, 'w', 'n', 0 FROM ${ROWS}`,
  `INSERT INTO entity (p, kind, key, version, cluster, state, part_of)
     SELECT 0, kind, 'f' || i, 1, 'c', '{}', CASE kind WHEN 'event' THEN 'f' || i END
       FROM ${ROWS}, unnest(ARRAY['alert', 'event', 'group']) AS kind`,
  `INSERT INTO membership SELECT 'g' || i, 'f' || i, 0, 'firing', 0 FROM ${ROWS}`,
  `INSERT INTO delivery (p, id, sink, group_key, kind, state, opening, opening_started, due_at, created_at, ended_at, noted, since, title, notification)
     SELECT 0, 'd' || i, 'ops', 'g' || i, 'firing', CASE i % 2 WHEN 0 THEN 'waiting' ELSE 'delivered' END, true, false, i, i,
            CASE i % 2 WHEN 1 THEN i END, i % 100 <> 1, i, '', '{}' FROM ${ROWS}`,
  `INSERT INTO fallback_group SELECT 'ops', 'g' || i, NULL FROM ${ROWS}`,
  `INSERT INTO receiver SELECT 'ops', 'g' || i, NULL, '1' FROM ${ROWS}`,
  `INSERT INTO ended (id, fingerprint, rule, namespace, severity, first_seen_at, ended_at, occurrences, told, reason, search, body)
     SELECT i, 'f' || i, 'r', '', 'info', i, i, 1, '[]', '', '', '' FROM ${ROWS}`,
  `INSERT INTO command (p, id, body, at) SELECT 0, i, '{}', 0 FROM ${ROWS}`,
  "ANALYZE",
];

describeOnPostgres("the statements of an engine, on tables of 100,000 rows", () => {
  let database: PostgresDatabase;
  beforeAll(async () => {
    const options = await postgresOptions();
    database = await PostgresDatabase.open(options);
    // On a connection that waits as long as it takes.
    const client = new Client({ connectionString: options.url });
    await client.connect();
    await client.query(`SET search_path TO "${options.schema}"`);
    for (const text of FILL) await client.query(text);
    await client.end();
  });
  afterAll(() => database.close());

  /** The plan for any values, which the server keeps for a prepared statement. */
  const planOf = async ({ text, values }: Statement): Promise<string> => {
    const nothing = values.length === 0 ? "" : `(${values.map(() => "NULL").join(", ")})`;
    const texts = [
      "SET plan_cache_mode = force_generic_plan",
      `PREPARE probe AS ${text}`,
      `EXPLAIN EXECUTE probe ${nothing}`,
      "DEALLOCATE probe",
      "RESET plan_cache_mode",
    ];
    const [, , plan] = await database.pool.run(async (send) =>
      answersOf(await send(texts.map((each) => ({ name: "", text: each, values: [] })))),
    );
    return (plan?.rows ?? []).map((row) => String(row["QUERY PLAN"])).join("\n");
  };

  /** The statements whose plans read a whole table, with that; `kept` has three rows. */
  const scannedBy = async (statements: readonly Statement[]): Promise<readonly string[]> => {
    const scans: string[] = [];
    for (const statement of statements) {
      const [scan] = /Seq Scan on (?!kept)\w+/u.exec(await planOf(statement)) ?? [];
      if (scan !== undefined) scans.push(`${statement.name}: ${scan}`);
    }
    return scans;
  };

  const statementsOfCommit = async (): Promise<readonly Statement[]> => {
    const asked: Statement[] = [];
    const alert = {
      kind: "alert",
      key: "f1",
      version: 1,
      cluster: "c",
      state: {},
      columns: {
        namespace: "",
        rule: "r",
        severity: "info",
        phase: "firing",
        openedAt: 1,
        sinks: [],
        groups: ["g"],
      },
    } as const;
    const work = commitRows({
      partition: 0,
      moved: [alert],
      keepsHistory: true,
      records: [makeRecord("r1")],
      changes: {
        ...NO_CHANGES,
        seen: [makeSeen("a")],
        owners: [{ object: "o", owner: "", node: "", expiresAt: 0 }],
        entities: { put: [alert], forget: [{ kind: "group", key: "g1" }] },
        deliveries: [makeDelivery("d", { kind: "resolved" })],
        decisions: [makeDecision()],
        ended: [makeEnded("e", { unaccepted: [{ sink: "ops", groupKey: "g", deliveryId: "d" }] })],
        lateNews: [{ fingerprint: "f", sink: "ops", deliveryId: "d" }],
        activity: [{ bucket: 0, rule: "r", severity: "info", opened: 1, occurrences: 1 }],
        notedOutcomes: ["d1"],
        doneCommands: ["1"],
      },
    });
    const last = await work(async (statements) => {
      asked.push(...statements);
      return [];
    });
    return [...asked, ...last];
  };

  it("find their rows by an index, all of a commit", async () => {
    const statements = await statementsOfCommit();
    expect(statements.length).toBeGreaterThan(15);
    expect(await scannedBy(statements)).toEqual([]);
  });

  it("find their rows by an index, also those that only read or forget", async () => {
    const statements = [
      seenRows.find(0, []),
      seenRows.sweep(0, "", 0),
      ownerRows.find(0, []),
      entityRows.page(0, "alert", 0n),
      entityRows.kinds(0),
      endedRows.forget(0),
      endedRows.forgetUnfired(0),
    ];
    expect(await scannedBy(statements)).toEqual([]);
  });
});
