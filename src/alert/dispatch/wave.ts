/** A due group lets its message wait this long for other groups that are about to be due. */
export const WINDOW_MS = 10_000;

/** News belongs to a wave while its last message, or its last news, is not older than this. */
const GOES_ON_MS = 2 * 60_000;

/** While news keeps coming, the times between the messages about it, in group intervals; the last one stays. */
const STEPS = [1, 2, 4, 5] as const;

/** A longer group interval makes the steps no longer: it holds back the news of a known group already. */
const LONGEST_INTERVAL_MS = 60_000;

/** News of a group that is told alone, or that the sink does not know, waits no longer than this for a step. */
const ALONE_MS = 60_000;

/**
 * The messages of one rule to one sink that come soon after each other, and the next one of them. Times are epoch
 * milliseconds. A wave is not stored: it follows from the groups, and after a restart its steps begin anew.
 */
export interface Wave {
  /** Time of its last message; undefined for none. */
  readonly toldAt: number | undefined;
  /** When news of a group became due last; undefined for none. */
  readonly newsAt: number | undefined;
  /** Messages since the first one. */
  readonly steps: number;
  /** The only group that its messages told, by its key; `several` groups; undefined before the first message. */
  readonly told: { readonly only: string } | "several" | undefined;
  /** The next message, which groups wait for; undefined when none waits. */
  readonly next: NextMessage | undefined;
}

/** The next message of a wave. */
export interface NextMessage {
  /** Epoch milliseconds. */
  readonly at: number;
  /** Whether it waits for a step of the wave; else it is sent at once, or at the end of a window. */
  readonly isStep: boolean;
}

/** The wave of a sink that was told nothing of a rule lately. */
export const NO_WAVE: Wave = {
  toldAt: undefined,
  newsAt: undefined,
  steps: 0,
  told: undefined,
  next: undefined,
};

/** News of a group that is due. */
export interface DueNews {
  /** Whether it is the first message to the sink about the group. */
  readonly isFirst: boolean;
  /** Whether it is critical: such news never waits. */
  readonly isUrgent: boolean;
  /** Whether it may wait for the steps of the wave: alerts that fire do, and ends soon after that of another group. */
  readonly takesSteps: boolean;
  /** Whether it is an end, which waits a minute at most. */
  readonly isEnd: boolean;
  /** The group interval of its route, milliseconds. */
  readonly intervalMs: number;
  /** Whether other groups of the wave are due within the window, and at least two. */
  readonly othersComing: boolean;
}

/** The wave with the news of a group that is due now: all news of a wave is told together. */
export function withNews(wave: Wave, news: DueNews, now: number): Wave {
  const current = isOver(wave, now) ? NO_WAVE : wave;
  const own = news.isUrgent ? { at: now, isStep: false } : nextFor(current, news, now);
  const isAlone = current.next === undefined || news.isUrgent;
  const next = isAlone ? own : together(current.next, { ...own, isFirst: news.isFirst }, now);
  return { ...current, newsAt: now, next };
}

/** The wave after its message. @param groups The keys of those that it told. */
export function afterTelling(wave: Wave, groups: Iterable<string>, now: number): Wave {
  const steps = wave.toldAt === undefined ? 0 : wave.steps + 1;
  return { ...wave, toldAt: now, steps, told: toldWith(wave, groups), next: undefined };
}

/** The groups that a wave has told, with these. */
export function toldWith({ told }: Pick<Wave, "told">, groups: Iterable<string>): Wave["told"] {
  if (told === "several") return told;
  const [only, ...others] = new Set([...(told === undefined ? [] : [told.only]), ...groups]);
  if (only === undefined) return undefined;
  return others.length === 0 ? { only } : "several";
}

/** Whether a wave has no effect on later news any more. */
export function isOver(wave: Wave, now: number): boolean {
  const { toldAt, newsAt, next } = wave;
  if (next !== undefined) return false;
  return toldAt === undefined || now >= Math.max(toldAt, newsAt ?? 0) + GOES_ON_MS;
}

function nextFor(wave: Wave, news: DueNews, now: number): NextMessage {
  const { isFirst, isEnd, takesSteps, intervalMs, othersComing } = news;
  const { toldAt, steps, told } = wave;
  if (takesSteps && toldAt !== undefined) {
    const intervals = STEPS[Math.min(steps, STEPS.length - 1)] ?? 0;
    const step = toldAt + intervals * Math.min(intervalMs, LONGEST_INTERVAL_MS);
    // Among several groups further alerts of a known one are more of the same; alone they may be all that happens.
    const isMore = !isFirst && !isEnd && told === "several";
    const at = isMore ? step : Math.min(step, now + ALONE_MS);
    if (at > now) return { at, isStep: true };
  }
  return { at: othersComing ? now + WINDOW_MS : now, isStep: false };
}

function together(
  before: NextMessage,
  { isFirst, ...own }: NextMessage & Pick<DueNews, "isFirst">,
  now: number,
): NextMessage {
  // While new groups keep coming, the earlier ones wait for them, at most until the step.
  if (before.isStep && own.isStep && isFirst) return own;
  // News that could go now waits for the end of a window that is open.
  if (own.at <= now && before.at <= now + WINDOW_MS) return before;
  return before.at <= own.at ? before : own;
}
