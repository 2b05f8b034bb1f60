import { DatabaseSync } from "node:sqlite";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";

import { errorText } from "../../lib/errors.ts";

/** The task of the thread: the copy, and the time that it is of, epoch milliseconds. */
interface CheckTask {
  readonly checkedCopy: string;
  readonly takenAt: number;
}

/** Memory of JavaScript in the thread. SQLite has its own, some megabytes. */
const THREAD_LIMITS = { maxOldGenerationSizeMb: 32, maxYoungGenerationSizeMb: 4 };

/**
 * Checks a copy of a state file in a thread of its own, because the check reads all of it. A sound copy becomes one
 * file without a log, whose session ended in order at `takenAt`.
 *
 * @param path Open nowhere else.
 * @returns The first fault; "" for a sound copy. @throws The reason of the signal, when it aborts before.
 */
export async function checkInThread(path: string, takenAt: number, signal: AbortSignal): Promise<string> {
  signal.throwIfAborted();
  const task: CheckTask = { checkedCopy: path, takenAt };
  const worker = new Worker(new URL(import.meta.url), { workerData: task, resourceLimits: THREAD_LIMITS });
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const abort = (): void => reject(signal.reason as Error);
  worker.on("message", (fault: unknown) => resolve(String(fault)));
  worker.on("error", reject);
  worker.on("exit", (code) => reject(new Error(`the check of the copy ended with ${code}`)));
  signal.addEventListener("abort", abort, { once: true });
  try {
    return await promise;
  } finally {
    signal.removeEventListener("abort", abort);
    await worker.terminate();
  }
}

/** The first fault of a copy; "" when it is sound and finished now. */
function finishCopy({ checkedCopy, takenAt }: CheckTask): string {
  try {
    using database = new DatabaseSync(checkedCopy);
    // EXCLUSIVE: no file of shared memory beside it.
    database.exec("PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = DELETE");
    const answer = String(database.prepare("PRAGMA quick_check(1)").get()?.["quick_check"]);
    if (answer !== "ok") return answer;
    database.prepare("UPDATE session SET ended_at = ?").run(takenAt);
    return "";
  } catch (error) {
    return errorText(error);
  }
}

/** Tells the thread of a check from threads of other kinds, which may import this file. */
function isCheckTask(data: unknown): data is CheckTask {
  return typeof data === "object" && data !== null && "checkedCopy" in data;
}

// This file is the code of the thread as well.
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port of a thread has no origin
if (!isMainThread && isCheckTask(workerData)) parentPort?.postMessage(finishCopy(workerData));
