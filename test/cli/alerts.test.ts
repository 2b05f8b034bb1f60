import { describe, expect, it } from "vitest";

import type { GroupState } from "../../src/alert/index.ts";
import { AlertPage } from "../../src/api/index.ts";
import { makeOpenAlert, NOW, startFakeBridge } from "./fake-bridge.ts";

const GROUP: GroupState = {
  key: "default/1",
  route: "default",
  labels: {},
  told: [
    {
      sink: "ops",
      deliveryId: "d1",
      firing: { f1: { severity: "warning", accepted: true }, f5: { severity: "warning" } },
      accepted: true,
      lastAt: NOW,
      repeats: 0,
      repeatAt: NOW,
    },
  ],
  flushAt: undefined,
  moved: false,
};

describe("tocsin alerts", () => {
  it("says of an open alert that its objects are well, while that has to last", async () => {
    const by = { how: "healthy", reason: "", what: "3 of 3 pods ready" } as const;
    const well = { by, since: NOW, overAt: NOW, tailUntil: NOW, holdMs: 60_000 };
    await using bridge = await startFakeBridge();
    await bridge.keep({ alerts: [makeOpenAlert({ well })], groups: [] });
    expect((await bridge.run(["alerts"])).stdout).toMatch(/^warning +firing, well +5 min /mu);
  });

  it("says of one whose message waits for the state of its objects that it does", async () => {
    const seenState = () => ({ judgement: "unknown", objects: [], checkingUntil: NOW + 500 }) as const;
    await using bridge = await startFakeBridge({ seenState });
    await bridge.keep({ alerts: [makeOpenAlert()], groups: [] });
    expect((await bridge.run(["alerts"])).stdout).toContain("waits for the state of its objects");
  });

  it("says of one that a silence keeps back that it is silenced, whoever was told before", async () => {
    await using bridge = await startFakeBridge({ conditionOf: () => "silenced" });
    await bridge.keep({ alerts: [makeOpenAlert()], groups: [] });
    expect((await bridge.run(["alerts"])).stdout).toMatch(/^warning +silenced +5 min /mu);
  });

  it("shows what is open and whose receiver accepted a message about it, in columns that line up", async () => {
    const destinations = [{ groupKey: "default/1", sinks: ["ops"] }];
    await using bridge = await startFakeBridge();
    await bridge.keep({
      alerts: [
        makeOpenAlert({ destinations }),
        makeOpenAlert({
          fingerprint: "f2",
          rule: "node-not-ready",
          severity: "critical",
          openedAt: NOW - 1000,
          occurrences: 1,
          labels: { namespace: "", workload: "Node/n1" },
          destinations: [{ groupKey: "default/2", sinks: ["ops"] }],
        }),
        makeOpenAlert({ fingerprint: "f5", destinations, openedAt: NOW - 600_000 }),
        makeOpenAlert({ fingerprint: "f3", phase: "pending", openedAt: NOW - 3_600_000 }),
        makeOpenAlert({ fingerprint: "f4", phase: "resolved" }),
      ],
      groups: [GROUP, { ...GROUP, key: "default/2", told: [], flushAt: NOW + 9000 }],
    });
    expect(await bridge.run(["alerts"])).toEqual({
      status: 0,
      stderr: "",
      stdout: `\
SEVERITY  PHASE    OPEN FOR  LAST SEEN  TIMES  RULE                NAMESPACE  WORKLOAD        ALERT  ACCEPTED BY                MESSAGE
critical  firing   1 s       20 s ago   1      node-not-ready                 Node/n1         f2     in 9 s                     Back-off pulling image
warning   firing   5 min     20 s ago   57     image-pull-failing  shop       Deployment/web  f1     ops                        Back-off pulling image
warning   firing   10 min    20 s ago   57     image-pull-failing  shop       Deployment/web  f5     ops (waits)                Back-off pulling image
warning   pending  1 h       20 s ago   57     image-pull-failing  shop       Deployment/web  f3     not yet: threshold or for  Back-off pulling image

3 firing, 1 pending
`,
    });
  });

  it("shows when each sink gets its message, and what that waits for", async () => {
    const destinations = [{ groupKey: "default/1", sinks: ["ops", "mail"] }];
    const messagesToCome = ({ phase }: { readonly phase: string }) =>
      phase === "pending"
        ? [{ groupKey: undefined, sink: undefined, waitsFor: "for", at: NOW + 120_000 } as const]
        : [{ groupKey: "default/1", sink: "mail", waitsFor: "step", at: NOW + 40_000 } as const];
    await using bridge = await startFakeBridge({ messagesToCome });
    const pending = makeOpenAlert({ fingerprint: "f3", phase: "pending", openedAt: NOW - 3_600_000 });
    await bridge.keep({ alerts: [makeOpenAlert({ destinations }), pending], groups: [GROUP] });
    const { stdout } = await bridge.run(["alerts"]);
    expect(stdout).toMatch(/Deployment\/web {2}f1 {5}ops, mail in 40 s \(step\) {2}/u);
    expect(stdout).toMatch(/Deployment\/web {2}f3 {5}not yet in 2 min \(for\) /u);
    const { items } = AlertPage.parse(JSON.parse((await bridge.run(["alerts", "--json"])).stdout));
    expect(items[0]?.toCome).toEqual([
      {
        sink: "mail",
        group: "default/1",
        for: "step",
        why: "the sink got a message about its rule shortly before",
        at: new Date(NOW + 40_000).toISOString(),
        cause: null,
      },
    ]);
  });

  it("says so when nothing is open", async () => {
    await using bridge = await startFakeBridge();
    expect(await bridge.run(["alerts", "--namespace", "it"])).toEqual({
      status: 0,
      stderr: "",
      stdout: "nothing is open\n",
    });
  });

  it("hands on its filters and its limit, and says when there are more", async () => {
    const open = [1, 2, 3].map((number) => makeOpenAlert({ fingerprint: `f${number}` }));
    const other = makeOpenAlert({ fingerprint: "f4", rule: "other" });
    await using bridge = await startFakeBridge();
    await bridge.keep({ alerts: [...open, other] });
    const argv = ["alerts", "--rule", "image-pull-failing", "--namespace", "shop", "--limit"];
    expect((await bridge.run([...argv, "2"])).stdout).toMatch(
      /^2 firing; there are more \(--limit, at most 500\)$/mu,
    );
    expect((await bridge.run([...argv, "3"])).stdout).toMatch(/^3 firing$/mu);
    expect((await bridge.run([...argv, "501"])).status).toBe(2);
  });

  it("prints the document of the API with --json", async () => {
    await using bridge = await startFakeBridge();
    await bridge.keep({ alerts: [makeOpenAlert()] });
    const { stdout } = await bridge.run(["alerts", "--json"]);
    const document: unknown = await (await fetch(`${bridge.address}/api/v1/alerts`)).json();
    expect(JSON.parse(stdout)).toEqual(document);
  });

  it("prints marks that nobody sees as escapes with --json", async () => {
    const event = { ...makeOpenAlert().event, message: "\u009b31mred\u202e\u200b" };
    await using bridge = await startFakeBridge();
    await bridge.keep({ alerts: [makeOpenAlert({ event })] });
    const { stdout } = await bridge.run(["alerts", "--json"]);
    expect(stdout).toContain(String.raw`\u009b31mred\u202e\u200b`);
  });

  it("paints only for a terminal, and lets no text of an Event do it", async () => {
    const event = { ...makeOpenAlert().event, message: "\u001b[31mred\u001b[0m\nsecond\u202eline" };
    await using bridge = await startFakeBridge();
    await bridge.keep({ alerts: [makeOpenAlert({ event })] });
    const plain = await bridge.run(["alerts"]);
    // oxlint-disable-next-line no-control-regex -- escapes are what must not be there
    expect(plain.stdout).not.toMatch(/\u001b|\u202e/u);
    expect(plain.stdout).toContain("red secondline\n");
    const painted = await bridge.run(["alerts"], { colour: { stdout: true, stderr: false } });
    expect(painted.stdout).toContain("\u001b[33mwarning \u001b[39m");
  });
});
