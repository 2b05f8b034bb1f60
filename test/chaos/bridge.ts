/**
 * `tocsin run` as it is, but on the clock of the story, and with weak points that only a test has: it may end itself
 * around a commit, meet a full disk, and have its clock put forward or back.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { processIo } from "../../src/cli/process-io.ts";
import { run } from "../../src/cli/run.ts";
import type { Clock } from "../../src/lib/clock.ts";
import { weakenStore } from "./fail-points.ts";
import { storyClock } from "./story-clock.ts";

const directory = process.env["CHAOS_DIRECTORY"] ?? ".";

/** The wall clock of this machine may be put wrong; how long something takes may not. */
function jumpingClock(clock: Clock): Clock {
  const file = join(directory, "clock-offset");
  let offset = 0;
  const look = (): void => {
    offset = existsSync(file) ? Number(readFileSync(file, "utf8")) : 0;
  };
  look();
  setInterval(look, 20).unref();
  return { ...clock, now: () => clock.now() + offset };
}

weakenStore(directory, process.env["CHAOS_FAIL_POINT"] ?? "");
const clock = jumpingClock(
  storyClock(Number(process.env["CHAOS_ANCHOR"]), Number(process.env["CHAOS_SPEED"])),
);
process.exitCode = await run({ config: join(directory, "tocsin.yaml") }, { ...processIo(), clock });
