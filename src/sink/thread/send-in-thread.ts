import type { Notification } from "../../alert/index.ts";
import type { Attempt, Sent } from "../sink.ts";
import { afterFailure, afterStep, type StepFailure, type StepNews, withoutStep } from "./after-step.ts";
import { planThread, type ThreadAbilities, type ThreadPlan } from "./plan-thread.ts";
import { destinationMark, memoryOf, type ThreadMemory } from "./thread-memory.ts";
import { ThreadRest, type ThreadStep } from "./thread-step.ts";

/** The receiver, as far as threads go. */
export interface ThreadReceiver {
  /** As `destinationOf` names it. */
  readonly destination: string;
  readonly abilities: ThreadAbilities;
  /**
   * Makes the one request of a step.
   *
   * @param memory Of the group: its `thread`, which a referral and an edit `elsewhere` link to, and the title of a shared parent.
   * @returns The name of the message, where a `post` makes one that can be a parent.
   * @throws Every failure, as `failureOf` reads it.
   */
  request(step: ThreadStep, memory: ThreadMemory | null): Promise<string | undefined>;
  /** Reads a failure of `request` for the plan. */
  failureOf(thrown: unknown): StepFailure;
  /** Whether there is time for edits that only bring a parent to the state of now; left out: always. */
  hasTimeForEdits?(): boolean;
}

/**
 * Makes the next request for a notification, at most one: the rest waits for the next attempt, so that the pace of the
 * sink counts requests, a retry repeats no request that was accepted, and a newer message can still replace the rest.
 *
 * @throws What `request` throws, when the plan cannot go on without that step.
 */
export async function sendInThread(
  notification: Notification,
  attempt: Attempt,
  receiver: ThreadReceiver,
): Promise<Sent> {
  const news: StepNews = { ...notification, to: destinationMark(receiver.destination) };
  const start = await leaveOut(planOf(notification, attempt, receiver), attempt);
  const [step] = start.steps;
  if (step === undefined) return sentBy(start);
  const next = await advance(start, { step, news, receiver });
  const isIdle = receiver.hasTimeForEdits?.() ?? true;
  return sentBy(isIdle ? next : withoutPastime(next));
}

/** The rest of an earlier attempt, else the plan of the message. */
function planOf(
  notification: Notification,
  { receiver, remaining }: Attempt,
  { destination, abilities }: ThreadReceiver,
): ThreadPlan {
  const memory = memoryOf(receiver);
  const rest = ThreadRest.safeParse(remaining);
  if (rest.success) return { steps: rest.data.steps, memory: memory ?? null };
  return planThread(notification, memory, { to: destinationMark(destination), abilities });
}

/** The plan without the first steps that other groups forbid: their parent shows them too. */
async function leaveOut(plan: ThreadPlan, attempt: Attempt): Promise<ThreadPlan> {
  let left = plan;
  for (const step of plan.steps) {
    if (step.do !== "edit" || step.among === undefined) break;
    const groups = (await attempt.groupsIn?.(step.thread)) ?? 0;
    if (groups <= step.among) break;
    left = withoutStep(left);
  }
  return left;
}

async function advance(
  plan: ThreadPlan,
  {
    step,
    news,
    receiver,
  }: { readonly step: ThreadStep; readonly news: StepNews; readonly receiver: ThreadReceiver },
): Promise<ThreadPlan> {
  let thread: string | undefined;
  try {
    thread = await receiver.request(step, plan.memory);
  } catch (thrown) {
    const next = afterFailure(plan, news, receiver.failureOf(thrown));
    if (next === undefined) throw thrown;
    return next;
  }
  return afterStep(plan, news, thread);
}

/** The plan without an edit that the next message makes anyway. */
function withoutPastime(plan: ThreadPlan): ThreadPlan {
  const steps = plan.steps.filter((step) => step.do !== "edit" || step.to !== "news" || step.tells);
  return { ...plan, steps };
}

function sentBy({ steps, memory }: ThreadPlan): Sent {
  if (steps.length === 0) return { receiver: memory };
  const remaining: ThreadRest = { v: 1, steps: [...steps] };
  return { receiver: memory, remaining, isTold: steps.every(isTidying) };
}

/** Whether a step says nothing new. */
function isTidying(step: ThreadStep): boolean {
  return step.do === "refer" || (step.do === "edit" && !step.tells);
}
