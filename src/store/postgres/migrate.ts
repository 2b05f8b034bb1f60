import { TocsinError } from "../../lib/errors.ts";
import type { Migration } from "./migrations.ts";
import type { SessionPool } from "./session-pool.ts";
import { answersOf, type Send } from "./session.ts";
import type { Statement, Value } from "./statement.ts";

/** The version that the schema names. */
interface SchemaVersion {
  readonly version: number;
  /** The oldest version whose program still works with it. */
  readonly compatibleFrom: number;
}

/**
 * Brings the schema to the newest version, with all steps in one transaction. Replicas that start at once wait for each
 * other.
 *
 * @param migrations Entry n turns version n into version n + 1.
 * @throws {TocsinError} ERR_STORE when a newer program has changed it so that this one does not understand it.
 */
export async function migrate(
  pool: Pick<SessionPool, "run">,
  schema: string,
  migrations: readonly Migration[],
): Promise<void> {
  await pool.run(async (send) => {
    const ask = asker(send);
    await ask("BEGIN");
    // Until the end of the transaction.
    await ask("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", `tocsin schema ${schema}`);
    await createSchema(ask, schema);
    const found = await versionOf(ask);
    checkVersion(found, schema, migrations.length);
    const missing = migrations.slice(found.version);
    for (const { sql } of missing) await ask(sql);
    if (missing.length > 0) {
      const { compatibleFrom = 1 } = missing.at(-1) ?? {};
      await ask("DELETE FROM schema_version");
      await ask("INSERT INTO schema_version VALUES ($1, $2)", migrations.length, compatibleFrom);
    }
    await ask("COMMIT");
  });
}

type Ask = (
  text: string,
  ...values: readonly Value[]
) => Promise<readonly Readonly<Record<string, unknown>>[]>;

/** Asks one statement after the other; those without a name may be several in one text. */
function asker(send: Send): Ask {
  return async (text, ...values) => {
    const statement: Statement = { name: "", text, values };
    const [answer] = answersOf(await send([statement]));
    return answer?.rows ?? [];
  };
}

/** An owner of a schema need not have the right to create one. */
async function createSchema(ask: Ask, schema: string): Promise<void> {
  const [row] = await ask("SELECT EXISTS (SELECT 1 FROM pg_namespace WHERE nspname = $1) AS known", schema);
  if (row?.["known"] === true) return;
  await ask(`CREATE SCHEMA "${schema.replaceAll('"', '""')}"`);
}

async function versionOf(ask: Ask): Promise<SchemaVersion> {
  await ask(
    "CREATE TABLE IF NOT EXISTS schema_version (version integer NOT NULL, compatible_from integer NOT NULL)",
  );
  const [row] = await ask("SELECT version, compatible_from FROM schema_version");
  return { version: Number(row?.["version"] ?? 0), compatibleFrom: Number(row?.["compatible_from"] ?? 0) };
}

function checkVersion({ version, compatibleFrom }: SchemaVersion, schema: string, known: number): void {
  if (version <= known || compatibleFrom <= known) return;
  throw new TocsinError(
    "ERR_STORE",
    `schema ${schema} has version ${version}, this tocsin knows up to ${known} (run the newer tocsin, or set another state.schema)`,
  );
}
