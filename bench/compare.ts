// node bench/compare.ts OTHER NAME…: the cases whose names contain one of these, with the build in the folder OTHER and with
// the one here, in turn $RUNS (5) times. Prints the medians of both and of their ratios. On a machine that has other work
// only the CPU time says something. Neither is built here.
import { join } from "node:path";

import { CASES } from "./cases.ts";
import { figuresOf, tableOf } from "./table.ts";

const RUNS = Number(process.env["RUNS"] ?? 5);

const [, , other = "", ...wanted] = process.argv;
const cases = CASES.filter(({ name }) => wanted.some((word) => name.includes(word)));
if (cases.length === 0) throw new Error("node bench/compare.ts OTHER NAME…");

for (const { name, run } of cases) {
  const before: object[] = [];
  const now: object[] = [];
  for (let round = 0; round < RUNS; round++) {
    process.env["BENCH_MAIN"] = join(other, "dist/main.js");
    before.push(await run());
    delete process.env["BENCH_MAIN"];
    now.push(await run());
  }
  const figures = figuresOf({ name, aims: {}, runs: now, yardstick: before });
  console.log(`${tableOf(figures, ["now", "before"])}\n`);
}
