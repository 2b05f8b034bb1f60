import { describe, expect, it } from "vitest";
import { z } from "zod";

import { DeliveryError } from "../../../src/egress/index.ts";
import { parseSink } from "../../../src/sink/index.ts";
import { alertmanager } from "../../../src/sinks/alertmanager/alertmanager.ts";
import { noDeadline } from "../../support/deadline.ts";
import { describeSink, failureOfSending, makeSink, sendOnce } from "../../support/describe-sink.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { startReceiver } from "../../support/fake-receiver.ts";
import { makeAlert, makeNotification, makeResolvedAlert } from "../../support/notifications.ts";

const MINUTE_MS = 60_000;
const NOW = Date.parse("2026-06-01T10:30:00Z");

/** Bodies that every Alertmanager takes, with texts that are inert. */
const Posted = z.array(
  z.strictObject({
    labels: z
      .record(z.string().regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/u), z.string().min(1))
      .refine((labels) => labels["alertname"] !== undefined),
    annotations: z.record(
      z.string().regex(/^[a-z_]+$/u),
      // oxlint-disable-next-line no-control-regex -- none of these may arrive
      z.string().regex(/^[^\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202e]+$/u),
    ),
    startsAt: z.iso.datetime(),
    endsAt: z.iso.datetime(),
    generatorURL: z.httpUrl().optional(),
  }),
);

const postedIn = (body: string | undefined) => Posted.parse(JSON.parse(body ?? ""));

describeSink(alertmanager, {
  receiver: () => startReceiver(),
  options: ({ url }, secret) => ({ urls: [`${url}/${secret}`] }),
  addressed: (url) => ({ urls: [url] }),
  check: (body) => {
    expect(body.isWellFormed()).toBe(true);
    expect(postedIn(body).length).toBeGreaterThan(0);
  },
});

async function sent(
  options: Readonly<Record<string, unknown>>,
  ...notifications: readonly ReturnType<typeof makeNotification>[]
): Promise<readonly ReturnType<typeof postedIn>[]> {
  await using receiver = await startReceiver();
  const { sink } = makeSink(
    alertmanager,
    { urls: [receiver.url], ...options },
    { clock: new FakeClock(NOW) },
  );
  for (const notification of notifications) await sendOnce(sink, notification);
  await sink.close();
  expect(receiver.requests.every(({ path }) => path === "/api/v2/alerts")).toBe(true);
  return receiver.bodies().map(postedIn);
}

describe("an alert for Alertmanager", () => {
  it("has its identity as labels, the names of kube-state-metrics among them, and all else as annotations", async () => {
    const [[alert] = []] = await sent({}, makeNotification());
    expect(alert?.labels).toEqual({
      alertname: "image-pull-failing",
      cluster: "prod-eu1",
      component: "kubelet",
      container: "app",
      deployment: "web",
      kind: "Pod",
      name: "web-1",
      namespace: "shop",
      node: "node-1",
      pod: "web-1",
      reason: "BackOff",
      severity: "warning",
      team: "shop",
      type: "Normal",
      workload: "Deployment/web",
    });
    expect(alert?.annotations).toEqual({
      summary: "Image cannot be pulled: Deployment/web",
      description: 'Back-off pulling image "registry.example/shop/web:1.4.2"',
      objects: "Pod/web-1, Pod/web-2, Pod/web-3",
      count: "57",
      first_seen: "2026-06-01T10:00:00.000Z",
      last_seen: "2026-06-01T10:04:00.000Z",
      runbook_url: "https://runbooks.example/image-pull",
    });
    expect(alert?.generatorURL).toBe("https://tocsin.example/alerts/5f1c2ab09d3e4f6a7b8c");
  });

  it("fires for five intervals without being told again, and starts when it was first seen", async () => {
    const [[minute] = []] = await sent({}, makeNotification());
    expect(minute).toMatchObject({
      startsAt: "2026-06-01T10:00:00.000Z",
      endsAt: new Date(NOW + 5 * MINUTE_MS).toISOString(),
    });
    const [[slow] = []] = await sent({ resendEvery: "10m" }, makeNotification());
    expect(slow?.endsAt).toBe(new Date(NOW + 50 * MINUTE_MS).toISOString());
  });

  it("ends when it ended, and never before it started or in the future", async () => {
    const end = (over: Parameters<typeof makeAlert>[0]) =>
      makeNotification({
        kind: "resolved",
        trigger: "all-resolved",
        status: "resolved",
        alerts: [makeResolvedAlert(undefined, over)],
      });
    const bodies = await sent(
      {},
      end({}),
      end({ endsAt: "2026-06-01T09:00:00Z" }),
      end({ endsAt: "2026-06-01T11:00:00Z" }),
      end({ startsAt: "2026-06-01T11:00:00Z", endsAt: "2026-06-01T11:30:00Z" }),
    );
    expect(
      bodies.map(([alert]) => [alert?.startsAt, alert?.endsAt].map((time) => time?.slice(11, 16))),
    ).toEqual([
      ["10:00", "10:25"],
      ["10:00", "10:00"],
      ["10:00", "10:30"],
      ["10:30", "10:30"],
    ]);
  });

  it("goes on firing where an end in its message is of other alerts, or of another group only", async () => {
    const [[first, second] = [], [moved] = []] = await sent(
      {},
      makeNotification({
        kind: "update",
        trigger: "ended-in-part",
        alerts: [
          makeAlert(),
          makeResolvedAlert(undefined, { fingerprint: "other", labels: { rule: "other" } }),
        ],
      }),
      makeNotification({ kind: "resolved", trigger: "moved", status: "resolved" }),
    );
    const endsAt = new Date(NOW + 5 * MINUTE_MS).toISOString();
    expect([first?.endsAt, second?.endsAt]).toEqual([endsAt, "2026-06-01T10:25:00.000Z"]);
    expect(moved?.endsAt).toBe(endsAt);
  });

  it("M3: has names that every Alertmanager takes, each its own, and no empty label", async () => {
    const labels = {
      "app.kubernetes.io/name": "one",
      "app-kubernetes-io/name": "two",
      app_kubernetes_io_name: "three",
      "0day": "four",
      empty: "",
    };
    const [[alert] = []] = await sent({}, makeNotification({ alerts: [makeAlert({ rule: "it", labels })] }));
    expect(alert?.labels).toEqual({
      alertname: "it",
      app_kubernetes_io_name: "three",
      app_kubernetes_io_name_2: "two",
      app_kubernetes_io_name_3: "one",
      _0day: "four",
    });
  });

  it("has the labels of the user, over those of the alert; an empty one takes it away", async () => {
    const labels = {
      team: '{{ alert.labels.namespace == "shop" ? "web" : "ops" }}',
      name: "",
      pod: "",
      severity: "{{ alert.severity.upper() }}",
      source: "tocsin",
      where: "{{ cluster }}/{{ event.source.host }}",
    };
    const [[alert] = []] = await sent({ labels }, makeNotification());
    expect(alert?.labels).toMatchObject({
      team: "web",
      severity: "WARNING",
      source: "tocsin",
      where: "prod-eu1/node-1",
    });
    expect(alert?.labels).not.toHaveProperty("name");
    expect(alert?.labels).not.toHaveProperty("pod");
  });

  it("M8: has no text of an Event among its labels, and no count or time", async () => {
    const message = "out of memory: 4711 bytes";
    const event = { ...makeAlert().event, message, count: 4711 };
    const [[alert] = []] = await sent(
      {},
      makeNotification({ alerts: [makeAlert({ event, text: message, title: message, occurrences: 4711 })] }),
    );
    expect(JSON.stringify(alert?.labels)).not.toMatch(/4711|2026/u);
    expect(alert?.annotations).toMatchObject({ description: message, count: "4711" });
  });

  it.each(["/alerts/1", "", "not a url", "javascript:alert(1)", "ftp://tocsin.example/"])(
    "M5: has no source instead of %j",
    async (url) => {
      const links = { runbook: null, dashboard: null, silence: null, alert: url };
      const [[alert] = []] = await sent(
        {},
        makeNotification({ links, alerts: [makeAlert({ dashboard: url })] }),
      );
      expect(alert).not.toHaveProperty("generatorURL");
    },
  );

  it("has its dashboard for a source where there is no page of it", async () => {
    const dashboard = "https://grafana.example/d/1";
    const [[alert] = []] = await sent(
      {},
      makeNotification({
        links: { runbook: null, dashboard: null, silence: null, alert: null },
        alerts: [makeAlert({ dashboard })],
      }),
    );
    expect(alert?.generatorURL).toBe(dashboard);
  });

  it("ends under its old labels when one of them changes", async () => {
    const critical = makeAlert({ labels: { ...makeAlert().labels, severity: "critical" } });
    const [, worse] = await sent(
      {},
      makeNotification(),
      makeNotification({ kind: "update", alerts: [critical] }),
    );
    expect(worse?.map(({ labels, endsAt }) => [labels["severity"], endsAt])).toEqual([
      ["warning", new Date(NOW).toISOString()],
      ["critical", new Date(NOW + 5 * MINUTE_MS).toISOString()],
    ]);
  });

  it("ends under its old labels also when the first attempt to tell that failed", async () => {
    await using receiver = await startReceiver();
    const { sink } = makeSink(alertmanager, { urls: [receiver.url] }, { clock: new FakeClock(NOW) });
    await sendOnce(sink);
    const critical = makeAlert({ labels: { ...makeAlert().labels, severity: "critical" } });
    const worse = makeNotification({ kind: "update", alerts: [critical] });
    receiver.answer({ status: 503 });
    await expect(sendOnce(sink, worse)).rejects.toMatchObject({ class: "transient" });
    receiver.answer({ status: 200 });
    await sendOnce(sink, worse);
    await sink.close();
    expect(
      postedIn(receiver.bodies().at(-1)).map(({ labels, endsAt }) => [labels["severity"], endsAt]),
    ).toEqual([
      ["warning", new Date(NOW).toISOString()],
      ["critical", new Date(NOW + 5 * MINUTE_MS).toISOString()],
    ]);
  });

  it("about Tocsin itself fires until its end is told, since no refresh knows it", async () => {
    const [[alert] = []] = await sent({}, makeNotification({ trigger: "self" }));
    expect(Date.parse(alert?.endsAt ?? "")).toBeGreaterThan(NOW + 24 * 60 * MINUTE_MS);
  });
});

describe("a refresh", () => {
  it("tells alerts with a later end, and keeps the cause of the last message", async () => {
    await using receiver = await startReceiver();
    const clock = new FakeClock(NOW);
    const { sink } = makeSink(alertmanager, { urls: [receiver.url] }, { clock });
    const evidence = {
      at: "2026-06-01T10:00:00Z",
      summary: "exit 137 OOMKilled",
      facts: [],
      containers: [],
      workload: null,
      changes: [],
    };
    await sendOnce(sink, makeNotification({ alerts: [makeAlert({ evidence })] }));
    await clock.advance(MINUTE_MS);
    await sink.refresh?.([makeAlert({ occurrences: 58 })], noDeadline());
    await sink.close();
    expect(postedIn(receiver.bodies()[1])).toMatchObject([
      {
        endsAt: new Date(NOW + 6 * MINUTE_MS).toISOString(),
        annotations: { cause: "exit 137 OOMKilled", count: "58" },
      },
    ]);
  });

  it("repeats an end, but not of what began anew meanwhile", async () => {
    await using receiver = await startReceiver();
    const { sink } = makeSink(alertmanager, { urls: [receiver.url] }, { clock: new FakeClock(NOW) });
    await sink.refresh?.([makeResolvedAlert()], noDeadline());
    await sendOnce(sink, makeNotification());
    await sink.refresh?.([makeResolvedAlert()], noDeadline());
    await sink.close();
    expect(receiver.bodies().map((body) => postedIn(body)[0]?.endsAt)).toEqual([
      "2026-06-01T10:25:00.000Z",
      new Date(NOW + 5 * MINUTE_MS).toISOString(),
    ]);
  });
});

describe("several Alertmanagers", () => {
  it("M6: all are told, and one that takes the alerts is enough; the others are said once", async () => {
    await using up = await startReceiver();
    await using down = await startReceiver({ status: 503 });
    const { sink, log } = makeSink(alertmanager, { urls: [down.url, up.url, "http://127.0.0.1:1"] });
    await sendOnce(sink);
    await sendOnce(sink);
    expect([up, down].map(({ requests }) => requests.length)).toEqual([2, 2]);
    expect(log.filter((line) => line.includes("takes no alerts"))).toHaveLength(2);
    down.answer({ status: 200 });
    await sendOnce(sink);
    down.fail();
    await sendOnce(sink);
    await sink.close();
    expect(log.filter((line) => line.includes("takes no alerts"))).toHaveLength(3);
  });

  it("fail with the failure that may pass, and say which of them it is", async () => {
    await using refusing = await startReceiver({ status: 401 });
    await using down = await startReceiver({ status: 503 });
    const { sink } = makeSink(alertmanager, { urls: [refusing.url, down.url] });
    const failure = await failureOfSending(sink);
    await sink.close();
    expect(failure).toMatchObject({ class: "transient", failure: "server" });
    expect(failure.message).toContain(new URL(down.url).host);
  });

  it("are probed together, and the probe says which cannot be reached", async () => {
    await using up = await startReceiver();
    const { sink } = makeSink(alertmanager, { urls: [up.url, "http://127.0.0.1:1"] });
    const place = await sink.probe?.(noDeadline());
    await sink.close();
    expect(place).toContain(new URL(up.url).host);
    expect(place).toMatch(/not 127\.0\.0\.1:1/u);
  });
});

describe("a request that Alertmanager refuses", () => {
  const two = makeNotification({
    alerts: [makeAlert(), makeAlert({ fingerprint: "2", rule: "two", labels: {} })],
  });

  it.each([400, 422])(
    "M4: is told alert by alert after %s, so that one takes no other with it",
    async (status) => {
      await using receiver = await startReceiver();
      const { sink, log } = makeSink(alertmanager, { urls: [receiver.url] });
      receiver.script(
        { status, body: "invalid label set" },
        { status: 200 },
        { status, body: "invalid label set" },
      );
      await sendOnce(sink, two);
      await sink.close();
      expect(
        receiver.bodies().map((body) => postedIn(body).map(({ labels }) => labels["alertname"])),
      ).toEqual([["image-pull-failing", "two"], ["image-pull-failing"], ["two"]]);
      expect(log.filter((line) => line.includes("refuses some alerts"))).toHaveLength(1);
    },
  );

  it("is one that a page for people answers, whatever its status", async () => {
    await using receiver = await startReceiver();
    const { sink } = makeSink(alertmanager, { urls: [receiver.url] });
    receiver.script({ status: 200, body: "<!doctype html><title>Sign in</title>" });
    expect(await failureOfSending(sink)).toMatchObject({
      class: "transient",
      message: expect.stringContaining("a page answered in place of Alertmanager"),
    });
    await sink.close();
  });

  it("is a refusal when none of its alerts is taken, and waits when a single one has to", async () => {
    await using receiver = await startReceiver();
    const { sink } = makeSink(alertmanager, { urls: [receiver.url] });
    const failure = async (): Promise<unknown> => sendOnce(sink, two).catch((error: unknown) => error);
    receiver.answer({ status: 400 });
    expect(await failure()).toMatchObject({ class: "poison" });
    receiver.script({ status: 400 }, { status: 200 }, { status: 503 });
    const thrown = await failure();
    await sink.close();
    expect(thrown).toBeInstanceOf(DeliveryError);
    expect(thrown).toMatchObject({ class: "transient" });
  });
});

describe("its options", () => {
  const faultsOf = (options: object) =>
    parseSink({ name: "am", type: "alertmanager", ...options }, [alertmanager]).faults;

  it("keep their faults apart, each at its place", () => {
    expect(faultsOf({ urls: [] })).toMatchObject([{ path: ["urls"] }]);
    expect(faultsOf({ urls: ["alertmanager:9093"] })).toMatchObject([{ path: ["urls", 0] }]);
    expect(faultsOf({ urls: ["http://am"], labels: { team: "{{ alert.nme }}" } })).toMatchObject([
      { path: ["labels", "team"], offset: expect.any(Number), message: expect.stringContaining("nme") },
    ]);
    expect(faultsOf({ urls: ["http://am"], resendEvery: "2h" })).toMatchObject([{ path: ["resendEvery"] }]);
    expect(faultsOf({ url: "http://am" })).not.toEqual([]);
  });

  it("take an address with a path, with that of the API, and with a password", async () => {
    await using receiver = await startReceiver();
    const withPassword = receiver.url.replace("http://", "http://tocsin:secret@");
    const urls = [`${receiver.url}/am/`, `${receiver.url}/api/v2/alerts`, withPassword];
    const { sink } = makeSink(alertmanager, { urls });
    await sendOnce(sink);
    await sink.close();
    expect(receiver.requests.map(({ path }) => path).toSorted()).toEqual([
      "/am/api/v2/alerts",
      "/api/v2/alerts",
      "/api/v2/alerts",
    ]);
    expect(receiver.requests.map(({ headers }) => headers["authorization"])).toContain(
      `Basic ${btoa("tocsin:secret")}`,
    );
  });
});
