// npm run bench [-- NAME…]: the cases whose names contain one of these, or all of them. Builds first. Each case runs a few
// times ($RUNS, 3), in turn with the bare loop (bare-loop.mjs), since machines differ and are noisy: what says something is
// the ratio. Prints one table at the end and writes everything to bench/results/. Nothing here asserts a time.
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";

import { CASES } from "./cases.ts";
import { figuresOf, type Runs, tableOf } from "./table.ts";

const RUNS = Number(process.env["RUNS"] ?? 3);

const wanted = process.argv.slice(2);
const cases = CASES.filter(({ name }) => wanted.length === 0 || wanted.some((word) => name.includes(word)));
if (cases.length === 0) {
  console.error(`no case has ${wanted.join(" or ")} in its name; there are:`);
  for (const { name } of CASES) console.error(`  ${name}`);
  process.exit(1);
}
const built = spawnSync("npm", ["run", "--silent", "build"], { stdio: "inherit" });
if (built.status !== 0) process.exit(1);

const results: Runs[] = [];
for (const { name, aims, run, yardstick } of cases) {
  const runs: object[] = [];
  const beside: object[] = [];
  for (let round = 1; round <= RUNS; round++) {
    process.stderr.write(`${name}: run ${round} of ${RUNS}\n`);
    runs.push(await run());
    if (yardstick !== undefined) beside.push(await yardstick());
  }
  const result = { name, aims, runs, yardstick: beside };
  results.push(result);
  console.log(`${tableOf(figuresOf(result))}\n`);
}

const figures = results.flatMap(figuresOf);
console.log(tableOf(figures));
mkdirSync(new URL("results/", import.meta.url), { recursive: true });
const file = new URL(`results/${new Date().toISOString().replaceAll(":", "-")}.json`, import.meta.url);
const machine = { node: process.version, cpus: cpus().map((cpu) => cpu.model) };
writeFileSync(file, `${JSON.stringify({ machine, figures, results }, null, 2)}\n`);
console.log(`written to ${file.pathname}`);
