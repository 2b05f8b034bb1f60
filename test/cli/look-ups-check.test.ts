import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import type { Bridge } from "../../src/api/index.ts";
import { startFakeBridge } from "./fake-bridge.ts";
import { runCommand } from "./run-command.ts";

/** The line of `tocsin doctor` about look-ups, with its hint; undefined for none. */
async function lineOf(address: string, enrich = "state"): Promise<string | undefined> {
  const cwd = mkdtempSync(join(tmpdir(), "tocsin-look-ups-"));
  writeFileSync(
    join(cwd, "tocsin.yaml"),
    JSON.stringify({
      cluster: "prod",
      // Nothing answers there, which fails at once.
      kubernetes: { kubeconfig: "none", enrich },
      state: { path: "state.db" },
      rules: ["builtin"],
      sinks: [{ name: "out", type: "stdout" }],
      route: { sinks: ["out"] },
      server: { listen: new URL(address).host },
    }),
  );
  const { stdout } = await runCommand(["doctor", "--json"], { cwd });
  rmSync(cwd, { recursive: true });
  const { checks } = JSON.parse(stdout) as {
    checks: { name: string; level: string; detail: string; hint: string }[];
  };
  const check = checks.find(({ name }) => name === "look-ups");
  return check && `${check.level}: ${check.detail} → ${check.hint}`;
}

const USE = { free: 48, burst: 50, perSecond: 10, waiting: 0, oldestMs: 0 };

async function lineFor(status: ReturnType<Bridge["lookUps"]>): Promise<string | undefined> {
  await using bridge = await startFakeBridge({ lookUps: () => status });
  return await lineOf(bridge.address);
}

describe("tocsin doctor, of the look-ups of the bridge that runs here", () => {
  it("says which kinds are readable, and how many requests are free", async () => {
    const kinds = ["pods", "replicasets.apps"].map((resource) => {
      return { resource, state: "readable", namespaces: [], retryMs: 0 } as const;
    });
    expect(await lineFor({ ...USE, kinds })).toBe(
      "ok: pods, replicasets.apps readable; 48 of 50 requests free, 10 a second; none waits → ",
    );
  });

  it("warns of kinds that are forbidden or paused, and says what is lost", async () => {
    const line = await lineFor({
      ...USE,
      free: 0,
      waiting: 12,
      oldestMs: 4000,
      kinds: [
        { resource: "deployments.apps", state: "forbidden", namespaces: ["shop"], retryMs: 600_000 },
        { resource: "jobs.batch", state: "paused", namespaces: [], retryMs: 5000 },
      ],
    });
    expect(line).toMatch(
      /^warn: deployments\.apps forbidden in shop, tried again in 10 min; jobs\.batch paused, tried again in 5 s; 0 of 50 requests free, 10 a second; 12 wait, the oldest for 4 s → messages about these objects are not checked, .*tocsin rbac/u,
    );
  });

  it("says that nothing was asked for, or that there is nobody to ask", async () => {
    expect(await lineFor({ ...USE, kinds: [] })).toMatch(/^ok: nothing was asked for yet; 48 of 50/u);
    expect(await lineFor(undefined)).toMatch(/^ok: the bridge at http:\S+ has no engine, or reads no state/u);
    expect(await lineOf("http://127.0.0.1:9")).toMatch(/^ok: no bridge answers at http:\/\/127\.0\.0\.1:9/u);
  });

  it("says nothing where no state is read", async () => {
    expect(await lineOf("http://127.0.0.1:9", "owners")).toBeUndefined();
  });
});
