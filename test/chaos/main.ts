/** The chaos suite: `npm run chaos -- --seeds 100`; docs/reliability.md says what it shows. */
import { writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

import { isControlPlaneMissing } from "../support/control-plane.ts";
import { FAULTS } from "./faults/index.ts";
import { readRegressions } from "./regressions.ts";
import { isFine, printBroken, printClosing, printOutcome } from "./report.ts";
import { type Outcome, runSchedule } from "./run-schedule.ts";
import { type BedName, makeSchedule, type Schedule } from "./schedule.ts";

/** Seeds of the short run, besides the regressions. */
const SHORT_SEEDS: Readonly<Record<BedName, readonly number[]>> = {
  embedded: [2, 5, 101, 105],
  cluster: [1, 3],
};

const { values } = parseArgs({
  options: {
    /** How many, from `seed` on. */
    seeds: { type: "string", default: "10" },
    seed: { type: "string", default: "1" },
    bed: { type: "string", default: "embedded" },
    /** Names, by commas: only these faults. */
    faults: { type: "string", default: "" },
    /** The fixed set of the CI, on both beds. */
    short: { type: "boolean", default: false },
  },
});

// A program that ends before its last line has failed.
process.exitCode = 1;
const outcomes: Outcome[] = [];
let broken = 0;
for (const schedule of values.short ? shortSet() : longSet()) {
  const outcome = await runSchedule(schedule).catch((error: unknown) => printBroken(schedule, error));
  if (outcome === undefined) {
    broken += 1;
    continue;
  }
  outcomes.push(outcome);
  const file = join(tmpdir(), `tocsin-chaos-${schedule.bed}-${schedule.seed}.json`);
  if (!isFine(outcome)) writeFileSync(file, JSON.stringify(outcome, undefined, 1));
  printOutcome(outcome, file);
}
printClosing(outcomes, broken);
process.exitCode = broken === 0 && outcomes.every(isFine) ? 0 : 1;

function shortSet(): readonly Schedule[] {
  const beds: readonly BedName[] = isControlPlaneMissing() ? ["embedded"] : ["embedded", "cluster"];
  const seeded = beds.flatMap((bed) => SHORT_SEEDS[bed].map((seed) => makeSchedule(seed, bed, FAULTS)));
  return [...readRegressions().filter(({ bed }) => beds.includes(bed)), ...seeded];
}

function longSet(): readonly Schedule[] {
  const bed = values.bed === "cluster" ? "cluster" : "embedded";
  const names = values.faults.split(",");
  const unknown = names.filter((name) => name !== "" && FAULTS.every((fault) => fault.name !== name));
  if (unknown.length > 0) throw new TypeError(`no fault is called ${unknown.join(", ")}`);
  const kinds = values.faults === "" ? FAULTS : FAULTS.filter(({ name }) => names.includes(name));
  return Array.from({ length: Number(values.seeds) }, (_, index) =>
    makeSchedule(Number(values.seed) + index, bed, kinds),
  );
}
