// node bench/profile.ts NAME: runs the case whose name contains this once, with the built program under the CPU profiler of
// Node, and prints where the main thread spent its busy time: by folder, then by function. Helper threads (garbage
// collector, compiler, packing) are not in it. A file system in memory (TMPDIR) leaves out the waits for the disk.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { CASES } from "./cases.ts";

/** https://chromedevtools.github.io/devtools-protocol/tot/Profiler/#type-Profile; times in microseconds. */
interface Profile {
  readonly nodes: readonly ProfileNode[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

interface ProfileNode {
  readonly id: number;
  readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  readonly children?: readonly number[];
}

/** Samples before the first and after the last one in these folders are the start and the end of the process. */
const AT_WORK = /\/dist\/(?:pipeline|source|delivery)\//u;

const MOST_ROWS = 25;

const [, , name = "ordinary mix"] = process.argv;
const found = CASES.find((each) => each.name.includes(name));
if (found === undefined) throw new Error(`no case has ${name} in its name`);
const folder = mkdtempSync(join(tmpdir(), "tocsin-profile-"));
process.env["BENCH_NODE_FLAGS"] = `--cpu-prof --cpu-prof-dir=${folder} --cpu-prof-interval=500`;
console.log(found.name, await found.run());
for (const file of readdirSync(folder))
  // Written by Node in this form.
  print(JSON.parse(readFileSync(join(folder, file), "utf8")) as Profile);
rmSync(folder, { recursive: true });

function print({ nodes, samples, timeDeltas }: Profile): void {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const isAtWork = (id: number): boolean => AT_WORK.test(byId.get(id)?.callFrame.url ?? "");
  const folders = new Map<string, number>();
  const functions = new Map<string, number>();
  let busy = 0;
  const last = samples.findLastIndex(isAtWork);
  for (let at = Math.max(0, samples.findIndex(isAtWork)); at <= last; at++) {
    const frame = byId.get(samples[at] ?? 0)?.callFrame;
    const time = timeDeltas[at] ?? 0;
    if (frame === undefined || frame.functionName === "(idle)") continue;
    busy += time;
    add(folders, folderOf(frame), time);
    add(functions, `${frame.functionName || "(anonymous)"} ${placeOf(frame)}`, time);
  }
  console.log(`busy ${(busy / 1e6).toFixed(1)} s`);
  for (const shares of [folders, functions]) {
    console.log("");
    for (const [label, time] of [...shares].toSorted((a, b) => b[1] - a[1]).slice(0, MOST_ROWS))
      console.log(`${((100 * time) / busy).toFixed(1).padStart(5)} %  ${label}`);
  }
}

function add(shares: Map<string, number>, label: string, time: number): void {
  shares.set(label, (shares.get(label) ?? 0) + time);
}

function placeOf({ url, lineNumber }: ProfileNode["callFrame"]): string {
  return url === "" ? "" : `${url.replace(/^.*\/(?=(?:dist|node_modules)\/)/u, "")}:${lineNumber + 1}`;
}

/** `dist/pipeline`, `node_modules/undici`, `node`, or what V8 calls its own work. */
function folderOf(frame: ProfileNode["callFrame"]): string {
  if (frame.url === "") return frame.functionName.startsWith("(") ? frame.functionName : "native";
  if (frame.url.startsWith("node:")) return "node";
  return placeOf(frame).split("/").slice(0, 2).join("/");
}
