import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { DecisionPage } from "../../src/api/schemas/decision.ts";
import { Explanation } from "../../src/api/schemas/explanation.ts";
import { RulePage } from "../../src/api/schemas/rule.ts";
import { runCommand } from "../cli/run-command.ts";
import { AppBed, broken, ROUTE, WRITE_TOKEN } from "../support/app-bed.ts";

const RULES = `
rules:
  - { name: it, description: Something is broken., match: { reason: Broken }, severity: warning, runbook: "https://r.example/it" }
  - { name: often, match: { reason: Broken }, threshold: { count: 3, within: 10m }, for: 1m, resolve: { by: [{ reason: Fine }], quiet: 1h } }
`;

async function post(bed: AppBed, event: unknown): Promise<Explanation> {
  const answer = await bed.get("/api/v1/explain", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ event }),
  });
  expect(answer).toMatchObject({ status: 200 });
  const document: unknown = JSON.parse(answer.body);
  const parsed = Explanation.parse(document);
  expect(parsed).toEqual(document);
  return parsed;
}

const EVENT = {
  involvedObject: { kind: "Pod", namespace: "shop", name: "web" },
  metadata: { name: "web.1", namespace: "shop" },
  reason: "Broken",
  message: "web is broken",
  type: "Warning",
  source: { component: "kubelet", host: "n1" },
  count: 1,
};

describe("an explanation by a running bridge", () => {
  it("knows what is open and who was told, what is silenced, and changes nothing", async () => {
    await using bed = await AppBed.open();
    bed.write("rules.yaml", RULES);
    await bed.ready();
    const before = await post(bed, EVENT);
    expect(before.summary).toBe("1 message to hook at once");
    bed.api.create(broken("web"));
    await bed.arrived(1);
    await bed.until(async () => (await post(bed, EVENT)).alerts[0]?.open?.accepted.length === 1);
    const after = await post(bed, EVENT);
    expect(after.summary).toBe("nothing new: hook knows of it, and hears when it repeats or ends");
    expect(after.alerts[0]?.open).toMatchObject({ phase: "firing", occurrences: 1, accepted: ["hook"] });
    expect(after.alerts.find(({ rule }) => rule === "often")).toMatchObject({
      heldBackBy: [
        { reason: "threshold", detail: "threshold 2 of 3" },
        { reason: "for", detail: "for 1 min" },
      ],
      open: { phase: "pending", occurrences: 1, sent: [], accepted: [] },
    });
    const other = { ...EVENT, involvedObject: { ...EVENT.involvedObject, name: "db" } };
    await bed.get("/api/v1/silences", {
      method: "POST",
      headers: { authorization: `Bearer ${WRITE_TOKEN}`, "content-type": "application/json" },
      body: JSON.stringify({ match: { name: "db" }, for: "1h", comment: "c", author: "a" }),
    });
    expect((await post(bed, other)).summary).toMatch(/^nothing: silence .*, threshold 1 of 3, for 1 min$/u);
    await bed.get("/api/v1/explain", { method: "GET" });
    expect(bed.told()).toEqual(["web"]);
  });

  it("names the alert that is the cause, as the decision about the held back alert does", async () => {
    await using bed = await AppBed.open();
    bed.write(
      "rules.yaml",
      `
rules:
  - { name: it, match: { reason: Broken } }
  - { name: quota, match: { reason: QuotaExceeded }, severity: critical, lifecycle: transition, resolve: { by: [{ reason: Fine }] } }
`,
    );
    bed.configure({
      inhibit: [{ name: "quota", source: { rule: "quota" }, target: { rule: "it" }, equal: ["namespace"] }],
    });
    await bed.ready();
    bed.api.create(broken("big", "shop", { reason: "QuotaExceeded" }));
    await bed.arrived(1);
    const { alerts, summary } = await post(bed, EVENT);
    expect(summary).toBe("nothing: inhibition quota: its cause goes on: quota of Pod/big in shop");
    const cause = {
      rule: "quota",
      namespace: "shop",
      workload: "Pod/big",
      others: 0,
      standing: "lasts",
      endedAt: null,
    };
    expect(alerts[0]?.heldBackBy).toMatchObject([{ reason: "inhibition", cause }]);
    bed.api.create(broken("web"));
    const decided = async () =>
      DecisionPage.parse(JSON.parse((await bed.get("/api/v1/decisions?rule=it")).body)).items;
    await bed.until(async () => (await decided()).length > 0);
    const why = "its cause goes on: quota of Pod/big in shop";
    expect(await decided()).toMatchObject([{ cause, why }]);
  });

  it("says when the message of an open alert comes, and what it waits for", async () => {
    await using bed = await AppBed.open();
    bed.configure({ route: { ...ROUTE, groupWait: "12h" } });
    await bed.ready();
    bed.api.create(broken("web"));
    // Less than all of groupWait is left of it.
    await bed.until(async () => ((await post(bed, EVENT)).alerts[0]?.waitMs ?? 0) < 12 * 3_600_000);
    const { alerts } = await post(bed, EVENT);
    const [message] = alerts[0]?.open?.toCome ?? [];
    expect(message).toMatchObject({ sink: "hook", for: "groupWait", why: "groupWait of its route" });
    const { stdout } = await runCommand(["explain", "-", "--server", bed.address], {
      stdin: JSON.stringify(EVENT),
      cwd: bed.directory,
    });
    const at = message?.at?.replace(/\.\d+Z$/u, "Z");
    expect(stdout).toContain(`  to come      hook at ${at}: groupWait of its route\n`);
  });

  it("finds an Event of the last hour by its name, without a configuration or a kubeconfig", async () => {
    await using bed = await AppBed.open();
    await bed.ready();
    bed.api.create(broken("web", "shop", { metadata: { name: "web.18a3f", namespace: "shop" } }));
    await bed.arrived(1);
    const empty = await mkdtemp(join(tmpdir(), "tocsin-explain-"));
    const run = (name: string) =>
      runCommand(["explain", `shop/${name}`, "--server", bed.address], { cwd: empty, env: { HOME: empty } });
    const { status, stdout, stderr } = await run("web.18a3f");
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toContain("Warning Broken: Pod shop/web");
    // Only the cluster could know this one.
    expect(await run("web.other")).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("kubeconfig"),
    });
    await rm(empty, { recursive: true });
  });

  it("is what `explain --server` prints", async () => {
    await using bed = await AppBed.open();
    bed.write("rules.yaml", RULES);
    await bed.ready();
    bed.api.create(broken("web"));
    await bed.arrived(1);
    await bed.until(async () => (await post(bed, EVENT)).alerts[0]?.open?.accepted.length === 1);
    const { status, stdout } = await runCommand(["explain", "-", "--server", bed.address], {
      stdin: JSON.stringify(EVENT),
      cwd: bed.directory,
    });
    expect(status).toBe(0);
    expect(stdout).toMatch(/open {9}firing, 1 occurrence since \S+Z, accepted by hook/u);
    expect(stdout).toContain("nothing new: hook knows of it");
  });

  it("counts labels of the command line as looked up", async () => {
    await using bed = await AppBed.open();
    bed.write(
      "rules.yaml",
      "rules: [{ name: of-team, match: { reason: Broken, namespaceLabels: { team: pay } } }]",
    );
    await bed.ready();
    const ask = async (...labels: readonly string[]): Promise<string> => {
      const argv = ["explain", "-", "--server", bed.address, ...labels];
      return (await runCommand(argv, { stdin: JSON.stringify(EVENT), cwd: bed.directory })).stdout;
    };
    expect(await ask()).not.toContain("rule of-team: yes");
    expect(await ask("--namespace-label", "team=pay")).toContain("rule of-team: yes");
  });

  it("refuses what is no Event", async () => {
    await using bed = await AppBed.open();
    await bed.ready();
    const headers = { "content-type": "application/json" };
    const answer = await bed.get("/api/v1/explain", { method: "POST", headers, body: "{}" });
    expect(answer.status).toBe(400);
    expect(answer.body).toContain("event");
  });
});

describe("the rules in use", () => {
  it("are listed with what they wait for and how many alerts they have", async () => {
    await using bed = await AppBed.open();
    bed.write("rules.yaml", RULES);
    await bed.ready();
    bed.api.create(broken("web"));
    await bed.arrived(1);
    const { body } = await bed.get("/api/v1/rules");
    const document: unknown = JSON.parse(body);
    const page = RulePage.parse(document);
    expect(page).toEqual(document);
    expect(page.items).toMatchObject([
      { name: "it", severity: "warning", runbook: "https://r.example/it", alerts: { pending: 0, firing: 1 } },
      {
        name: "often",
        severity: null,
        threshold: { count: 3, withinMs: 600_000, distinct: 1 },
        forMs: 60_000,
        resolve: { by: ["Fine"], quietMs: 3_600_000, maxAgeMs: null },
        alerts: { pending: 1, firing: 0 },
      },
    ]);
    const one = RulePage.parse(JSON.parse((await bed.get("/api/v1/rules?rule=often")).body));
    expect(one.items.map(({ name }) => name)).toEqual(["often"]);
  });
});
