import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { silentLogger } from "../../src/lib/log.ts";
import { Metrics } from "../../src/lib/metrics.ts";
import { createScrubber } from "../../src/lib/scrub.ts";
import { Heartbeat, type HeartbeatSettings } from "../../src/self/heartbeat.ts";
import { AppBed, CANARY } from "../support/app-bed.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { type FakeReceiver, startReceiver } from "../support/fake-receiver.ts";
import { until } from "../support/until.ts";

const EVERY = { every: 60_000 };

describe("the heartbeat at a start", () => {
  it("waits until all is well, and says nothing of that unless it takes longer than its pace", async () => {
    await using deadMan = await startReceiver();
    const clock = new FakeClock();
    const said: string[] = [];
    const note = (message: string): void => void said.push(message);
    const log = { ...silentLogger, info: note, warn: note };
    let failures = ["watch: not started"];
    let settings: HeartbeatSettings | undefined = { ...EVERY, url: deadMan.url };
    const stopping = new AbortController();
    const heartbeat = new Heartbeat({
      settings: () => settings,
      failures: () => failures,
      secrets: () => ({ env: {}, resolvePath: (path) => path, scrubber: createScrubber() }),
      clock,
      log,
      metrics: new Metrics(),
    });
    const running = heartbeat.run(stopping.signal);
    await clock.advance(59_000);
    expect({ said, requests: deadMan.requests.length }).toEqual({ said: [], requests: 0 });
    failures = [];
    await clock.advance(2000);
    await deadMan.arrived(1);
    await until(() => said.length > 0);
    expect(said).toEqual(["the heartbeat is taken"]);

    // Another one is taken into use by a reload.
    await using other = await startReceiver();
    settings = { ...EVERY, url: other.url };
    await clock.advance(60_000);
    await other.arrived(1);
    expect(deadMan.requests).toHaveLength(1);

    failures = ["store: full"];
    await clock.advance(300_000);
    expect(said).toEqual(["the heartbeat is taken", "no heartbeat: the bridge is not well"]);
    failures = [];
    settings = undefined;
    await clock.advance(300_000);
    expect(other.requests).toHaveLength(1);
    stopping.abort();
    await running;
    expect(clock.pending).toBe(0);
  });
});

describe("the heartbeat", () => {
  let bed: AppBed;
  let deadMan: FakeReceiver;

  beforeEach(async () => {
    bed = await AppBed.open({ speed: 50 });
    deadMan = await startReceiver();
    bed.write("beat-url", `${deadMan.url}/ping/${CANARY}-beat`);
    bed.write("beat-token", `${CANARY}-bearer`);
  });
  afterEach(async () => {
    await bed[Symbol.asyncDispose]();
    await deadMan.close();
  });

  const heartbeat = { every: "10s", url: { file: "beat-url" }, auth: { bearer: { file: "beat-token" } } };

  it("is sent while all is well, with its credentials, and can be seen", async () => {
    bed.configure({ heartbeat });
    await bed.ready();
    await deadMan.arrived(3);
    expect(deadMan.requests[0]).toMatchObject({
      method: "GET",
      path: `/ping/${CANARY}-beat`,
      headers: { authorization: `Bearer ${CANARY}-bearer` },
    });
    const { body } = await bed.get("/metrics");
    const [, seconds = ""] = /^tocsin_heartbeat_timestamp_seconds (\S+)$/mu.exec(body) ?? [];
    expect(Math.abs(Number(seconds) * 1000 - bed.clock.now())).toBeLessThan(60_000);
    expect(bed.logged("the heartbeat is taken")).toHaveLength(1);
  });

  it("says when nothing is well from the start", async () => {
    bed.api.refuse(503);
    bed.configure({ heartbeat });
    await bed.start();
    await bed.until(() => bed.logged("no heartbeat: the bridge is not well").length === 1);
    expect(deadMan.requests).toEqual([]);
  });

  it("stops while the API server cannot be followed, and goes on afterwards", async () => {
    bed.configure({ heartbeat });
    await bed.ready();
    await deadMan.arrived(1);
    const said = (): number => bed.logged("no heartbeat: the bridge is not well").length;
    const saidBefore = said();
    bed.api.refuse(503);
    bed.api.destroyStreams();
    await bed.until(() => said() > saidBefore);
    const before = deadMan.requests.length;
    bed.api.refuse(undefined);
    await deadMan.arrived(before + 2);
  });

  it("says once what the service answers, and reads its address again", async () => {
    deadMan.answer({ status: 404 });
    bed.configure({ heartbeat });
    await bed.ready();
    await deadMan.arrived(3);
    await bed.until(() => bed.logged("the heartbeat is not taken").length > 0);
    expect(bed.logged("the heartbeat is not taken")).toMatchObject([{ error: "the receiver answered 404" }]);
    const { body } = await bed.get("/metrics");
    expect(body).toContain("tocsin_heartbeat_timestamp_seconds 0");

    await using other = await startReceiver();
    bed.write("beat-url", `${other.url}/${CANARY}-other`);
    await other.arrived(1);
  });

  it("is not kept up by a service that never answers", async () => {
    deadMan.hang();
    bed.configure({ heartbeat });
    await bed.ready();
    await deadMan.arrived(2);
    expect(bed.logged("the heartbeat is not taken").length).toBe(1);
  });
});
