// Imported before a program: says at its end how Node was started. A process that was replaced by another says nothing.
import { writeSync } from "node:fs";
import { getHeapStatistics } from "node:v8";

process.on("exit", () => {
  const { execArgv, env, argv } = process;
  const heapMib = getHeapStatistics().heap_size_limit / 2 ** 20;
  writeSync(
    1,
    `${JSON.stringify({ execArgv, arena: env.MALLOC_ARENA_MAX, heapMib, args: argv.slice(2) })}\n`,
  );
});
