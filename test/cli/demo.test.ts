import { mkdtempDisposableSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { main } from "../../src/cli/index.ts";
import { PacedClock } from "../support/paced-clock.ts";
import { isWholeCheck } from "../support/rounds.ts";
import { until } from "../support/until.ts";
import { captureIo, runCommand } from "./run-command.ts";

let clock: PacedClock;
beforeEach(() => {
  clock = new PacedClock(1);
});
afterEach(() => {
  clock[Symbol.dispose]();
});

describe("tocsin demo", () => {
  it("tells its story in order and ends by itself with --once", async () => {
    const { io, written } = captureIo({ clock });
    expect(await main(["demo", "--once", "--speed", "600"], io)).toBe(0);
    const told = [
      "Tocsin demo",
      "Container keeps crashing: Deployment checkout-api in checkout",
      "Image cannot be pulled: Deployment catalog-web in catalogue",
      "Quota is used up: namespace payments",
      "Node is not ready: node-1",
      "Resolved: Node is not ready: node-1",
      "No longer seen: Image cannot be pulled",
    ];
    const places = told.map((words) => written.stdout.indexOf(words));
    expect(places).not.toContain(-1);
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(written.stderr).toBe("");
    const [, states, made] =
      /^Of (\d+) states of Events, Tocsin made (\d+) messages:$/mu.exec(written.stdout) ?? [];
    const [, refused] =
      /^ +(\d+) {2}of them pager refused; they are dead letters$/mu.exec(written.stdout) ?? [];
    expect(Number(states)).toBeGreaterThan(390);
    expect(Number(refused)).toBeGreaterThan(0);
    expect(Number(made) - Number(refused)).toBe([...written.stdout.matchAll(/^ {11}why /gmu)].length);
    expect(written.stdout).toMatch(/^ +1 {2}a silence matches$/mu);
    expect(written.stdout).not.toContain("Node was rebooted");
    expect(written.stdout).toMatch(/^It held back \d+ occurrences that matched a rule:\n +\d+ {2}\w/mu);
    expect(written.stdout).not.toContain("Ctrl-C");
  });

  it.runIf(isWholeCheck)(
    "names commands that look into it and change it, and has no trouble of its own long after the story",
    async () => {
      const { io, written, signal } = captureIo({ clock, env: { npm_command: "exec" } });
      const ended = main(["demo", "--speed", "2000"], io);
      const commands = await until(() => {
        const found = [
          ...written.stdout.matchAll(/^ {2}(?:TOCSIN_TOKEN=(\w+) )?npx tocsin (.* --server .*)$/gmu),
        ];
        return found.length === 4 ? found : undefined;
      });
      expect(written.stdout).toMatch(/^ {2}Page {5}http:\/\/127\.0\.0\.1:\d+\/$/mu);
      const [, early, server] =
        /^ {2}Changes {2}TOCSIN_TOKEN=(\w+) npx tocsin silence list --server (\S+)$/mu.exec(written.stdout) ??
        [];
      const muted = [
        "silence",
        "add",
        "--server",
        server ?? "",
        "--match",
        "namespace=x",
        "--for",
        "1h",
        "--comment",
        "c",
      ];
      expect(await runCommand(muted, { env: { TOCSIN_TOKEN: early } })).toMatchObject({ status: 0 });
      expect(written.stdout.indexOf("Changes  ")).toBeLessThan(written.stdout.indexOf("── "));
      for (const [, token, argv = ""] of commands) {
        const env = token === undefined ? {} : { TOCSIN_TOKEN: token };
        expect(await runCommand(argv.split(" "), { env })).toMatchObject({ status: 0, stderr: "" });
      }
      const storyHours = async (hours: number): Promise<void> => {
        const end = clock.monotonic() + (hours * 3_600_000) / 2000;
        await until(() => clock.monotonic() > end || undefined);
      };
      await storyHours(1.5);
      signal("SIGINT");
      expect(await ended).toBe(0);
      expect(written.stderr).toBe("");
      expect(written.stdout).not.toMatch(/API server|cannot follow|etcd/u);
    },
  );

  it.each(["SIGINT", "SIGTERM"] as const)("ends cleanly on %s", async (name) => {
    const { io, written, signal } = captureIo({ clock });
    const ended = main(["demo", "--speed", "50"], io);
    const [address] = await until(
      () => /http:\/\/127\.0\.0\.1:\d+(?=\/metrics)/u.exec(written.stdout) ?? undefined,
    );
    await until(() => /── /u.exec(written.stdout) ?? undefined);
    signal(name);
    expect(await ended).toBe(0);
    expect(written.stderr).toBe("");
    await expect(fetch(`${address}/livez`)).rejects.toThrow("fetch failed");
  });

  it.runIf(isWholeCheck)("plays to other rules, from the folder it is called in", async () => {
    using folder = mkdtempDisposableSync(join(tmpdir(), "tocsin-demo-test-"));
    const rule =
      "{ name: mine, match: { reason: NodeNotReady }, title: 'mine: {{ event.involvedObject.name }}' }";
    writeFileSync(join(folder.path, "own.yaml"), `rules: [${rule}]`);
    const { io, written, signal } = captureIo({ clock, cwd: folder.path });
    const ended = main(["demo", "--speed", "600", "--rules", "own.yaml"], io);
    await until(() => /mine: node-1/u.exec(written.stdout) ?? undefined);
    signal("SIGINT");
    expect(await ended).toBe(0);
    expect(written.stdout).not.toContain("Container keeps crashing");
  });

  it.each([
    { rules: "no-such-folder/*.yaml", says: "no rule file matches" },
    { rules: "test/config/bad/rule-files/a.yaml", says: "test/config/bad/rule-files/a.yaml:" },
  ])("refuses rules that are broken: $rules", async ({ rules, says }) => {
    const { io, written } = captureIo({ clock });
    expect(await main(["demo", "--rules", rules], io)).toBe(2);
    expect(written.stderr).toContain(says);
    expect(written.stdout).toBe("");
  });
});
