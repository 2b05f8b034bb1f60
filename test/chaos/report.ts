import type { RepeatCause } from "./oracle.ts";
import type { Outcome } from "./run-schedule.ts";
import type { Schedule } from "./schedule.ts";

/** Of each kind of finding. */
const MOST_SHOWN = 10;

/** Whether the promise was kept. */
export function isFine({ verdict, problems }: Outcome): boolean {
  const { lost, unexpected, doubled, miscounted } = verdict;
  return [lost, unexpected, doubled, miscounted, problems].every((findings) => findings.length === 0);
}

/** One line for a run that was fine; else everything one needs to look into it. */
export function printOutcome(outcome: Outcome, file: string): void {
  const { history, verdict, problems, drainMs, peakBytes } = outcome;
  const { schedule, writes, receipts } = history;
  const mebibytes = Math.round(peakBytes / 1024 / 1024);
  console.log(
    `${schedule.bed} seed ${schedule.seed}: ${isFine(outcome) ? "ok" : "FAILED"}: ${writes.length} writes, ` +
      `${receipts.length} receipts, drained in ${(drainMs / 1000).toFixed(1)} s, ${mebibytes} MiB; ` +
      schedule.faults.map(({ fault }) => fault).join(" "),
  );
  if (isFine(outcome)) return;
  for (const { at, fault, ms, variant } of schedule.faults) {
    console.log(`  at ${at} ms: ${fault}, ${ms} ms, variant ${variant}`);
  }
  const { lost, unexpected, doubled, miscounted } = verdict;
  for (const [what, findings] of Object.entries({ lost, unexpected, doubled, miscounted, problems })) {
    for (const finding of findings.slice(0, MOST_SHOWN)) console.log(`  ${what}: ${finding}`);
    if (findings.length > MOST_SHOWN) console.log(`  ${what}: and ${findings.length - MOST_SHOWN} more`);
  }
  console.log(`  again: ${commandFor(schedule)}; everything that happened: ${file}`);
}

/** The suite itself has failed in a run; the others go on. */
export function printBroken(schedule: Schedule, error: unknown): undefined {
  console.log(
    `${schedule.bed} seed ${schedule.seed}: BROKEN: the suite itself failed; again: ${commandFor(schedule)}`,
  );
  console.log(error);
}

/** The sums over all runs. @param broken Runs in which the suite itself failed. */
export function printClosing(outcomes: readonly Outcome[], broken: number): void {
  const sum = (of: (outcome: Outcome) => number): number =>
    outcomes.reduce((total, outcome) => total + of(outcome), 0);
  const faults = Map.groupBy(
    outcomes.flatMap(({ history }) => history.schedule.faults),
    ({ fault }) => fault,
  );
  const kinds = [...faults].map(([name, list]) => `${name} ${list.length}`).toSorted();
  const causes: readonly RepeatCause[] = ["answer lost", "kill", "pause", "damage"];
  const repeats = causes.map((cause) => `${cause} ${sum(({ verdict }) => verdict.repeats[cause])}`);
  const failed = outcomes.filter((outcome) => !isFine(outcome)).length + broken;
  console.log(`\n${outcomes.length + broken} runs, ${failed} failed`);
  console.log(`writes ${sum(({ history }) => history.writes.length)}`);
  console.log(`faults ${sum(({ history }) => history.schedule.faults.length)}: ${kinds.join(", ")}`);
  console.log(`lost ${sum(({ verdict }) => verdict.lost.length + verdict.miscounted.length)}`);
  console.log(`unexpected ${sum(({ verdict }) => verdict.unexpected.length + verdict.doubled.length)}`);
  console.log(`repeats with the same id: ${repeats.join(", ")}`);
}

function commandFor({ seed, bed }: Schedule): string {
  return `npm run chaos -- --seeds 1 --seed ${seed} --bed ${bed}`;
}
