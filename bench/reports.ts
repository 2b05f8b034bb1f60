import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { startEventsApi } from "../src/demo/index.ts";
import { systemClock } from "../src/lib/clock.ts";
import { kubeconfigFor } from "../test/support/kubeconfig.ts";

/** The costs of a burst of reports for the process that makes it. */
export interface Reports {
  readonly callsPerSecond: number;
  /** Of one call, over the burst. */
  readonly p50Us: number;
  readonly p999Us: number;
  readonly maxUs: number;
  /** From the first call until everything was written and the reporter closed. */
  readonly writtenMs: number;
  readonly requests: number;
  /** Event objects in the API server. */
  readonly events: number;
  /** Of the series kept, after a collection of garbage. */
  readonly heapMb: number;
  readonly rssMb: number;
}

const HOST = fileURLToPath(new URL("reports-host.mjs", import.meta.url));
const run = promisify(execFile);

/** Reports so many times about so many objects from a process of its own, with the built SDK. */
export async function measureReports(calls: number, objects: number): Promise<Reports> {
  await using api = await startEventsApi({ clock: systemClock });
  const directory = mkdtempSync(join(tmpdir(), "tocsin-reports-"));
  try {
    const kubeconfig = join(directory, "config");
    writeFileSync(kubeconfig, JSON.stringify(kubeconfigFor(api.url)));
    // Events lie in `default`, which is there.
    const { stdout } = await run(process.execPath, [
      "--expose-gc",
      HOST,
      kubeconfig,
      `${calls}`,
      `${objects}`,
    ]);
    const figures = JSON.parse(stdout) as Omit<Reports, "events">;
    return { ...figures, events: api.stats().events };
  } finally {
    rmSync(directory, { recursive: true });
  }
}
