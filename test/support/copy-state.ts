import { silentLogger } from "../../src/lib/log.ts";
import { makeCopy } from "../../src/store/sqlite/make-copy.ts";
import { endSession } from "../../src/store/sqlite/session.ts";
import { openStateFile } from "../../src/store/sqlite/state-file.ts";
import { FakeClock } from "./fake-clock.ts";

/**
 * Makes the daily copy of a state file that nobody has open, as a bridge does while it runs.
 *
 * @param now Epoch milliseconds. @throws {Error} when none could be made.
 */
export async function copyState(path: string, now: number): Promise<void> {
  const clock = new FakeClock(Math.round(now));
  const connection = openStateFile({ path, clock, log: silentLogger });
  const { signal } = new AbortController();
  const outcome = await makeCopy({ database: connection.database, path, now: clock.now(), signal });
  endSession(connection, clock.now());
  connection.close();
  if (outcome.kind !== "made") throw new Error(`no copy: ${outcome.reason}`);
}
