import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";

import type { Notification, NotifiedAlert } from "../../src/alert/index.ts";
import { createHttpClient } from "../../src/egress/index.ts";
import { createScrubber } from "../../src/lib/scrub.ts";
import type { Sink } from "../../src/sink/index.ts";
import { alertmanager } from "../../src/sinks/alertmanager/alertmanager.ts";
import { postAlerts } from "../../src/sinks/alertmanager/post-alerts.ts";
import { runCommand } from "../cli/run-command.ts";
import { noDeadline } from "../support/deadline.ts";
import { makeSink, sendOnce } from "../support/describe-sink.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { type FakeReceiver, startReceiver } from "../support/fake-receiver.ts";
import { makeAlert, makeNotification, makeResolvedAlert } from "../support/notifications.ts";
import { until } from "../support/until.ts";
import {
  type AlertmanagerServer,
  ALERTMANAGERS,
  startAlertmanager,
  toldAtOnce,
} from "./alertmanager-server.ts";

const MINUTE_MS = 60_000;

const Told = z.looseObject({
  status: z.string(),
  alerts: z.array(
    z.looseObject({ labels: z.record(z.string(), z.string()), startsAt: z.string(), endsAt: z.string() }),
  ),
});

// The sink's clock goes by that of Alertmanager, which is the machine's; where a test moves it on, an end is far away.
describe.each(ALERTMANAGERS)("Alertmanager $version", ({ program }) => {
  let hook: FakeReceiver;
  let server: AlertmanagerServer;
  let clock: FakeClock;
  let sink: Sink;
  beforeEach(async (context) => {
    if (program === undefined) return context.skip();
    hook = await startReceiver();
    server = await startAlertmanager(program, toldAtOnce(`${hook.url}/hook`));
    clock = new FakeClock(Date.now());
    ({ sink } = makeSink(alertmanager, { urls: [server.url] }, { clock }));
  });
  afterEach(async () => {
    if (program === undefined) return;
    await sink.close();
    await server[Symbol.asyncDispose]();
    await hook.close();
  });

  const ago = (minutes: number): string => new Date(Date.now() - minutes * MINUTE_MS).toISOString();
  const firing = (over: Partial<NotifiedAlert> = {}): NotifiedAlert =>
    makeAlert({ startsAt: ago(10), ...over });
  const over = (more: Partial<NotifiedAlert> = {}): NotifiedAlert =>
    makeResolvedAlert(undefined, { startsAt: ago(10), endsAt: ago(0), ...more });
  const message = (alerts: readonly NotifiedAlert[]): Notification => makeNotification({ alerts });
  const told = () => hook.bodies().map((body) => Told.parse(JSON.parse(body)));
  const tells = async (status: string): Promise<void> => {
    await until(
      () => told().at(-1)?.status === status,
      () => server.program.log(),
    );
  };

  it("M1: shows an alert with our labels since it was first seen, and tells its beginning and its end", async () => {
    const alert = firing();
    await sendOnce(sink, message([alert]));
    const [shown] = await server.alerts();
    expect(shown?.labels).toMatchObject({
      alertname: "image-pull-failing",
      namespace: "shop",
      deployment: "web",
      pod: "web-1",
      severity: "warning",
      team: "shop",
    });
    expect(shown?.annotations).toMatchObject({ summary: "Image cannot be pulled: Deployment/web" });
    expect(Date.parse(shown?.startsAt ?? "")).toBe(Date.parse(alert.startsAt));
    expect(shown?.generatorURL).toBe("https://tocsin.example/alerts/5f1c2ab09d3e4f6a7b8c");
    await tells("firing");
    await clock.advance(Math.max(0, Date.now() - clock.now()));
    await sendOnce(sink, message([over({ startsAt: alert.startsAt })]));
    await tells("resolved");
    expect(told().map(({ alerts }) => alerts.length)).toEqual([1, 1]);
  });

  it("M2: lets an alert fire while it is told again", async () => {
    await sendOnce(sink, message([firing()]));
    for (let resend = 1; resend <= 3; resend++) {
      await clock.advance(MINUTE_MS);
      await sink.refresh?.([firing()], noDeadline());
      const [shown] = await server.alerts();
      expect(shown?.status.state).toBe("active");
      expect(Date.parse(shown?.endsAt ?? "")).toBe(clock.now() + 5 * MINUTE_MS);
    }
    await tells("firing");
    expect(told()).toHaveLength(1);
  });

  it("M2: ends an alert that is not told again", async () => {
    // An alert of this sink lasts for ten more seconds.
    const before = new FakeClock(Date.now() - 5 * MINUTE_MS + 10_000);
    const { sink: stopping } = makeSink(alertmanager, { urls: [server.url] }, { clock: before });
    await sendOnce(stopping, message([firing()]));
    await stopping.close();
    await tells("firing");
    await tells("resolved");
    expect(await server.alerts()).toEqual([]);
  });

  it("M3: takes labels whose names it would refuse, under other names", async () => {
    const labels = {
      ...makeAlert().labels,
      "app.kubernetes.io/name": "web",
      "app-kubernetes-io/name": "other",
      "0": "x",
    };
    await sendOnce(sink, message([firing({ labels })]));
    const [shown] = await server.alerts();
    expect(shown?.labels).toMatchObject({
      app_kubernetes_io_name: "other",
      app_kubernetes_io_name_2: "web",
      _0: "x",
    });
  });

  it.each([
    { why: "no label, which is 400", bad: { labels: {} } },
    { why: "an address that is none, which is 422", bad: { generatorURL: "not a url" } },
  ])("M4: keeps the other alerts of a request that has one with $why", async ({ bad }) => {
    const good = (alertname: string) => ({
      labels: { alertname },
      annotations: {},
      startsAt: ago(1),
      endsAt: new Date(Date.now() + 5 * MINUTE_MS).toISOString(),
    });
    const client = createHttpClient(
      { allowPrivate: true, concurrency: 1 },
      { env: {}, resolvePath: (path) => path, scrubber: createScrubber() },
    );
    const posted = await postAlerts([good("one"), { ...good("bad"), ...bad }, good("two")], {
      client,
      url: server.url,
      signal: noDeadline(),
      now: Date.now(),
    });
    await client.close();
    expect(posted).toMatchObject({ accepted: 2, refusals: [{ class: "poison" }] });
    const names = (await server.alerts()).map(({ labels }) => labels["alertname"]);
    expect(new Set(names)).toEqual(new Set(["one", "two"]));
  });

  it("M5: takes an alert whose addresses are none", async () => {
    const links = { runbook: null, dashboard: null, silence: null, alert: "not a url" };
    await sendOnce(
      sink,
      makeNotification({ links, alerts: [firing({ dashboard: "/d/1", runbook: "not a url" })] }),
    );
    expect((await server.alerts()).map(({ generatorURL }) => generatorURL ?? "")).toEqual([""]);
  });

  it("M6: gets its alerts while another instance is down", async () => {
    const { sink: both } = makeSink(alertmanager, { urls: ["http://127.0.0.1:1", server.url] }, { clock });
    await sendOnce(both, message([firing()]));
    await both.close();
    expect(await server.alerts()).toHaveLength(1);
  });

  it("M7: tells an end once, however often it hears of it, and nothing of an end that it never heard to begin", async () => {
    await sendOnce(sink, message([firing()]));
    await tells("firing");
    await clock.advance(Math.max(0, Date.now() - clock.now()));
    const end = over();
    const unknown = over({ fingerprint: "other", rule: "never-began" });
    await sendOnce(sink, message([end, unknown]));
    await tells("resolved");
    for (let resend = 1; resend <= 3; resend++) await sink.refresh?.([end, unknown], noDeadline());
    // The next message proves that the repeated ends made none.
    await sendOnce(sink, message([firing({ fingerprint: "next", rule: "next" })]));
    await tells("firing");
    expect(told().map(({ status, alerts }) => [status, alerts.length])).toEqual([
      ["firing", 1],
      ["resolved", 1],
      ["firing", 1],
    ]);
  });

  it("M7: fires again for an alert that began anew, although its old end is repeated", async () => {
    await sendOnce(sink, message([firing({ startsAt: ago(20) })]));
    await tells("firing");
    await clock.advance(Math.max(0, Date.now() - clock.now()));
    const end = over({ startsAt: ago(20), endsAt: ago(5) });
    await sendOnce(sink, message([end]));
    await tells("resolved");
    await sendOnce(sink, message([firing({ startsAt: ago(1) })]));
    await sink.refresh?.([end], noDeadline());
    await tells("firing");
    expect((await server.alerts()).map(({ status }) => status.state)).toEqual(["active"]);
  });

  it("shows the alert of tocsin send-test as a test that nothing is wrong with", async () => {
    const cwd = await mkdtemp(join(tmpdir(), "tocsin-send-test-"));
    const sinks = [{ name: "am", type: "alertmanager", urls: [server.url] }];
    await writeFile(
      join(cwd, "tocsin.yaml"),
      JSON.stringify({ cluster: "prod-eu1", rules: [], sinks, selfAlerts: { sinks: ["am"] } }),
    );
    const { status, stderr } = await runCommand(["send-test", "am"], { cwd, clock });
    await rm(cwd, { recursive: true });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    const [shown] = await server.alerts();
    expect(shown?.labels).toMatchObject({ alertname: "send-test", severity: "info", cluster: "prod-eu1" });
    expect(shown?.annotations["description"]).toContain("Nothing is wrong.");
  });

  it("M8: takes a hostile text as an annotation, and never as a label", async () => {
    const text = `{{ .ExternalURL }} <b>"x"</b>\u001b[31m\u202e`;
    await sendOnce(sink, message([firing({ title: text, text })]));
    const [shown] = await server.alerts();
    expect(shown?.annotations["description"]).toBe(`{{ .ExternalURL }} <b>"x"</b>`);
    expect(JSON.stringify(shown?.labels)).not.toContain("ExternalURL");
  });
});
