import { describe, expect, it } from "vitest";

import { makeDelivery } from "../support/make-delivery.ts";
import { startFakeBridge } from "./fake-bridge.ts";

const env = { TOCSIN_TOKEN: "write-token" };

describe("tocsin dead-letters", () => {
  it("lists them with their ids, or says that there are none", async () => {
    await using bridge = await startFakeBridge();
    expect((await bridge.run(["dead-letters", "list"])).stdout).toBe("there are no dead letters\n");
    await bridge.bury(makeDelivery("d1"), makeDelivery("d2", { groupKey: "h", sink: "gone" }));
    expect(await bridge.run(["dead-letters", "list"])).toEqual({
      status: 0,
      stderr: "",
      stdout: `\
ID  SINK  DEAD FOR  ATTEMPTS  TITLE      ERROR
d2  gone  1 min     1         firing d2  the receiver answered 400
d1  ops   1 min     1         firing d1  the receiver answered 400

2 dead letters
`,
    });
    expect((await bridge.run(["dead-letters", "list", "--sink", "gone"])).stdout).toMatch(
      /^1 dead letter$/mu,
    );
  });

  it("says how many are tried again, and why others are not", async () => {
    await using bridge = await startFakeBridge();
    await bridge.bury(makeDelivery("d1"), makeDelivery("d2", { groupKey: "h", sink: "gone" }));
    expect(await bridge.run(["dead-letters", "retry", "d1", "d2", "d3"], { env })).toEqual({
      status: 1,
      stdout: "1 dead letter is tried again\n",
      stderr:
        "d3: no dead letter, or not any more\nd2: stays, because its sink is not configured; it can be dropped\n",
    });
    expect(await bridge.run(["dead-letters", "drop", "d2"], { env })).toEqual({
      status: 0,
      stdout: "1 dead letter is dropped\n",
      stderr: "",
    });
  });

  it("takes all of a sink", async () => {
    await using bridge = await startFakeBridge();
    await bridge.bury(makeDelivery("d1"), makeDelivery("d2", { groupKey: "h" }));
    const argv = ["dead-letters", "retry", "--all", "--sink", "ops"];
    expect(await bridge.run(argv, { env })).toMatchObject({
      status: 0,
      stdout: "2 dead letters are tried again\n",
    });
    expect(JSON.parse((await bridge.run([...argv, "--json"], { env })).stdout)).toEqual({
      done: 0,
      unknown: [],
      withoutSink: [],
    });
    expect(await bridge.run(["dead-letters", "retry", "--all", "--sink", "gone"], { env })).toMatchObject({
      status: 1,
      stdout: "",
      stderr: expect.stringContaining('sink "gone" is not configured'),
    });
  });

  it("changes nothing without a write token", async () => {
    await using bridge = await startFakeBridge();
    await bridge.bury(makeDelivery("d1"));
    expect(await bridge.run(["dead-letters", "drop", "d1"])).toMatchObject({
      status: 1,
      stdout: "",
      stderr: expect.stringContaining("put a token of its server.tokens into $TOCSIN_TOKEN"),
    });
    expect(await bridge.store.queries.deadLetters({ limit: 1 })).toHaveLength(1);
  });

  it.each([
    [["retry"]],
    [["drop", "--all"]],
    [["retry", "--sink", "ops"]],
    [["drop", "d1", "--all", "--sink", "ops"]],
    [["list", "d1"]],
    [["list", "--all"]],
    [["resend", "d1"]],
    [[]],
  ])("refuses a choice that is none: %j", async (argv) => {
    await using bridge = await startFakeBridge();
    expect(await bridge.run(["dead-letters", ...argv], { env })).toMatchObject({ status: 2, stdout: "" });
  });
});
