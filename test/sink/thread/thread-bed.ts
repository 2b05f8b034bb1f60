import type { Notification } from "../../../src/alert/index.ts";
import {
  sendInThread,
  type StepFailure,
  type ThreadAbilities,
  type ThreadMemory,
  type ThreadReceiver,
  type ThreadStep,
} from "../../../src/sink/thread/index.ts";
import { noDeadline } from "../../support/deadline.ts";
import { makeNotification } from "../../support/notifications.ts";

/** Everything that the receivers of threads can do. */
export const ALL_ABILITIES: ThreadAbilities = { thread: true, edit: true, quietEdits: true, broadcast: true };

/** A refused request. */
class Refusal extends Error {
  readonly failure: StepFailure;

  constructor(failure: StepFailure) {
    super(failure);
    this.failure = failure;
  }
}

/** A parent at the receiver. */
interface Parent {
  shows: "trouble" | "end" | "elsewhere";
}

/** A receiver in memory, and the memory that the store keeps for each group, as JSON. */
export class ThreadBed {
  abilities: ThreadAbilities = ALL_ABILITIES;
  destination = "#ops";
  hasTimeForEdits = true;
  /** Stands behind the name of each new parent. */
  suffix = "";
  /** The requests that were made, also refused ones. */
  readonly requests: ThreadStep[] = [];
  /** Keyed by thread. */
  readonly parents = new Map<string, Parent>();
  /** Ids of notifications whose news was said, in order. */
  readonly said: string[] = [];
  /** Threads that the receiver refused to bring to the state of now. */
  readonly givenUp = new Set<string>();
  /** Keyed by group; JSON. */
  readonly memories = new Map<string, string>();
  /** Refuses the next requests in these ways. */
  failures: (StepFailure | undefined)[] = [];

  memoryOf(group: string): ThreadMemory | undefined {
    const text = this.memories.get(group);
    return text === undefined ? undefined : JSON.parse(text);
  }

  /** Makes one attempt for a message of these groups. @returns The rest; undefined when the message is delivered. */
  async attempt(
    notification: Notification,
    groups: readonly string[],
    remaining?: unknown,
  ): Promise<{ readonly remaining: unknown; readonly isTold: boolean }> {
    const [first = ""] = groups;
    const sent = await sendInThread(
      notification,
      {
        receiver: this.memoryOf(first),
        remaining,
        signal: noDeadline(),
        groupsIn: async (thread) =>
          [...this.memories.keys()].filter((group) => this.memoryOf(group)?.thread === thread).length,
      },
      this.#receiver(notification),
    );
    for (const group of groups) this.#remember(group, sent.receiver);
    return { remaining: sent.remaining, isTold: sent.isTold ?? true };
  }

  /** Makes attempts until the message is delivered. @returns The requests for it. */
  async deliver(
    news: Partial<Notification>,
    groups: readonly string[] = ["a"],
  ): Promise<readonly ThreadStep[]> {
    const before = this.requests.length;
    const notification = messageTo(groups, news);
    let remaining: unknown;
    do ({ remaining } = await this.attempt(notification, groups, remaining));
    while (remaining !== undefined);
    return this.requests.slice(before);
  }

  #remember(group: string, memory: unknown): void {
    if (memory === null || memory === undefined) this.memories.delete(group);
    else this.memories.set(group, JSON.stringify(memory));
  }

  #receiver(notification: Notification): ThreadReceiver {
    return {
      destination: this.destination,
      abilities: this.abilities,
      hasTimeForEdits: () => this.hasTimeForEdits,
      request: async (step) => this.#request(step, notification),
      failureOf: (thrown) => (thrown instanceof Refusal ? thrown.failure : "later"),
    };
  }

  async #request(step: ThreadStep, { id, status }: Notification): Promise<string | undefined> {
    this.requests.push(step);
    const failure = this.failures.shift();
    if (failure !== undefined) {
      if ("thread" in step && failure !== "later" && failure !== "held") this.givenUp.add(step.thread);
      throw new Refusal(failure);
    }
    if (step.do === "post" || step.do === "reply" || (step.do === "edit" && step.tells)) this.said.push(id);
    if (step.do === "edit") {
      const shows = step.to === "news" ? "trouble" : step.to;
      this.parents.set(step.thread, { shows });
    }
    if (step.do !== "post") return undefined;
    const thread = `C0123456789/1700000000.${String(this.requests.length).padStart(6, "0")}${this.suffix}`;
    if (step.keep && status === "firing") this.parents.set(thread, { shows: "trouble" });
    return thread;
  }
}

/** A message of one group, or of several in one. */
export function messageTo(groups: readonly string[], news: Partial<Notification>): Notification {
  const merged = groups.map((group) => ({ group, labels: {} }));
  return makeNotification({
    id: "n-1",
    kind: "firing",
    trigger: "first",
    severity: "warning",
    status: news.kind === "resolved" ? "resolved" : "firing",
    ...(groups.length > 1 ? { merged } : {}),
    ...news,
  });
}
