import { TocsinError } from "../../lib/errors.ts";
import type { Connection } from "./connection.ts";

/** "Tocs": marks state files of Tocsin. */
export const APPLICATION_ID = 0x54_6f_63_73;

/**
 * Brings the file to the newest schema, with all steps in one transaction.
 *
 * @param migrations Entry n turns version n into version n + 1.
 * @returns The version before, 0 for an empty file.
 * @throws {TocsinError} ERR_STORE for a file of a newer version or of another program; the file is left as it was.
 */
export function migrate(connection: Connection, path: string, migrations: readonly string[]): number {
  const { database } = connection;
  const pragma = (name: string): number => Number(database.prepare(`PRAGMA ${name}`).get()?.[name]);
  const version = pragma("user_version");
  if (pragma("application_id") !== APPLICATION_ID) {
    const tables = database.prepare("SELECT count(*) AS tables FROM sqlite_schema").get();
    if (version !== 0 || tables?.["tables"] !== 0) {
      throw new TocsinError(
        "ERR_STORE",
        `state file ${path} is an SQLite database of another program (set another state.path)`,
      );
    }
  }
  if (version > migrations.length) {
    throw new TocsinError(
      "ERR_STORE",
      `state file ${path} has schema version ${version}, this tocsin knows up to ${migrations.length} (run the newer tocsin, or set another state.path)`,
    );
  }
  if (version === migrations.length) return version;
  connection.transaction(() => {
    for (const step of migrations.slice(version)) database.exec(step);
    database.exec(`PRAGMA user_version = ${migrations.length}; PRAGMA application_id = ${APPLICATION_ID}`);
  });
  return version;
}
