import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

import { describe, expect, it } from "vitest";

import { runCommand } from "./run-command.ts";

const INPUT = new URL("../fixtures/cases/input/", import.meta.url);
const cwd = fileURLToPath(INPUT);

/** Files as people hand them to three commands; README.md beside the files says what is right. */
describe("a reported input", () => {
  it.each([
    ["bom.jsonl", 2, 0],
    ["bom1.json", 1, 0],
    ["es.json", 1, 0],
    ["eventrouter.jsonl", 2, 0],
    ["glued.json", 2, 0],
    ["gz.jsonl.gz", 1, 0],
    ["kee.jsonl", 1, 0],
    ["mixed.yaml", 1, 0],
    ["netwatch.jsonl", 1, 0],
    ["rvempty.yaml", 1, 0],
    ["rvint.yaml", 1, 0],
    ["trunc.jsonl", 1, 1],
    ["table.json", 0, 1],
    ["table.txt", 0, 1],
  ])("%s has %i Events and ends with %i", async (file, events, status) => {
    const explained = await runCommand(["explain", file, "--json"], { cwd });
    const replayed = await runCommand(["replay", file, "--json"], { cwd });
    const rendered = await runCommand(["render", "crash-loop", "--events", file], { cwd });
    expect([explained.status, replayed.status, rendered.status]).toEqual([status, status, status]);
    expect([explainedIn(explained.stdout), JSON.parse(replayed.stdout)]).toEqual([
      events,
      expect.objectContaining({ events }),
    ]);
    expect([replayed.stderr, rendered.stderr].map(firstLine)).toEqual([
      firstLine(explained.stderr),
      firstLine(explained.stderr),
    ]);
  });

  it.each(["table.json", "table.txt"])("%s is refused with the way to come by Events", async (file) => {
    expect(await runCommand(["explain", file], { cwd })).toMatchObject({
      stdout: "",
      stderr: `${file}:1:1: is a table, which lacks most of an Event\nthere is no Event in ${file}: kubectl get events -A -o json prints them whole\n`,
    });
  });

  it("names the line that is torn", async () => {
    const { stderr } = await runCommand(["replay", "trunc.jsonl"], { cwd });
    expect(stderr).toBe("trunc.jsonl:2:1: is torn: it begins here and has no end\n");
  });

  it("names what is no Event beside Events", async () => {
    const { stderr } = await runCommand(["explain", "mixed.yaml"], { cwd });
    expect(stderr).toBe('mixed.yaml:1:1: warning: item 1: is of kind "Pod", not an Event, and is left out\n');
  });

  const text = readFileSync(new URL("netwatch.jsonl", INPUT), "utf8");
  const swapped = Buffer.from(`\uFEFF${text}`, "utf16le").swap16();

  it.each([
    ["UTF-16, as PowerShell writes it", Buffer.from(`\uFEFF${text}`, "utf16le")],
    ["UTF-16 in the other order", swapped],
    ["gzip", readFileSync(new URL("gz.jsonl.gz", INPUT))],
    // Without its last 8 bytes, which are checksum and length.
    ["gzip that ends too soon", gzipSync(text).subarray(0, -8)],
  ])("is read from standard input in %s", async (_encoding, stdin) => {
    const { stdout } = await runCommand(["replay", "-", "--json"], { cwd, stdin });
    expect(JSON.parse(stdout)).toMatchObject({ events: 1 });
  });

  it("is refused where its gzip is damaged", async () => {
    const stdin = Buffer.concat([Buffer.from([0x1f, 0x8b, 8, 0]), Buffer.alloc(40, 7)]);
    const { status, stderr } = await runCommand(["replay", "-"], { cwd, stdin });
    expect([status, stderr]).toEqual([
      2,
      expect.stringContaining("standard input: it cannot be read (Z_DATA_ERROR)"),
    ]);
  });
});

/** How many Events `explain --json` explains. */
function explainedIn(stdout: string): number {
  if (stdout === "") return 0;
  // The command's own shape.
  const { items } = JSON.parse(stdout) as { readonly items?: readonly unknown[] };
  return items?.length ?? 1;
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0] ?? "";
}

describe("tocsin explain of a reason that no Event has", () => {
  it("says what to write instead", async () => {
    const { stdout } = await runCommand(["explain", "--reason", "CrashLoopBackOff", "--kind", "Pod"], {
      cwd,
    });
    expect(stdout).toContain(
      "note: CrashLoopBackOff is a state of a container, not the reason of an Event: ",
    );
  });
});
