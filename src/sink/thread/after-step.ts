import type { Notification } from "../../alert/index.ts";
import type { ThreadPlan } from "./plan-thread.ts";
import { canKeep, sharedTitle, type ThreadMemory, tidyMemory } from "./thread-memory.ts";
import type { ThreadStep } from "./thread-step.ts";

/**
 * How a step failed: `lost`: its parent is gone, or takes no change and no reply any more · `refused`: this request
 * will never be taken · `later`: another attempt may help · `held`: nothing goes out for now, such as at a rate limit or
 * with a refused token.
 */
export type StepFailure = "lost" | "refused" | "later" | "held";

/** The facts that a new memory needs beside the plan. */
export interface StepNews extends Pick<Notification, "kind" | "severity" | "merged" | "title"> {
  /** The mark of the destination. */
  readonly to: string;
}

/**
 * The plan after its first step was done.
 *
 * @param thread The parent that a kept `post` made; undefined when the receiver named none.
 */
export function afterStep({ steps, memory }: ThreadPlan, news: StepNews, thread?: string): ThreadPlan {
  const [step, ...rest] = steps;
  if (step === undefined) return { steps, memory };
  return { steps: rest, memory: memoryAfter(step, memory, news, thread) };
}

/** The plan when its first step is left out: a parent is given up, or shows other groups that go on. */
export function withoutStep({ steps, memory }: ThreadPlan): ThreadPlan {
  const [step, ...rest] = steps;
  return { steps: rest, memory: step?.do === "edit" ? withoutParent(memory, step) : memory };
}

/**
 * The plan after its first step has failed: an edit is given up, and a reply without its parent becomes a new parent;
 * undefined when the attempt as a whole has failed, so that the step is repeated.
 */
export function afterFailure(plan: ThreadPlan, news: StepNews, failure: StepFailure): ThreadPlan | undefined {
  const { steps, memory } = plan;
  const [step] = steps;
  if (step === undefined || step.do === "post" || failure === "held") return undefined;
  const tells = step.do === "reply" || (step.do === "edit" && step.tells);
  if (tells) return failure === "lost" ? anew(steps, memory, news) : undefined;
  // The next message brings a parent whose problem goes on to the state of then.
  const canWait = step.do === "edit" && step.to === "news";
  return failure === "later" && !canWait ? undefined : withoutStep(plan);
}

/** The news as a message of its own, since its parent is lost. */
function anew(
  [step, ...rest]: readonly ThreadStep[],
  memory: ThreadMemory | null,
  { kind }: StepNews,
): ThreadPlan {
  const lost = step !== undefined && "thread" in step ? step.thread : undefined;
  const others = rest.filter((next) => !("thread" in next) || next.thread !== lost);
  const kept = memory === null ? null : tidyMemory({ ...memory, thread: undefined });
  return { steps: [{ do: "post", keep: kind !== "resolved" }, ...others], memory: kept };
}

function memoryAfter(
  step: ThreadStep,
  memory: ThreadMemory | null,
  { kind, severity, merged, title, to }: StepNews,
  thread: string | undefined,
): ThreadMemory | null {
  switch (step.do) {
    case "post": {
      if (!step.keep || thread === undefined || !canKeep(thread)) return memory;
      const shared = (merged?.length ?? 1) > 1 ? sharedTitle(title) : undefined;
      return tidyMemory({ v: 1, to, severity, thread, shared, left: memory?.left });
    }
    case "reply":
      return step.ends ? withLeft(memory, step.thread) : memory;
    case "edit":
      return step.tells && kind !== "resolved" ? memory : withoutParent(memory, step);
    case "refer":
      return memory;
  }
}

/** The end was said: what is left of the group is a parent that does not show it yet. */
function withLeft(memory: ThreadMemory | null, thread: string): ThreadMemory | null {
  if (memory === null) return null;
  return tidyMemory({ ...memory, thread: undefined, left: [...(memory.left ?? []), thread] });
}

/** The memory without a parent that shows no problem any more. */
function withoutParent(
  memory: ThreadMemory | null,
  { thread, to }: Extract<ThreadStep, { do: "edit" }>,
): ThreadMemory | null {
  if (memory === null || to === "news") return memory;
  const isOwn = memory.thread === thread;
  return tidyMemory({
    ...memory,
    thread: isOwn ? undefined : memory.thread,
    left: memory.left?.filter((other) => other !== thread),
  });
}
