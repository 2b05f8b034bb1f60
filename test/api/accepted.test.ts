import { describe, expect, it } from "vitest";

import { AlertPage, Explanation } from "../../src/api/index.ts";
import { GroupPage } from "../../src/api/schemas/group.ts";
import { runCommand } from "../cli/run-command.ts";
import { AppBed, broken } from "../support/app-bed.ts";

const EVENT = {
  involvedObject: { kind: "Pod", namespace: "shop", name: "web" },
  metadata: { name: "web.1", namespace: "shop" },
  reason: "Broken",
  message: "web is broken",
  type: "Warning",
};

/** Everything that says which sinks have the alert. */
async function answersOf(bed: AppBed) {
  const api = async (path: string, init?: RequestInit): Promise<unknown> =>
    JSON.parse((await bed.get(`/api/v1/${path}`, init)).body);
  const [alert] = AlertPage.parse(await api("alerts")).items;
  const [group] = GroupPage.parse(await api("groups")).items;
  const headers = { "content-type": "application/json" };
  const explained = await api("explain", { method: "POST", headers, body: JSON.stringify({ event: EVENT }) });
  const { alerts, summary } = Explanation.parse(explained);
  const command = async (argv: readonly string[], stdin = ""): Promise<string> =>
    (await runCommand([...argv, "--server", bed.address], { stdin, cwd: bed.directory })).stdout;
  return {
    inAlerts: alert?.groups.map(({ sent, accepted }) => ({ sent, accepted })),
    inGroups: group?.sent.map(({ sink, accepted }) => ({ sink, accepted })),
    inExplanation: alerts.map(({ open }) => ({ sent: open?.sent, accepted: open?.accepted })),
    summary,
    alertsColumn: /Pod\/web\s+\S+\s+(.*?)\s\s/u.exec(await command(["alerts"]))?.[1],
    explanation: /open {9}(.*), 1 occurrence since \S+, (.*)/u.exec(
      await command(["explain", "-"], JSON.stringify(EVENT)),
    )?.[2],
  };
}

describe("a sink whose receiver holds the message", () => {
  it("is named as one with a message and without the alert, everywhere, until the receiver accepts", async () => {
    await using bed = await AppBed.open();
    await bed.ready();
    bed.receiver.hang();
    bed.api.create(broken("web"));
    await bed.receiver.arrived(1);
    expect(await answersOf(bed)).toEqual({
      inAlerts: [{ sent: ["hook"], accepted: [] }],
      inGroups: [{ sink: "hook", accepted: false }],
      inExplanation: [{ sent: ["hook"], accepted: [] }],
      summary: "nothing new: the message to hook is not accepted yet",
      alertsColumn: "hook (waits)",
      explanation: "sent to hook and not accepted yet",
    });
    bed.receiver.answer({ status: 200 });
    await bed.until(async () => (await answersOf(bed)).inAlerts?.[0]?.accepted.length === 1);
    expect(await answersOf(bed)).toEqual({
      inAlerts: [{ sent: ["hook"], accepted: ["hook"] }],
      inGroups: [{ sink: "hook", accepted: true }],
      inExplanation: [{ sent: ["hook"], accepted: ["hook"] }],
      summary: "nothing new: hook knows of it, and hears when it repeats or ends",
      alertsColumn: "hook",
      explanation: "accepted by hook",
    });
  });
});
