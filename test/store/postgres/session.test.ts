import * as fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";

import { defineColumns } from "../../../src/store/postgres/columns.ts";
import type { PostgresDatabase } from "../../../src/store/postgres/postgres-database.ts";
import type { Answer } from "../../../src/store/postgres/session.ts";
import type { Value } from "../../../src/store/postgres/statement.ts";
import { openPostgresDatabase } from "../../support/postgres-bed.ts";
import { describeOnPostgres } from "../../support/postgres.ts";

interface Line {
  readonly text: string;
  readonly other: string | undefined;
  readonly number: number;
  readonly isSo: boolean;
}

const LINES = defineColumns<Line>(1, {
  text: ["text", (line) => line.text],
  other: ["text", (line) => line.other],
  number: ["bigint", (line) => line.number],
  is_so: ["boolean", (line) => line.isSo],
});

describeOnPostgres("a session", () => {
  let database: PostgresDatabase;
  beforeAll(async () => {
    database = await openPostgresDatabase();
  });
  afterAll(() => database.close());

  const ask = async (text: string, ...values: readonly Value[]): Promise<Answer["rows"]> => {
    const [answer] = await database.pool.ask([{ name: "", text, values }]);
    return answer?.rows ?? [];
  };

  it("sets on each connection what the store relies on", async () => {
    const settings = [
      ["synchronous_commit", "on"],
      ["idle_in_transaction_session_timeout", "3s"],
      ["lock_timeout", "2s"],
      ["statement_timeout", "10s"],
      ["transaction_isolation", "read committed"],
      ["client_encoding", "UTF8"],
    ];
    for (const [name = "", value] of settings)
      expect(await ask("SELECT current_setting($1) AS value", name)).toEqual([{ value }]);
  });

  it("gives back every text as it was, also what PostgreSQL refuses", async () => {
    // A lone surrogate has no bytes in UTF-8.
    const text = fc.string({
      unit: fc.oneof(
        fc.constantFrom("\0", "\u001d", "\u001e", "E", "S", "Z", "N", ""),
        fc.string({ unit: "grapheme" }),
      ),
    });
    await fc.assert(
      fc.asyncProperty(text, async (sent) => {
        expect(await ask("SELECT $1::text AS text", sent)).toEqual([{ text: sent }]);
      }),
      { numRuns: 100 },
    );
  });

  it("sends rows as one text for each column, whatever is in them", async () => {
    const text = fc.string({
      unit: fc.oneof(
        fc.constantFrom("\0", "\u001d", "\u001e", "E", "S", "Z", "N", "\\", "{", ",", '"'),
        fc.string({ unit: "grapheme" }),
      ),
    });
    const line = fc.record({
      text,
      other: fc.option(text, { nil: undefined }),
      number: fc.integer(),
      isSo: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 5 }), async (lines) => {
        const rows = await ask(`SELECT * FROM ${LINES.from} AS line`, ...LINES.of(lines));
        const expected = lines.map(({ text: own, other, number, isSo }) => ({
          text: own,
          other: other ?? null,
          number: String(number),
          is_so: isSo,
        }));
        expect(rows).toEqual(expected);
      }),
      { numRuns: 200 },
    );
  });

  it("says of a COMMIT behind a failure that it was none, although the driver calls it done", async () => {
    const statements = ["BEGIN", "SELECT 1 / 0", "COMMIT"].map((text) => ({ name: "", text, values: [] }));
    const flight = await database.pool.run((send) => send(statements));
    expect(flight).toMatchObject({ failure: { code: "22012" }, lastCommand: "ROLLBACK" });
  });

  it("says in words what is wrong, and works again afterwards", async () => {
    await expect(ask("SELECT nothing")).rejects.toMatchObject({ code: "ERR_STORE" });
    expect(await ask("SELECT 1 AS one")).toEqual([{ one: 1 }]);
  });
});
