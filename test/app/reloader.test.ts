import { expect, it } from "vitest";

import { Reloader, type ReloaderDeps } from "../../src/app/reloader.ts";
import { loadConfiguration } from "../../src/config/index.ts";
import { TocsinError } from "../../src/lib/errors.ts";
import { silentLogger } from "../../src/lib/log.ts";
import { Metrics } from "../../src/lib/metrics.ts";
import { createScrubber } from "../../src/lib/scrub.ts";

async function make(
  parts: Partial<ReloaderDeps> = {},
): Promise<{ reloader: Reloader; success: () => Promise<string> }> {
  const load = () => loadConfiguration({ file: undefined, rules: ["builtin"], env: {}, cwd: "/" });
  const { configuration } = await load();
  if (configuration === undefined) throw new Error("the built-in rules are broken");
  const metrics = new Metrics();
  const reloader = new Reloader({
    configuration,
    load,
    log: silentLogger,
    env: {},
    scrubber: createScrubber(),
    metrics,
    apply: () => Promise.resolve(),
    ...parts,
  });
  return {
    reloader,
    success: async () => /^tocsin_config_last_reload_success (\d)$/mu.exec(await metrics.text())?.[1] ?? "",
  };
}

it.each(["load", "apply"] as const)(
  "a reload that fails in %s is refused like one of a bad file",
  async (step) => {
    const fail = (): Promise<never> => Promise.reject(new TocsinError("ERR_INTERNAL", "no such thing"));
    const { reloader, success } = await make({ [step]: fail });
    expect(await reloader.reload()).toMatchObject({
      ok: false,
      findings: [{ level: "error", message: "no such thing" }],
    });
    expect(await success()).toBe("0");
  },
);

it("two reloads at once come one after the other, and each reads anew", async () => {
  const steps: string[] = [];
  const gate = Promise.withResolvers<void>();
  const { reloader } = await make({
    load: async () => {
      steps.push("load");
      return loadConfiguration({ file: undefined, rules: ["builtin"], env: {}, cwd: "/" });
    },
    apply: async () => {
      await gate.promise;
      steps.push("apply");
    },
  });
  const both = [reloader.reload(), reloader.reload()];
  gate.resolve();
  expect(await Promise.all(both)).toMatchObject([{ ok: true }, { ok: true }]);
  expect(steps).toEqual(["load", "apply", "load", "apply"]);
});

it("the cluster keeps its name over a reload, whatever the loader answers", async () => {
  const asked: string[] = [];
  const applied: string[] = [];
  const named = (name: string) =>
    loadConfiguration({ file: undefined, rules: ["builtin"], env: {}, cwd: "/", nameCluster: () => name });
  const { configuration } = await named("first");
  if (configuration === undefined) throw new Error("the built-in rules are broken");
  const { reloader } = await make({
    configuration,
    load: (cluster) => {
      asked.push(cluster);
      return named("second");
    },
    apply: async ({ policy }) => void applied.push(policy.cluster),
  });
  await reloader.reload();
  await reloader.reload();
  expect({ asked, applied }).toEqual({ asked: ["first", "first"], applied: ["first", "first"] });
});
