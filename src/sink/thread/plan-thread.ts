import type { Notification } from "../../alert/index.ts";
import { atLeast } from "../../lib/severity.ts";
import { type ThreadMemory, tidyMemory } from "./thread-memory.ts";
import type { ThreadStep } from "./thread-step.ts";

/** Whether and how a receiver keeps the messages of a group together. */
export interface ThreadAbilities {
  /** A message can be attached to its parent: as a reply, or in a thread. */
  readonly thread: boolean;
  /** A message can be changed later. */
  readonly edit: boolean;
  /** A change notifies nobody, so that news needs a message as well. */
  readonly quietEdits: boolean;
  /** A reply can also be shown outside of its thread, as the repeats of a problem are. */
  readonly broadcast: boolean;
}

/** The part of a notification that decides about its place. */
export type ThreadNews = Pick<Notification, "kind" | "trigger" | "severity" | "test" | "merged">;

/** The steps of one message, and the memory of its group before them. */
export interface ThreadPlan {
  readonly steps: readonly ThreadStep[];
  /** Null for none. */
  readonly memory: ThreadMemory | null;
}

/**
 * Plans one message: whether it is a new parent or a reply, and which parents it brings to the state of now.
 *
 * @param memory The memory of the group, undefined for none.
 * @param to The mark of the destination.
 */
export function planThread(
  news: ThreadNews,
  memory: ThreadMemory | undefined,
  { to, abilities }: { readonly to: string; readonly abilities: ThreadAbilities },
): ThreadPlan {
  if (isApart(news)) return { steps: [{ do: "post", keep: false }], memory: memory ?? null };
  const thread = memory?.thread;
  if (memory === undefined || thread === undefined || beginsAnew(news, memory, { to, abilities }))
    return planParent(news, memory, abilities);
  const ends = news.kind === "resolved";
  const group = { thread, shared: memory.shared };
  const steps = isLoud(abilities)
    ? [editOf(news, group, true)]
    : [sayingOf(news, thread, abilities), ...(abilities.edit ? [editOf(news, group, false)] : [])];
  const others = abilities.edit ? leftEdits(memory) : [];
  return { steps: [...steps, ...others], memory: ends ? memory : tidyMemory(withSeverity(memory, news)) };
}

/** A message that belongs to no thread: of many groups, or a test. */
function isApart({ kind, test }: ThreadNews): boolean {
  return test || kind === "digest";
}

/** Whether edits alone tell the news. */
function isLoud({ edit, quietEdits }: ThreadAbilities): boolean {
  return edit && !quietEdits;
}

/**
 * Whether a message does not belong to the parent of its group: another episode began, the destination is another one,
 * or it got worse, which a reply would tell only to those who follow the thread.
 */
function beginsAnew(
  { kind, trigger, severity }: ThreadNews,
  memory: ThreadMemory,
  { to, abilities }: { readonly to: string; readonly abilities: ThreadAbilities },
): boolean {
  if (kind === "firing" || trigger === "cleared-before-delivery" || memory.to !== to) return true;
  if (isLoud(abilities)) return memory.shared !== undefined;
  return kind !== "resolved" && !atLeast(memory.severity, severity);
}

/** A new parent; the old one refers to it. */
function planParent(
  news: ThreadNews,
  memory: ThreadMemory | undefined,
  abilities: ThreadAbilities,
): ThreadPlan {
  const keep = news.kind !== "resolved" && (abilities.thread || abilities.edit);
  const post: ThreadStep = { do: "post", keep };
  if (memory === undefined) return { steps: [post], memory: null };
  const { thread, left = [], shared: _, ...rest } = memory;
  const leaving = tidyMemory({ ...rest, left: [...left, ...(thread === undefined ? [] : [thread])] });
  const refers = thread !== undefined && keep && abilities.thread;
  const referral: readonly ThreadStep[] = refers ? [{ do: "refer", thread }] : [];
  const edits = leaving !== null && abilities.edit ? leftEdits(leaving) : [];
  return { steps: [post, ...referral, ...edits], memory: leaving };
}

/** The news as a message of its own: a reply where there are threads. */
function sayingOf({ kind }: ThreadNews, thread: string, abilities: ThreadAbilities): ThreadStep {
  const ends = kind === "resolved";
  const broadcast = kind === "repeat" && abilities.broadcast && abilities.thread;
  return { do: "reply", thread, broadcast, ends };
}

/** A shared parent is brought to the state of now only by a message that tells all of its groups. */
function editOf(
  { kind, merged }: ThreadNews,
  { thread, shared }: { readonly thread: string; readonly shared: string | undefined },
  tells: boolean,
): ThreadStep {
  const to = kind === "resolved" ? "end" : "news";
  const among = to === "end" ? 0 : (merged?.length ?? 1);
  return { do: "edit", thread, to, tells, ...(shared === undefined ? {} : { title: shared, among }) };
}

/** Parents that the group has left must not go on to show a problem, unless other groups are still under them. */
function leftEdits({ left = [] }: ThreadMemory): readonly ThreadStep[] {
  return left.map((thread) => ({ do: "edit", thread, to: "elsewhere", tells: false, among: 0 }));
}

/** Groups of a shared parent keep its severity, so that their memories stay equal and one message can tell them all. */
function withSeverity(memory: ThreadMemory, { severity }: ThreadNews): ThreadMemory {
  return memory.shared === undefined ? { ...memory, severity } : memory;
}
