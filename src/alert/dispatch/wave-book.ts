import { joinKey } from "../../lib/joined-key.ts";
import type { Wait } from "../changes.ts";
import type { Schedule } from "../schedule.ts";
import type { GroupState } from "../state.ts";
import {
  afterTelling,
  type DueNews,
  isOver,
  type NextMessage,
  NO_WAVE,
  toldWith,
  type Wave,
  withNews,
} from "./wave.ts";

/**
 * Keys of waves in the schedule. They sort behind those of groups, so that a message has all groups that are due by
 * then, and before those of sinks, so that a digest has only what no message could tell.
 */
const WAVE_PREFIX = "merge:";

/** With more waves than this, those that are over are forgotten. */
const MANY = 1000;

/** Labels by which the groups of one rule differ without being another problem. */
const SAME_PROBLEM = ["rule", "cluster", "reason"];

/** The kind of news: an end waits only for other ends, an end in part and a repeat
 * for others of their kind. */
export type WaveKind = (typeof WAVE_KINDS)[number];

const WAVE_KINDS = ["news", "repeat", "part", "end"] as const;

/** News of a group that is due. */
type GroupNews = Pick<DueNews, "isFirst" | "isUrgent" | "takesSteps" | "intervalMs"> & {
  /** As in `DueNews`; a question, because the answer may cost a walk through many groups. */
  readonly othersComing: () => boolean;
  /** How long it has waited for the state of its objects, milliseconds. */
  readonly waitedMs: number;
  /** Epoch milliseconds. */
  readonly now: number;
};

/** A wave at one sink, with the groups that wait for its next message. */
interface Entry {
  readonly sink: string;
  readonly wave: Wave;
  /** Their keys. */
  readonly groups: Set<string>;
  /** By key of a group; missing after a restart. */
  readonly joined: Map<string, Joined>;
}

/** When a group joined a wave, and how long it had waited for the state of its objects before; milliseconds. */
interface Joined {
  readonly at: number;
  readonly stateMs: number;
}

/** The problem that a group has in common with others: groups of one route with the same one may be told together. */
export function problemOf({ route, labels }: Pick<GroupState, "route" | "labels">): string | undefined {
  const { rule } = labels;
  return rule === undefined ? undefined : joinKey([route, ...SAME_PROBLEM.map((name) => labels[name] ?? "")]);
}

/** The waves of all sinks: when groups of one rule are told together, and which ones. Groups keep that they wait. */
export class WaveBook {
  readonly #entries = new Map<string, Entry>();
  readonly #schedule: Schedule;

  constructor(schedule: Schedule) {
    this.#schedule = schedule;
  }

  /** Adds the waves of groups that the store already has. */
  load(groups: readonly GroupState[]): void {
    for (const group of groups) this.#restore(group);
  }

  /** Whether a key of the schedule stands for a wave. */
  static has(key: string): boolean {
    return key.startsWith(WAVE_PREFIX);
  }

  /**
   * Adds the news of a group that is due now.
   *
   * @param problem See `problemOf`.
   * @returns When it is told, epoch milliseconds.
   */
  join(
    at: { readonly sink: string; readonly problem: string; readonly kind: WaveKind },
    group: string,
    { now, isFirst, isUrgent, takesSteps, intervalMs, othersComing, waitedMs }: GroupNews,
  ): number {
    const key = keyOf(at);
    const { wave, groups, joined } = this.#entries.get(key) ?? noEntry(at.sink);
    groups.add(group);
    if (!joined.has(group)) joined.set(group, { at: now, stateMs: waitedMs });
    const news: DueNews = {
      isFirst,
      isUrgent,
      isEnd: at.kind === "end",
      takesSteps: at.kind === "end" ? !isAlone(wave, group) : takesSteps,
      intervalMs,
      // The first one of a message decides whether it waits.
      othersComing: wave.next === undefined && othersComing(),
    };
    this.#put(key, {
      sink: at.sink,
      wave: withNews(wave, news, now),
      groups,
      joined,
    });
    return this.#entries.get(key)?.wave.next?.at ?? now;
  }

  /** The sink of a wave, and the keys of the groups that wait for its next message. */
  contentOf(key: string): { readonly sink: string; readonly groups: readonly string[] } | undefined {
    const entry = this.#entries.get(key);
    return entry && { sink: entry.sink, groups: [...entry.groups] };
  }

  /** The next message that a group waits for at a sink; undefined when it waits for none. */
  nextOf(sink: string, group: GroupState): NextMessage | undefined {
    const problem = group.joins?.[sink] === undefined ? undefined : problemOf(group);
    if (problem === undefined) return undefined;
    for (const kind of WAVE_KINDS) {
      const entry = this.#entries.get(keyOf({ sink, problem, kind }));
      if (entry?.groups.has(group.key) === true) return entry.wave.next;
    }
    return undefined;
  }

  /** The waits of a group until the message of a wave that is made now; none where nobody knows. */
  waitsOf(key: string, group: string, now: number): readonly Wait[] {
    const { wave, joined } = this.#entries.get(key) ?? {};
    const { at = now, stateMs = 0 } = joined?.get(group) ?? {};
    const what = wave?.next?.isStep === true ? "step" : "others";
    const waits: readonly Wait[] = [
      { for: "state", ms: stateMs },
      { for: what, ms: now - at },
    ];
    return waits.filter(({ ms }) => ms > 0);
  }

  /** Ends the wait of a wave. @param message.isSent Whether there was still something to tell. */
  settle(key: string, { isSent, now }: { readonly isSent: boolean; readonly now: number }): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    const wave = isSent ? afterTelling(entry.wave, entry.groups, now) : { ...entry.wave, next: undefined };
    this.#put(key, { ...noEntry(entry.sink), wave });
    if (this.#entries.size > MANY) this.#forgetOver(now);
  }

  #restore(group: GroupState): void {
    const problem = problemOf(group);
    if (problem === undefined) return;
    for (const { sink, lastAt } of group.told) {
      const key = keyOf({ sink, problem, kind: "news" });
      const { wave, groups, joined } = this.#entries.get(key) ?? noEntry(sink);
      const toldAt = Math.max(wave.toldAt ?? 0, lastAt);
      this.#put(key, { sink, wave: { ...wave, toldAt, told: toldWith(wave, [group.key]) }, groups, joined });
    }
    for (const [sink, at] of Object.entries(group.joins ?? {})) {
      const key = keyOf({ sink, problem, kind: "news" });
      const { wave, groups, joined } = this.#entries.get(key) ?? noEntry(sink);
      groups.add(group.key);
      const next = { at: Math.min(wave.next?.at ?? at, at), isStep: true };
      this.#put(key, { sink, wave: { ...wave, next }, groups, joined });
    }
  }

  #forgetOver(now: number): void {
    for (const [key, { wave }] of this.#entries) if (isOver(wave, now)) this.#entries.delete(key);
  }

  #put(key: string, entry: Entry): void {
    this.#entries.set(key, entry);
    this.#schedule.set(key, entry.wave.next?.at);
  }
}

function noEntry(sink: string): Entry {
  return { sink, wave: NO_WAVE, groups: new Set(), joined: new Map() };
}

/** Whether a wave has told of no other group so far. */
function isAlone({ told }: Wave, group: string): boolean {
  return told === undefined || (told !== "several" && told.only === group);
}

function keyOf({ sink, problem, kind }: { sink: string; problem: string; kind: WaveKind }): string {
  return WAVE_PREFIX + joinKey([sink, kind, problem]);
}
