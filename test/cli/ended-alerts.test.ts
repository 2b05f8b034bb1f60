import { describe, expect, it } from "vitest";

import { HistoryPage } from "../../src/api/index.ts";
import { makeEnded } from "../support/make-ended.ts";
import { NOW, startFakeBridge } from "./fake-bridge.ts";

const MINUTE_MS = 60_000;

const LABELS = { namespace: "shop", workload: "Deployment/web", reason: "BackOff" };

const ended = (id: string, minutesAgo: number, over: Parameters<typeof makeEnded>[1] = {}) => {
  const resolvedAt = NOW - minutesAgo * MINUTE_MS;
  const alert = { fingerprint: id, labels: LABELS, occurrences: 57, ...over.alert };
  return makeEnded(id, { resolvedAt, firstSeenAt: resolvedAt - 5 * MINUTE_MS, ...over, alert });
};

describe("tocsin alerts --ended", () => {
  it("shows what is over, how it ended, and who was told or why nobody was, in columns that line up", async () => {
    await using bridge = await startFakeBridge();
    await bridge.commit({
      ended: [
        ended("f1", 90, { told: ["ops", "pager"] }),
        ended("f2", 50, {
          told: [],
          reason: "silence",
          alert: { resolvedBy: { how: "event", reason: "Pulled" } },
        }),
        ended("f3", 40, { alert: { severity: "critical", resolvedBy: { how: "quiet", reason: "" } } }),
        ended("f4", 20, { alert: { resolvedBy: { how: "rule-removed", reason: "" } } }),
        ended("f5", 10, { alert: { resolvedBy: { how: "deleted", reason: "" } } }),
        ended("f6", 5, { told: [], reason: "threshold", firedAt: undefined, alert: { resolvedBy: null } }),
      ],
    });
    const { status, stderr, stdout } = await bridge.run(["alerts", "--ended"]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    const rows = stdout.split("\n").map((line) => line.trimEnd().replaceAll(/ {2,}/gu, " | "));
    expect(rows).toEqual([
      "SEVERITY | ENDED | LASTED | HOW | TIMES | RULE | NAMESPACE | WORKLOAD | ALERT | TOLD",
      "warning | 09:55:00Z, 5 min ago | 5 min | never fired | 57 | image-pull-failing | shop | Deployment/web | f6 | nobody: too few in the window of the rule's threshold, or it ended before `for` was over",
      "warning | 09:50:00Z, 10 min ago | 5 min | deleted | 57 | image-pull-failing | shop | Deployment/web | f5 | ops",
      "warning | 09:40:00Z, 20 min ago | 5 min | rule removed | 57 | image-pull-failing | shop | Deployment/web | f4 | ops",
      "critical | 09:20:00Z, 40 min ago | 5 min | no longer seen | 57 | image-pull-failing | shop | Deployment/web | f3 | ops",
      "warning | 09:10:00Z, 50 min ago | 5 min | Pulled | 57 | image-pull-failing | shop | Deployment/web | f2 | nobody: a silence matches",
      "warning | 08:30:00Z, 1 h 30 min ago | 5 min | 3 of 3 pods ready | 57 | image-pull-failing | shop | Deployment/web | f1 | ops, pager",
      "",
      "6 ended, nobody was told of 2",
      "",
    ]);
  });

  it("narrows by rule, namespace and time, and answers as JSON", async () => {
    await using bridge = await startFakeBridge();
    await bridge.commit({
      ended: [
        ended("old", 48 * 60),
        ended("f1", 30, { alert: { rule: "x" } }),
        ended("f2", 10, { alert: { labels: { namespace: "pay" } } }),
      ],
    });
    const idsOf = async (...argv: readonly string[]): Promise<string[]> => {
      const { stdout } = await bridge.run(["alerts", "--ended", "--json", ...argv]);
      return HistoryPage.parse(JSON.parse(stdout)).items.map(({ id }) => id);
    };
    expect(await idsOf()).toEqual(["f2", "f1"]);
    expect(await idsOf("--since", "3d")).toEqual(["f2", "f1", "old"]);
    expect(await idsOf("--rule", "x")).toEqual(["f1"]);
    expect(await idsOf("--namespace", "pay")).toEqual(["f2"]);
  });

  it("says that nothing ended, and refuses options that do not go together", async () => {
    await using bridge = await startFakeBridge();
    expect((await bridge.run(["alerts", "--ended"])).stdout).toBe(
      "nothing ended in this time (--since, by default 24h)\n",
    );
    expect(await bridge.run(["alerts", "--ended", "--sink", "ops"])).toMatchObject({ status: 2 });
    const early = await bridge.run(["alerts", "--since", "1h"]);
    expect(early.status).toBe(2);
    expect(early.stderr).toContain("--since: only with --ended");
  });
});
