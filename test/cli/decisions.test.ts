import { describe, expect, it } from "vitest";

import type { Changes } from "../../src/alert/index.ts";
import { DecisionPage } from "../../src/api/index.ts";
import { makeDelivery } from "../support/make-delivery.ts";
import { NOW, startFakeBridge } from "./fake-bridge.ts";

const TOLD: Changes["decisions"][number] = {
  at: NOW - 60_000,
  rule: "image-pull-failing",
  fingerprint: "f1",
  groupKey: "g",
  namespace: "shop",
  sink: "ops",
  outcome: "notified",
  reason: "first",
  occurrences: 3,
  deliveryId: "gone",
};

describe("tocsin decisions", () => {
  it("says who was told, who was not, and why", async () => {
    await using bridge = await startFakeBridge();
    await bridge.bury(makeDelivery("d1"));
    await bridge.commit({
      deliveries: [makeDelivery("d2", { groupKey: "h" })],
      decisions: [
        TOLD,
        { ...TOLD, at: NOW - 50_000, reason: "new-alert", deliveryId: "d1" },
        {
          ...TOLD,
          at: NOW - 40_000,
          reason: "repeat",
          deliveryId: "d2",
          waits: [
            { for: "step", ms: 90_000 },
            { for: "state", ms: 250 },
          ],
          checked: "late",
        },
        { ...TOLD, at: NOW - 30_000, outcome: "suppressed", reason: "threshold", sink: "", deliveryId: "" },
      ],
    });
    expect(await bridge.run(["decisions", "--since", "1h"])).toEqual({
      status: 0,
      stderr: "",
      stdout: `\
WHEN                  OUTCOME      SINK  RULE                NAMESPACE  NEW  ALERT  WHY
09:59:30Z, 30 s ago   held back    -     image-pull-failing  shop       3    f1     too few in the window of the rule's threshold, or it ended before \`for\` was over
09:59:20Z, 40 s ago   waits        ops   image-pull-failing  shop       3    f1     it goes on, and repeatInterval is over; waited 1 min 30 s: its rule was told shortly before; waited 250 ms for the state of its objects, which came too late
09:59:10Z, 50 s ago   dead letter  ops   image-pull-failing  shop       3    f1     one more alert in a group that the sink has
09:59:00Z, 1 min ago  sent         ops   image-pull-failing  shop       3    f1     the first message about this group

1 held back, 1 waits, 1 dead letter, 1 sent
`,
    });
  });

  it("counts each occurrence in one line, so that a message after a silence has none of its own", async () => {
    await using bridge = await startFakeBridge();
    await bridge.commit({
      decisions: [
        { ...TOLD, outcome: "suppressed", reason: "silence", deliveryId: "" },
        { ...TOLD, at: NOW - 50_000, reason: "silence-ended", occurrences: 0 },
      ],
    });
    const { stdout } = await bridge.run(["decisions", "--since", "1h"]);
    const [, sent, held] = stdout.split("\n");
    expect(sent).toMatch(/sent .* shop {7}- {4}f1 .*the line that held it back has its occurrences$/u);
    expect(held).toMatch(/held back .* shop {7}3 {4}f1 {5}a silence matches$/u);
  });

  it("names the cause that holds an alert back, and why it does", async () => {
    await using bridge = await startFakeBridge();
    const name = { rule: "node-not-ready", namespace: "", workload: "Node/n1" };
    const cause = { fingerprint: "c1", name, others: 0, standing: "lasts", endedAt: undefined } as const;
    const held = {
      ...TOLD,
      outcome: "suppressed",
      reason: "inhibition",
      deliveryId: "",
    } as const;
    const ended = { ...cause, endedAt: NOW - 90_000 };
    await bridge.commit({
      decisions: [
        { ...held, cause: { ...cause, others: 2 } },
        { ...held, at: NOW - 30_000, cause: { ...ended, standing: "late" } },
        { ...held, at: NOW - 20_000, cause: { ...ended, standing: "not-again" } },
        {
          ...held,
          at: NOW - 10_000,
          cause: { ...cause, name: { rule: "quota", namespace: "shop", workload: "Deployment/web" } },
        },
      ],
    });
    const { stdout } = await bridge.run(["decisions"]);
    const reasons = stdout.split("\n").flatMap((line) => /f1 {5}(.*)/u.exec(line)?.[1] ?? []);
    const at = new Date(NOW - 90_000).toISOString();
    expect(reasons).toEqual([
      "its cause goes on: quota of Deployment/web in shop",
      `it has not occurred since its cause, node-not-ready of Node/n1, ended at ${at}`,
      `its cause, node-not-ready of Node/n1, ended at ${at}: what is late is held back for two minutes more`,
      "its cause goes on: node-not-ready of Node/n1 (and 2 more)",
    ]);
    const { items } = DecisionPage.parse(JSON.parse((await bridge.run(["decisions", "--json"])).stdout));
    expect(items[1]?.cause).toEqual({
      fingerprint: "c1",
      rule: "node-not-ready",
      namespace: "",
      workload: "Node/n1",
      others: 0,
      standing: "not-again",
      endedAt: at,
    });
  });

  it("is narrowed by rule, namespace, sink and time", async () => {
    await using bridge = await startFakeBridge();
    const other = { ...TOLD, rule: "other", namespace: "pay", sink: "mail", fingerprint: "f2" };
    await bridge.commit({ decisions: [TOLD, other] });
    const shown = async (...argv: readonly string[]): Promise<string | undefined> =>
      (await bridge.run(["decisions", ...argv])).stdout.trimEnd().split("\n").at(-1);
    expect(await shown()).toBe("2 sent");
    for (const filter of [
      ["--rule", "other"],
      ["--namespace", "pay"],
      ["--sink", "mail"],
      ["--alert", "f2"],
    ])
      expect(await shown(...filter)).toBe("1 sent");
    const nothing = "nothing was decided; tocsin explain says what becomes of an Event, and why";
    expect(await shown("--since", "30s")).toBe(nothing);
  });

  it.each(["decisions", "deliveries", "alerts"])(
    "names in %s a rule or a sink that nobody knows, unless something of it is kept",
    async (command) => {
      await using bridge = await startFakeBridge();
      const refusal = await bridge.run([command, "--sink", "opps"]);
      expect(refusal).toMatchObject({
        status: 2,
        stderr: 'tocsin: --sink: unknown sink "opps"; did you mean "ops"? (ERR_USAGE)\n',
      });
      expect(await bridge.run([command, "--sink", "ops"])).toMatchObject({ status: 0 });
    },
  );

  it("names an unknown rule, and lists a removed one that still has decisions", async () => {
    await using bridge = await startFakeBridge();
    const removed = ["decisions", "--rule", "removed"];
    expect(await bridge.run(removed)).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/^tocsin: --rule: unknown rule "removed"; /u),
    });
    await bridge.commit({ decisions: [{ ...TOLD, rule: "removed" }] });
    expect(await bridge.run(removed)).toMatchObject({ status: 0, stderr: "" });
  });

  it("refuses a time that is none, as wrong usage", async () => {
    await using bridge = await startFakeBridge();
    expect(await bridge.run(["decisions", "--since", "yesterday"])).toEqual({
      status: 2,
      stdout: "",
      stderr:
        'tocsin: --since: neither a duration nor a time: "yesterday" (write 1h, 7d or 2026-06-01T10:00:00Z) (ERR_USAGE)\n',
    });
  });
});
