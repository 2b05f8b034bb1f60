import { describe, expect, it } from "vitest";

import { AppBed, broken } from "../support/app-bed.ts";
import { BridgeProcess } from "../support/bridge-process.ts";
import { kubeconfigFor } from "../support/kubeconfig.ts";

/** The signs of a bad volume that an operator sees; test/app/full-store.test.ts has the full one. */
describe("a volume", () => {
  it("that cannot be written is said in the log and by /readyz, and alerts go on from memory", async () => {
    await using bed = await AppBed.open({ speed: 50 });
    // Nobody may write there, root neither.
    bed.configure({ state: { path: "/sys/tocsin/tocsin.db" } });
    await bed.start();
    await bed.until(async () => (await bed.get("/readyz")).body.includes("in memory"));
    const { status, body } = await bed.get("/readyz");
    expect(status).toBe(503);
    expect(body).toContain("/sys/tocsin/tocsin.db");
    expect(body).toContain("a restart forgets it");
    const said = "the state file cannot be used; the state is in memory, and a restart forgets it";
    expect(bed.logged(said)).toHaveLength(1);
    expect((await bed.get("/livez")).status).toBe(200);
    bed.api.create(broken("web"));
    await bed.until(() => bed.told().includes("web"));
  });

  it("that another process uses is refused with a line that says so", async () => {
    await using bed = await AppBed.open();
    await using first = new BridgeProcess();
    first.write("kubeconfig.yaml", kubeconfigFor(bed.api.url));
    first.write("tocsin.yaml", {
      kubernetes: { kubeconfig: "kubeconfig.yaml" },
      state: { path: "tocsin.db" },
      rules: ["builtin"],
      sinks: [{ name: "console", type: "stdout" }],
      route: { sinks: ["console"] },
    });
    await first.start();
    const { log } = first;
    expect(await first.rival()).toBe(1);
    expect(first.log.slice(log.length)).toMatch(
      /tocsin\.db is in use by (?:another process|process \d+).*ERR_STORE/u,
    );
    // The first one goes on.
    expect((await fetch(`${first.address}/readyz`)).status).toBe(200);
  });
});
