import { describe, expect, it } from "vitest";

import { makeDelivery } from "../support/make-delivery.ts";
import { makeOpenAlert, NOW, startFakeBridge } from "./fake-bridge.ts";

describe("tocsin deliveries", () => {
  it("shows what waits, since when, and what the receiver said last", async () => {
    await using bridge = await startFakeBridge();
    await bridge.commit({
      deliveries: [
        makeDelivery("d1", { createdAt: NOW - 60_000 }),
        makeDelivery("d2", { createdAt: NOW - 30_000, groupKey: "h", sink: "mail" }),
      ],
    });
    await bridge.store.lease(NOW);
    const error = "the receiver answered 503";
    await bridge.store.settle([
      { id: "d1", outcome: "retry", at: NOW, dueAt: NOW + 20_000, started: true, error },
    ]);
    expect(await bridge.run(["deliveries"])).toEqual({
      status: 0,
      stderr: "",
      stdout: `\
SINK  STATE    WAITS FOR  KIND    ATTEMPTS  NEXT     TITLE      LAST ERROR
mail  waiting  30 s       firing  0         now      firing d2
ops   waiting  1 min      firing  1         in 20 s  firing d1  the receiver answered 503

2 deliveries wait for 2 sinks
`,
    });
    expect((await bridge.run(["deliveries", "--sink", "mail"])).stdout).toMatch(
      /^1 delivery waits for 1 sink$/mu,
    );
  });

  it("says which messages are not made yet, and when the first one is due", async () => {
    const toCome = [
      { groupKey: "default/1", sink: "ops", waitsFor: "step", at: NOW + 40_000 },
      { groupKey: "default/1", sink: "mail", waitsFor: "groupWait", at: NOW + 90_000 },
      { groupKey: "default/2", sink: "ops", waitsFor: "min_severity", at: undefined },
      {
        groupKey: "default/2",
        sink: "ops",
        waitsFor: { hold: "silence", by: "s", cause: undefined },
        at: NOW + 10_000,
      },
    ] as const;
    await using bridge = await startFakeBridge({ messagesToCome: () => toCome });
    expect((await bridge.run(["deliveries"])).stdout).toBe("nothing waits\n");
    const destinations = [{ groupKey: "default/1", sinks: ["ops", "mail"] }];
    await bridge.keep({ alerts: [makeOpenAlert({ destinations })] });
    const step = "to ops in 40 s (the sink got a message about its rule shortly before)";
    expect((await bridge.run(["deliveries"])).stdout).toBe(
      `nothing waits\nnot made yet: 2 messages, the first ${step}\n`,
    );
    expect((await bridge.run(["decisions", "--sink", "ops"])).stdout).toMatch(
      /\nnot made yet: 1 message, to ops in 40 s \(the sink got a message about its rule shortly before\)\n$/u,
    );
    const other = await bridge.run(["decisions", "--sink", "ops", "--namespace", "pay"]);
    expect(other.stdout).not.toContain("not made yet");
  });

  it("shows with --ended how messages ended, and when", async () => {
    await using bridge = await startFakeBridge();
    await bridge.bury(makeDelivery("d1"));
    await bridge.commit({ deliveries: [makeDelivery("d2", { groupKey: "h" })] });
    await bridge.store.lease(NOW);
    await bridge.store.settle([{ id: "d2", outcome: "delivered", at: NOW - 5000 }]);
    expect((await bridge.run(["deliveries", "--ended"])).stdout).toBe(`\
SINK  ENDED                 HOW        KIND    ATTEMPTS  TITLE      LAST ERROR
ops   09:59:55Z, 5 s ago    delivered  firing  1         firing d2
ops   09:59:00Z, 1 min ago  dead       firing  1         firing d1  the receiver answered 400

1 delivered, 1 dead
`);
    const none = await bridge.run(["deliveries", "--ended", "--sink", "ops", "--limit", "1"]);
    expect(none.stdout).toContain("1 delivered; there are more");
  });

  it("says so when nothing waits", async () => {
    await using bridge = await startFakeBridge();
    expect((await bridge.run(["deliveries"])).stdout).toBe("nothing waits\n");
  });
});
