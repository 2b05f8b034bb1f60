import { execFile } from "node:child_process";
import { globSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { promisify } from "node:util";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { type EventsApi, startEventsApi } from "../../src/demo/index.ts";
import { systemClock } from "../../src/lib/clock.ts";
import type { ReporterOptions } from "../../src/reporter/index.ts";
import { runCommand } from "../cli/run-command.ts";
import { kubeconfigFor } from "../support/kubeconfig.ts";
import { readPage, rowsOf } from "./pages.ts";

const run = promisify(execFile);
const page = readPage("docs/producers.md");
let api: EventsApi;
let directory: string;
let kubeconfig: string;

beforeAll(async () => {
  api = await startEventsApi({ clock: systemClock });
  await fetch(`${api.url}/api/v1/namespaces`, { method: "POST", body: '{"metadata":{"name":"shop"}}' });
  directory = await mkdtemp(join(tmpdir(), "tocsin-producers-"));
  kubeconfig = join(directory, "config");
  await writeFile(kubeconfig, JSON.stringify(kubeconfigFor(api.url)));
});

afterAll(async () => {
  await api.stop();
  await rm(directory, { recursive: true });
});

async function events(reason: string): Promise<readonly unknown[]> {
  const answer = await fetch(`${api.url}/apis/events.k8s.io/v1/namespaces/shop/events`);
  const { items } = (await answer.json()) as { items: readonly { reason: string }[] };
  return items.filter((event) => event.reason === reason);
}

describe("docs/producers.md", () => {
  it("has a TypeScript program that writes an Event", async () => {
    const [block, ...more] = page.blocks.filter(({ language }) => language === "ts");
    expect(more).toEqual([]);
    // In the package, since it imports it by its name.
    const file = "test/docs/producers-example.generated.mts";
    await writeFile(file, block?.text ?? "");
    try {
      await run(process.execPath, ["--conditions=tocsin-source", file], {
        env: { KUBECONFIG: kubeconfig },
      });
    } finally {
      await rm(file);
    }
    expect(await events("InjectionFailed")).toMatchObject([
      {
        type: "Warning",
        action: "Inject",
        note: 'there is no injection profile "databse"',
        regarding: { kind: "Deployment", name: "web" },
        reportingController: "shop.example/injector",
      },
    ]);
  });

  it("has commands that say what it shows", async () => {
    const [shell, shown] = page.blocks.filter(({ language }) => language === "sh" || language === "text");
    const lines = (shell?.text ?? "").trimEnd().split("\n");
    const outputs: string[] = [];
    for (const line of lines) {
      const argv = [...line.matchAll(/"([^"]*)"|(\S+)/gu)].map((match) => match[1] ?? match[2] ?? "");
      expect(argv.splice(0, 2)).toEqual(["npx", "tocsin"]);
      const outcome = await runCommand(argv, { clock: systemClock, env: { KUBECONFIG: kubeconfig } });
      expect(outcome).toMatchObject({ status: 0, stderr: "" });
      outputs.push(outcome.stdout);
    }
    const masked = (text: string): string => text.replaceAll(/\.[0-9a-f]{16,20} /gu, ".… ");
    expect(masked(outputs.join(""))).toBe(masked(shown?.text ?? ""));
    expect(await events("BackupFailed")).toHaveLength(2);
  });

  it("lists every option of the reporter", () => {
    const rows = rowsOf(page).map(([cell = ""]) => cell);
    // Every key: the compiler complains of one that is missing here.
    const keys: Record<keyof ReporterOptions, true> = {
      component: true,
      instance: true,
      kubeconfig: true,
      context: true,
      api: true,
      mergeNotes: true,
      queueLimit: true,
      giveUpAfterMs: true,
      onError: true,
      onRetry: true,
    };
    const listed = new Set(rows.flatMap((cell) => [...cell.matchAll(/`(\w+)`/gu)].map((match) => match[1])));
    expect(Object.keys(keys).filter((key) => !listed.has(key))).toEqual([]);
  });
});

describe("examples/mutating-webhook/README.md", () => {
  const readme = readPage("examples/mutating-webhook/README.md");

  it("has commands that work from the root of the repository", async () => {
    const commands = readme.blocks
      .flatMap(({ text }) => text.split("\n"))
      .filter((line) => line.startsWith("npx tocsin "));
    expect(commands).toHaveLength(2);
    for (const command of commands) {
      const { status, stderr } = await runCommand(command.split(" ").slice(2));
      // The Secret is the reader's to make.
      expect({ status, stderr: stderr.replace(/^.*secrets\/slack-url cannot be read.*\n/u, "") }).toEqual({
        status: 0,
        stderr: "",
      });
    }
  });

  it("names every file of the example", async () => {
    const files = globSync("examples/mutating-webhook/*.ts").map((file) => basename(file));
    expect(files.filter((file) => !readme.text.includes(`[${file}](${file})`))).toEqual([]);
  });
});
