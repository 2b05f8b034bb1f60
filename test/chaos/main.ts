/** The chaos suite: `npm run chaos -- --seeds 100`, see docs/reliability.md. */
import { parseArgs } from "node:util";

import { FAULTS } from "./faults/index.ts";
import { runSchedule } from "./run-schedule.ts";
import { makeSchedule } from "./schedule.ts";

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "10" },
    seed: { type: "string", default: "1" },
    bed: { type: "string", default: "embedded" },
    faults: { type: "string", default: "" },
  },
});
const kinds =
  values.faults === "" ? FAULTS : FAULTS.filter(({ name }) => values.faults.split(",").includes(name));
for (let seed = Number(values.seed); seed < Number(values.seed) + Number(values.seeds); seed++) {
  const schedule = makeSchedule(seed, "embedded", kinds);
  const { verdict, problems, drainMs, history, log, peakBytes } = await runSchedule(schedule);
  console.log(
    seed,
    history.writes.length,
    schedule.faults.map((f) => f.fault).join(" "),
    Math.round(drainMs),
    Math.round(peakBytes / 1e6),
  );
  console.log(
    verdict.repeats,
    verdict.lost.slice(0, 5),
    verdict.unexpected.slice(0, 5),
    verdict.doubled.slice(0, 5),
    verdict.miscounted.slice(0, 5),
    problems,
  );
  if (process.env["LOG"]) console.log(log);
}
