import { describe, expect, it } from "vitest";

import { type Rule, RulePage } from "../../src/api/schemas/rule.ts";
import { parseYaml } from "../../src/lib/yaml-file.ts";
import { AppBed, broken } from "../support/app-bed.ts";
import { HOSTILE_TEXTS } from "../support/hostile-texts.ts";
import { until } from "../support/until.ts";
import { makeBridge } from "./make-bridge.ts";
import { startApi } from "./start-api.ts";

const RULES = `
# Ours.
rules:
  - name: quiet
    match: { reason: Never }
  - # Looks for what is broken.
    name: it
    match: { reason: Broken }
    identity: [object]
    title: "Broken: {{ event.name }}"
`;

async function rulesOf(bed: AppBed): Promise<Readonly<Record<string, Rule>>> {
  const { status, body } = await bed.get("/api/v1/rules");
  expect({ status, body }).toMatchObject({ status: 200 });
  const document: unknown = JSON.parse(body);
  const page = RulePage.parse(document);
  expect(page).toEqual(document);
  return Object.fromEntries(page.items.map((rule) => [rule.name, rule]));
}

function ask(url: string, query: string, times: number): Promise<Response>[] {
  return Array.from({ length: times }, () => fetch(`${url}/rules${query}`));
}

describe("GET /rules", () => {
  it("counts the work of each rule", async () => {
    await using bed = await AppBed.open();
    bed.write("rules.yaml", RULES);
    await bed.ready();
    bed.api.create(broken("web"));
    bed.api.create(broken("db"));
    await bed.arrived(2);
    await bed.until(async () => (await rulesOf(bed))["it"]?.stats?.messages === 2);
    const { it: rule, quiet } = await rulesOf(bed);
    expect(rule?.stats).toMatchObject({ occurrences: 2, alerts: 2, messages: 2, suppressed: {} });
    expect(rule?.stats?.lastMessageAt).not.toBeNull();
    expect(quiet?.stats).toMatchObject({
      occurrences: 0,
      alerts: 0,
      messages: 0,
      suppressed: {},
      lastMessageAt: null,
    });
  });

  it("sums the work of none where nobody asks for it, and once for several who ask together", async () => {
    const { queries } = await makeBridge();
    const reads = { asked: 0, sums: 0 };
    await using api = await startApi({
      queries: {
        ...queries,
        alertCounts: () => {
          reads.asked += 1;
          return queries.alertCounts();
        },
        ruleDecisions: async (since) => {
          reads.sums += 1;
          await until(() => reads.asked === 9);
          return queries.ruleDecisions(since);
        },
      },
    });
    const statuses = (await Promise.all(ask(api.url, "?stats=false", 1))).map(({ status }) => status);
    expect({ statuses, ...reads }).toEqual({ statuses: [200], asked: 1, sums: 0 });
    await Promise.all(ask(api.url, "", 8));
    expect(reads).toEqual({ asked: 9, sums: 1 });
  });

  it("says how its alerts end, with what the reason table adds", async () => {
    await using bed = await AppBed.open();
    bed.write("rules.yaml", {
      rules: [
        {
          name: "own",
          match: { reason: "Broken" },
          resolve: { by: [{ reason: ["Mended", "Gone"], same: ["object"] }] },
        },
        {
          name: "state",
          match: { reason: "Broken" },
          lifecycle: "transition",
          resolve: { when: "ready", by: [] },
        },
        { name: "never", match: { reason: "Broken" }, lifecycle: "transition", resolve: { by: [] } },
        {
          name: "many",
          match: { reason: "Broken" },
          resolve: { by: [{ reason: ["A", "B", "C", "D", "E"], same: ["object"] }] },
        },
      ],
    });
    bed.configure({ rules: ["builtin", "rules.yaml"] });
    await bed.ready();
    const rules = await rulesOf(bed);
    const texts = [
      "own",
      "state",
      "never",
      "many",
      "crash-loop",
      "pod-unschedulable",
      "node-rebooted",
      "node-not-ready",
    ];
    expect(Object.fromEntries(texts.map((name) => [name, rules[name]?.resolve.text]))).toEqual({
      own: "by `Mended`, `Gone`, or after 15 min of quiet",
      state: "once the pod stays ready",
      never: "when its rule goes or its objects do",
      many: "by `A`, `B`, `C`, `D` and 1 more, or after 15 min of quiet",
      "crash-loop": "once the container stays up for longer than before, or after 15 min of quiet",
      "pod-unschedulable": "once the pod has a node, by `Scheduled`, or after 45 min of quiet",
      "node-rebooted": "at once: it happened, and has no end",
      "node-not-ready": "once the node is ready, or by `NodeReady`, `RemovingNode`, `DeletingNode`",
    });
    expect(rules["state"]?.resolve.when).toBe("ready");
  });

  it("says where each stands, and shows it as its author wrote it", async () => {
    await using bed = await AppBed.open();
    bed.write("rules.yaml", RULES);
    bed.configure({ rules: ["builtin/nodes", "rules.yaml"] });
    await bed.ready();
    const { it: rule, quiet, "node-not-ready": shipped } = await rulesOf(bed);
    expect(quiet?.source).toEqual({ file: expect.stringMatching(/rules\.yaml$/u), line: 4 });
    expect(rule?.source?.line).toBe(7);
    expect(parseYaml("y", rule?.yaml ?? "").value).toEqual({
      name: "it",
      match: { reason: "Broken" },
      identity: ["object"],
      title: "Broken: {{ event.name }}",
    });
    expect(shipped?.source?.file).toMatch(/nodes\.yaml$/u);
    expect(shipped?.yaml).toContain("name: node-not-ready");
  });

  it.each(Object.entries(HOSTILE_TEXTS).filter(([, text]) => text.isWellFormed() && text.length < 1000))(
    "shows a rule whose text is hostile so that it reads back the same: %s",
    async (_, description) => {
      await using bed = await AppBed.open();
      bed.write("rules.yaml", { rules: [{ name: "it", description, match: { reason: "Broken" } }] });
      await bed.ready();
      const { it: rule } = await rulesOf(bed);
      expect(parseYaml("y", rule?.yaml ?? "").value).toMatchObject({ description });
    },
  );
});
