import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { bridgeFolder } from "./bridge.ts";
import { kubeletEvent } from "./events.ts";

const MAIN = fileURLToPath(new URL("../dist/main.js", import.meta.url));

/** One Event in so many is about something that a rule of the pack matches. */
const INTERESTING = 20;

/** How long `tocsin replay` takes for a recording. */
export interface Replay {
  readonly events: number;
  readonly seconds: number;
}

/** Writes a recording of so many Events and replays it with the rules of the program. */
export async function measureReplay(events: number): Promise<Replay> {
  using folder = bridgeFolder();
  const file = join(folder.path, "events.jsonl");
  const out = createWriteStream(file);
  for (let index = 0; index < events; index++) {
    const reason = index % INTERESTING === 0 ? "BackOff" : "Created";
    const line = `${JSON.stringify({ type: "ADDED", object: kubeletEvent(index, { reason, objects: 2000 }) })}\n`;
    if (!out.write(line)) await once(out, "drain");
  }
  out.end();
  await once(out, "finish");
  const startedAt = performance.now();
  const { status, stderr } = spawnSync(process.execPath, [MAIN, "replay", file, "--json"], {
    encoding: "utf8",
    maxBuffer: 1 << 28,
    cwd: folder.path,
  });
  if (status !== 0) throw new Error(`replay ended with ${status}: ${stderr}`);
  return { events, seconds: (performance.now() - startedAt) / 1000 };
}
