import { getCompileCacheDir } from "node:module";
import { dirname } from "node:path";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";

import type { PlayTask } from "./play.ts";
import type { Trial } from "./trial.ts";

/**
 * Plays in a thread of its own: rules that loop or grow stop nothing else, and end with the thread. It gets the task,
 * and no environment but the folder of compiled code.
 *
 * @param heapMb Memory of JavaScript in the thread, MiB.
 * @throws The reason of the signal, when it aborts before; ERR_WORKER_OUT_OF_MEMORY.
 */
export async function playInThread(
  task: PlayTask,
  { heapMb, signal }: { readonly heapMb: number; readonly signal: AbortSignal },
): Promise<Trial> {
  signal.throwIfAborted();
  const worker = new Worker(new URL(import.meta.url), {
    workerData: task,
    env: compiledCode(),
    stdout: true,
    stderr: true,
    resourceLimits: { maxOldGenerationSizeMb: heapMb },
  });
  const { promise, resolve, reject } = Promise.withResolvers<Trial>();
  const abort = (): void => reject(signal.reason as Error);
  // The thread posts nothing but the result of `play`.
  worker.on("message", (trial: unknown) => resolve(trial as Trial));
  worker.on("error", reject);
  worker.on("exit", (code) => reject(new Error(`the thread of the playground ended with ${code}`)));
  signal.addEventListener("abort", abort, { once: true });
  try {
    return await promise;
  } finally {
    signal.removeEventListener("abort", abort);
    await worker.terminate();
  }
}

/** Where Node keeps compiled code, if anywhere: a thread begins sooner with it. */
function compiledCode(): NodeJS.ProcessEnv {
  // Node answers its own folder in the one that was set.
  const folder = getCompileCacheDir();
  return folder === undefined ? {} : { NODE_COMPILE_CACHE: dirname(folder) };
}

/** Tells this thread from threads of other kinds, which may import this file. */
function isPlayTask(data: unknown): data is PlayTask {
  return typeof data === "object" && data !== null && "triedRules" in data;
}

// This file is the code of the thread as well, which alone needs the rest.
if (!isMainThread && isPlayTask(workerData)) {
  const { play } = await import("./play.ts");
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port of a thread has no origin
  parentPort?.postMessage(await play(workerData));
}
