import { readdirSync, readFileSync } from "node:fs";

import { FAULTS } from "./faults/index.ts";
import { type BedName, type FaultAt, makeSchedule, type Schedule } from "./schedule.ts";

/** A history that once went wrong: the load of a seed, with faults of its own. */
interface Regression {
  /** The fault that the seed once showed. */
  readonly why: string;
  readonly seed: number;
  readonly bed: BedName;
  readonly faults: readonly FaultAt[];
}

const DIRECTORY = new URL("regressions/", import.meta.url);

/** The schedules of all that is kept. */
export function readRegressions(): readonly Schedule[] {
  return readdirSync(DIRECTORY)
    .filter((file) => file.endsWith(".json"))
    .toSorted()
    .map((file) => {
      // Our own files.
      const { seed, bed, faults } = JSON.parse(readFileSync(new URL(file, DIRECTORY), "utf8")) as Regression;
      return { ...makeSchedule(seed, bed, FAULTS), faults };
    });
}
