import { existsSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";

/** While this file is there, the disk is full: SQLite may take no further page. */
export const DISK_FULL = "disk-full";

/** As many pages as SQLite allows, https://sqlite.org/limits.html#max_page_count */
const MOST_PAGES = 4_294_967_294;

/**
 * Makes every database of this process end it at a commit, and refuse to grow when it is told to.
 *
 * @param failPoint `before-commit:N`, `after-commit:N`, or `after-position:N` for those that move the position; N is
 *   counted from the start of the process. "" for none.
 */
export function weakenStore(directory: string, failPoint: string): void {
  const [where = "", count = "0"] = failPoint.split(":");
  const full = join(directory, DISK_FULL);
  // oxlint-disable-next-line typescript/unbound-method -- bound at every call
  const { prepare } = DatabaseSync.prototype;
  let commits = 0;
  let positions = 0;
  let movesPosition = false;
  let wasFull = false;
  const dieAt = (point: string, reached: number): void => {
    if (where === point && reached === Number(count)) process.kill(process.pid, "SIGKILL");
  };
  DatabaseSync.prototype.prepare = function (sql, options) {
    const statement = prepare.call(this, sql, options);
    const begin = (): void => {
      movesPosition = false;
      const isFull = existsSync(full);
      if (isFull === wasFull) return;
      wasFull = isFull;
      // SQLite takes the number of pages there are for anything lower.
      this.exec(`PRAGMA max_page_count = ${isFull ? 1 : MOST_PAGES}`);
    };
    const beforeCommit = (): void => {
      commits += 1;
      if (movesPosition) positions += 1;
      dieAt("before-commit", commits);
    };
    const afterCommit = (): void => {
      dieAt("after-commit", commits);
      if (movesPosition) dieAt("after-position", positions);
    };
    if (sql === "BEGIN IMMEDIATE") around(statement, begin, () => undefined);
    else if (sql === "COMMIT") around(statement, beforeCommit, afterCommit);
    else if (/^\s*INSERT\b.*\bposition\b/u.test(sql))
      around(
        statement,
        () => (movesPosition = true),
        () => undefined,
      );
    return statement;
  };
}

function around(statement: StatementSync, before: () => void, after: () => void): void {
  const run = statement.run.bind(statement);
  Object.defineProperty(statement, "run", {
    value: (...values: readonly SQLInputValue[]) => {
      before();
      const result = run(...values);
      after();
      return result;
    },
  });
}
