import { z } from "zod";

/**
 * One request to a receiver:
 * `post`: the whole message, by itself; with `keep` it becomes the parent of the group.
 * `reply`: the news, in a thread; with `broadcast` it is shown outside of the thread as well.
 * `refer`: in an old thread, that the problem goes on under a new parent.
 * `edit`: a parent is brought to the state of now: of a problem that goes on, that is over, or that goes on elsewhere.
 */
export const ThreadStep = z.discriminatedUnion("do", [
  z.object({ do: z.literal("post"), keep: z.boolean() }),
  z.object({
    do: z.literal("reply"),
    thread: z.string(),
    broadcast: z.boolean(),
    /** Whether it says the end, after which the group has no parent. */
    ends: z.boolean(),
  }),
  z.object({ do: z.literal("refer"), thread: z.string() }),
  z.object({
    do: z.literal("edit"),
    thread: z.string(),
    to: z.enum(["news", "end", "elsewhere"]),
    /** Whether it is the only word about the news, since edits of this receiver notify people. */
    tells: z.boolean(),
    /** The title of a parent that tells several groups, for its end; missing for others. */
    title: z.string().optional(),
    /** Leave it out while more groups than this have the thread; missing: never. */
    among: z.int().min(0).optional(),
  }),
]);
export type ThreadStep = z.infer<typeof ThreadStep>;

/** The steps that a message still takes, first one first: the `remaining` of a delivery. */
export const ThreadRest = z.object({ v: z.literal(1), steps: z.array(ThreadStep) });
export type ThreadRest = z.infer<typeof ThreadRest>;

/** The request that an attempt with this `remaining` makes; undefined for none. */
export function nextStepOf(remaining: unknown): ThreadStep | undefined {
  const rest = ThreadRest.safeParse(remaining);
  return rest.success ? rest.data.steps[0] : undefined;
}
