import { existsSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync, type StatementSync } from "node:sqlite";

/** While this file is there, the disk is full: SQLite may take no further page. */
export const DISK_FULL = "disk-full";

/** As many pages as SQLite allows, https://sqlite.org/limits.html#max_page_count */
const MOST_PAGES = 4_294_967_294;

/**
 * Makes every database of this process end it at a commit, and refuse to grow when it is told to.
 *
 * @param failPoint `before-commit:N` or `after-commit:N`, N counted from the start of the process; "" for none.
 */
export function weakenStore(directory: string, failPoint: string): void {
  const [where = "", count = "0"] = failPoint.split(":");
  const full = join(directory, DISK_FULL);
  // oxlint-disable-next-line typescript/unbound-method -- bound at every call
  const { prepare } = DatabaseSync.prototype;
  let commits = 0;
  let wasFull = false;
  DatabaseSync.prototype.prepare = function (sql, options) {
    const statement = prepare.call(this, sql, options);
    if (sql === "BEGIN IMMEDIATE") {
      before(statement, () => {
        const isFull = existsSync(full);
        if (isFull === wasFull) return;
        wasFull = isFull;
        // SQLite takes the number of pages there are for anything lower.
        this.exec(`PRAGMA max_page_count = ${isFull ? 1 : MOST_PAGES}`);
      });
    } else if (sql === "COMMIT") {
      before(statement, () => {
        commits += 1;
        if (where === "before-commit" && commits === Number(count)) process.kill(process.pid, "SIGKILL");
      });
      after(statement, () => {
        if (where === "after-commit" && commits === Number(count)) process.kill(process.pid, "SIGKILL");
      });
    }
    return statement;
  };
}

function before(statement: StatementSync, act: () => void): void {
  const run = statement.run.bind(statement);
  statement.run = () => {
    act();
    return run();
  };
}

function after(statement: StatementSync, act: () => void): void {
  const run = statement.run.bind(statement);
  statement.run = () => {
    const result = run();
    act();
    return result;
  };
}
