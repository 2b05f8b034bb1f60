import { SqliteFile, type SqliteStoreOptions } from "../../src/store/sqlite/sqlite-file.ts";
import { SqliteHost } from "../../src/store/sqlite/sqlite-host.ts";
import { openStateFile } from "../../src/store/sqlite/state-file.ts";

/** Two owners of one state file, as two processes of another store would be: what one holds, the other waits for. */
export function openSqliteHosts(
  options: SqliteStoreOptions,
  partitions?: readonly number[],
): readonly [SqliteHost, SqliteHost] {
  const file = new SqliteFile(options, openStateFile(options));
  return [new SqliteHost(file, partitions), new SqliteHost(file, partitions)];
}
