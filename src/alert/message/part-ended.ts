import { type EndWord, Ends } from "../ends.ts";
import type { NotifiedAlert } from "../notification.ts";

/** Ended alerts that a note names; it counts further ones. */
const MOST_NAMES = 5;

/** The alerts of a group that ended while it goes on. */
export interface PartEnded {
  /** Those that the message names as ended, 1 or more. */
  readonly ended: readonly NotifiedAlert[];
  /** Number of all these, with those beyond the message. */
  readonly count: number;
  /** Number of alerts that go on. */
  readonly going: number;
  /** Number of all alerts that the receiver knows. */
  readonly total: number;
  /** `workload`, `alert`. */
  readonly noun: string;
  /** Their problem in words. */
  readonly problem: string;
}

/** `Resolved for 9 of 15 workloads (6 go on): A container image cannot be pulled`. */
export function partTitle({ ended, count, going, total, noun, problem }: PartEnded): string {
  const word = WORDS[Ends.wordOf(ended.map(({ resolvedBy }) => resolvedBy))];
  return `${word} for ${count} of ${total} ${noun}s (${going} ${going === 1 ? "goes" : "go"} on): ${problem}`;
}

const WORDS: Readonly<Record<EndWord, string>> = {
  resolved: "Resolved",
  deleted: "Deleted",
  replaced: "Replaced",
  over: "Over",
  unseen: "No longer seen",
  unwatched: "No longer watched",
};

/** `Ended meanwhile: Deployment/web in shop (over after 1 min 38 s) and 3 more.` "" when nothing ended. */
export function endedNote(ended: readonly NotifiedAlert[], count: number): string {
  if (count === 0) return "";
  const names = ended.slice(0, MOST_NAMES).map(nameOf);
  const rest = count - names.length;
  return `Ended meanwhile: ${names.join(", ")}${rest > 0 ? ` and ${rest} more` : ""}.`;
}

function nameOf(alert: NotifiedAlert): string {
  const { workload = "", namespace = "" } = alert.labels;
  const name = workload === "" ? alert.title : `${workload}${namespace === "" ? "" : ` in ${namespace}`}`;
  const span = Ends.spanOf(alert);
  return span === "" ? name : `${name} (${span})`;
}
