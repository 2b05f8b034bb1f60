import { type Random, randomOf } from "./random.ts";

/** Where a schedule runs. */
export type BedName = "embedded" | "cluster";

/** One Event and all it becomes, as its reporter tells it. */
export interface Lineage {
  readonly namespace: string;
  readonly name: string;
  readonly reason: string;
  readonly type: string;
  /** How happenings are counted; `bare` Events have neither count nor times. */
  readonly style: "count" | "series" | "bare";
  /** How wrong the reporter's clock is, milliseconds of the story. */
  readonly skewMs: number;
  /** Before the message. */
  readonly prefix: string;
  /** Characters after the message. */
  readonly padding: number;
}

/** One write of the generator. Its message is `chaos NAME#STATE`. */
export interface Write {
  /** Milliseconds since the start of the run; negative before the bridge is started. */
  readonly at: number;
  /** Index of its lineage. */
  readonly lineage: number;
  readonly op: "create" | "patch" | "delete";
  readonly state: number;
  readonly count: number;
  /** Of a create: whether the reporter counts on from the life before. */
  readonly continues: boolean;
}

/** One fault. */
export interface FaultAt {
  readonly at: number;
  readonly fault: string;
  /** How long it lasts, for those that last. */
  readonly ms: number;
  /** Makes it another one of its kind, 0 to 999. */
  readonly variant: number;
}

/** Everything that happens in one run, before the bridge has a say. */
export interface Schedule {
  readonly seed: number;
  readonly bed: BedName;
  readonly lengthMs: number;
  readonly api: "core" | "events";
  /** The namespaces that the bridge watches; empty for all. */
  readonly namespaces: readonly string[];
  readonly eventTtlMinutes: number;
  readonly lineages: readonly Lineage[];
  readonly writes: readonly Write[];
  readonly faults: readonly FaultAt[];
}

/** A fault as far as a schedule must know it. */
export interface FaultKind {
  readonly name: string;
  /** Faults of one track never overlap. */
  readonly track: "bridge" | "api" | "sink";
  readonly beds: readonly BedName[];
  /** At most once in a run, and in no run where reporters have wrong clocks: see docs/reliability.md. */
  readonly rewinds?: boolean;
  /** Longest duration; 0 for a moment. */
  readonly mostMs: number;
}

/** Namespaces of the generator. */
export const NAMESPACES = ["shop", "pay", "elsewhere"] as const;

/** Those with a rule; Events of `ChaosQuiet` are only forwarded. */
export const RULE_REASONS = ["ChaosFail", "ChaosKill", "ChaosWait"] as const;

const DAY_MS = 86_400_000;
const LENGTH_MS: Readonly<Record<BedName, number>> = { embedded: 10_000, cluster: 20_000 };
/** How many faults of each track at most. */
const MOST_FAULTS = { bridge: 4, api: 4, sink: 3 } as const;

/** The schedule of a seed: the same seed and the same kinds of faults give the same one. */
export function makeSchedule(seed: number, bed: BedName, kinds: readonly FaultKind[]): Schedule {
  const random = randomOf(seed * 2 + (bed === "cluster" ? 1 : 0));
  const lengthMs = LENGTH_MS[bed];
  const namespaces = random.chance(0.3) ? ["shop", "pay"] : [];
  const lineages: Lineage[] = [];
  const writes: Write[] = [];
  const count = random.between(60, 200);
  for (let index = 0; index < count; index++) {
    const lineage = makeLineage(index, random);
    lineages.push(lineage);
    writes.push(...makeWrites(index, lineage, lengthMs, random));
  }
  if (random.chance(0.3)) {
    const from = random.between(0, lengthMs - 2000);
    addMany(random.between(300, 1200), (share) => from + share * 1000, { random, lineages, writes });
  }
  if (random.chance(0.2)) addMany(random.between(600, 2500), () => -1, { random, lineages, writes });
  const possible = kinds.filter((kind) => kind.beds.includes(bed));
  const faults = makeFaults(lengthMs, possible, random);
  const rewinds = faults.some(({ fault }) => kinds.find(({ name }) => name === fault)?.rewinds === true);
  return {
    seed,
    bed,
    lengthMs,
    api: random.chance(0.3) ? "events" : "core",
    namespaces,
    eventTtlMinutes: bed === "embedded" && random.chance(0.3) ? 15 : 60,
    lineages: rewinds ? lineages.map((lineage) => ({ ...lineage, skewMs: 0 })) : lineages,
    writes: writes.toSorted((a, b) => a.at - b.at),
    faults,
  };
}

function makeLineage(index: number, random: Random): Lineage {
  const rare = random.next();
  return {
    namespace: random.pick(NAMESPACES),
    name: `e${index}`,
    reason: random.pick([...RULE_REASONS, "ChaosQuiet"]),
    type: random.pick(["Warning", "Warning", "Normal", "Foo"]),
    style: random.pick(["count", "count", "count", "series", "bare"]),
    skewMs: random.chance(0.1) ? random.between(-DAY_MS, DAY_MS) : 0,
    prefix: random.chance(0.1) ? "(combined from similar events): " : "",
    padding: rare < 0.01 ? 1_200_000 : rare < 0.05 ? 50_000 : 0,
  };
}

/** One Event's story: it may be counted on, be counted anew, vanish, and come back. */
function makeWrites(lineage: number, { style }: Lineage, lengthMs: number, random: Random): readonly Write[] {
  let at = random.between(0, Math.round(lengthMs * 0.85));
  let state = 0;
  let count = style === "count" && random.chance(0.2) ? random.between(2, 40) : 1;
  const writes: Write[] = [];
  const add = (op: Write["op"], continues = false): void => {
    writes.push({ at, lineage, op, state, count, continues });
  };
  const goOn = (): void => {
    at += random.between(300, 2500);
    state += 1;
  };
  add("create");
  if (style === "bare") return writes;
  for (let steps = random.pick([0, 0, 1, 2, 6]); steps > 0; steps--) {
    if (at > lengthMs - 2500) return writes;
    goOn();
    const what = random.next();
    if (what < 0.7 || style === "series") {
      count += random.chance(0.5) ? 1 : random.between(2, 500);
      add("patch");
    } else if (what < 0.8) {
      count = Math.max(1, Math.floor(count / 2));
      add("patch");
    } else {
      add("delete");
      if (random.chance(0.3)) return writes;
      goOn();
      const continues = random.chance(0.6);
      count = continues ? count + 1 : random.between(1, 3);
      add("create", continues);
    }
  }
  return writes;
}

/** Very many Events that happen once. @param at From 0 for the first to 1 for the last. */
function addMany(
  size: number,
  at: (share: number) => number,
  { random, lineages, writes }: { random: Random; lineages: Lineage[]; writes: Write[] },
): void {
  for (let index = 0; index < size; index++) {
    const lineage = lineages.length;
    lineages.push({ ...makeLineage(lineage, random), padding: 0 });
    const time = Math.round(at(index / size));
    writes.push({ at: time, lineage, op: "create", state: 0, count: 1, continues: false });
  }
}

function makeFaults(lengthMs: number, kinds: readonly FaultKind[], random: Random): readonly FaultAt[] {
  const faults: FaultAt[] = [];
  for (const [track, most] of Object.entries(MOST_FAULTS)) {
    const choice = kinds.filter((kind) => kind.track === track);
    let from = 300;
    let hasRewound = false;
    for (let left = random.between(1, most); left > 0; left--) {
      const possible = choice.filter(({ rewinds = false }) => !rewinds || !hasRewound);
      if (possible.length === 0) break;
      const kind = random.pick(possible);
      hasRewound ||= kind.rewinds === true;
      const at = from + random.between(0, Math.round(lengthMs / most / 2));
      const ms = kind.mostMs === 0 ? 0 : random.between(Math.round(kind.mostMs / 5), kind.mostMs);
      faults.push({ at, fault: kind.name, ms, variant: random.between(0, 999) });
      from = at + ms + 400;
    }
  }
  return faults.toSorted((a, b) => a.at - b.at);
}
