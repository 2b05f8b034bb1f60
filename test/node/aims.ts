import type { Figures } from "./judge.ts";
import { percentile } from "./percentile.ts";

/** A wish for the messages of all incidents together. */
export interface Aim {
  readonly says: string;
  /** Whether it depends on how fast the machine is; such aims are held only where nothing else runs. */
  readonly isTimed: boolean;
  readonly isMet: (all: readonly Figures[]) => boolean;
}

const share = (all: readonly Figures[], holds: (figures: Figures) => boolean): number =>
  all.filter(holds).length / all.length;

const atMost = (most: number, of: (figures: Figures) => number | undefined, part = 0.95) => {
  return (all: readonly Figures[]): boolean => (percentile(all.map(of), part) ?? Infinity) <= most;
};

/** Held with `NODE_AIMS=all`, and those that no machine can be too slow for with `NODE_AIMS=untimed`. */
const AIMS: readonly Aim[] = [
  {
    says: "nothing untrue is said",
    isTimed: false,
    isMet: (all) => all.every(({ untrue }) => untrue.length === 0),
  },
  {
    says: "nine of ten first messages name the cause",
    isTimed: false,
    isMet: (all) => share(all, ({ unnamed }) => unnamed.length === 0) >= 0.9,
  },
  {
    says: "each end is told",
    isTimed: false,
    isMet: (all) => all.every(({ endToldAfter, isPoint }) => isPoint || endToldAfter !== undefined),
  },
  {
    says: "trouble that comes back is told again",
    isTimed: false,
    isMet: (all) => all.every(({ isToldAgain }) => isToldAgain !== false),
  },
  {
    says: "no alert is open five minutes after all is well",
    isTimed: false,
    isMet: (all) => all.every(({ leftOpen = [] }) => leftOpen.length === 0),
  },
  { says: "at most three messages each (p95)", isTimed: false, isMet: atMost(3, ({ messages }) => messages) },
  { says: "told within 120 s (p95)", isTimed: true, isMet: atMost(120, ({ toldAfter }) => toldAfter) },
  {
    says: "ends are told within 45 s (p50)",
    isTimed: true,
    isMet: atMost(45, ({ endToldAfter }) => endToldAfter, 0.5),
  },
  {
    says: "ends are told within 90 s and the hold of a minute (p95)",
    isTimed: true,
    isMet: atMost(150, ({ endToldAfter }) => endToldAfter),
  },
  {
    says: "the end that is told is off by 15 s at most (p95)",
    isTimed: true,
    isMet: atMost(15, ({ endTimeError }) => endTimeError && Math.abs(endTimeError)),
  },
];

/** The aims to hold now. */
export function wantedAims(wanted: string | undefined): readonly Aim[] {
  return AIMS.filter(({ isTimed }) => wanted === "all" || (wanted === "untimed" && !isTimed));
}
