// Loaded before the bridge: answers SIGUSR2 with how late its event loop was since the last one.
import { renameSync, writeFileSync } from "node:fs";
import { monitorEventLoopDelay } from "node:perf_hooks";

const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();
process.on("SIGUSR2", () => {
  const file = process.env["LOOP_DELAY_FILE"];
  // The resolution itself is part of what is measured.
  writeFileSync(`${file}.new`, JSON.stringify({ p99Ms: Math.max(0, delay.percentile(99) / 1e6 - 1) }));
  renameSync(`${file}.new`, file);
  delay.reset();
});
