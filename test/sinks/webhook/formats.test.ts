import { readFileSync } from "node:fs";

import { CloudEvent, HTTP } from "cloudevents";
import { describe, expect, it } from "vitest";

import type { Notification } from "../../../src/alert/index.ts";
import { parseSink, previewOf } from "../../../src/sink/index.ts";
import { labelFingerprint } from "../../../src/sinks/webhook/formats/label-fingerprint.ts";
import { webhook } from "../../../src/sinks/webhook/webhook.ts";
import { shapeOf } from "../../receivers/shape-of.ts";
import { noDeadline } from "../../support/deadline.ts";
import { describeSink, failureOfSending, makeSink, sendOnce } from "../../support/describe-sink.ts";
import { type FakeReceiver, type ReceivedRequest, startReceiver } from "../../support/fake-receiver.ts";
import { HOSTILE_TEXTS } from "../../support/hostile-texts.ts";
import {
  makeAlert,
  makeNotification,
  makeNotificationOf,
  makeRecord,
  makeResolvedAlert,
  NOTIFICATIONS,
} from "../../support/notifications.ts";

/** Bodies that Alertmanager posted; test/receivers holds them against the real ones. */
const RECORDED = "test/fixtures/alertmanager";

type Options = Readonly<Record<string, unknown>>;

async function postedWith(
  options: Options,
  ...notifications: readonly Notification[]
): Promise<readonly ReceivedRequest[]> {
  await using receiver = await startReceiver();
  const { sink } = makeSink(webhook, { url: receiver.url, ...options });
  for (const notification of notifications) await sendOnce(sink, notification);
  await sink.close();
  return receiver.requests;
}

async function bodyOf(options: Options, notification: Notification = makeNotification()): Promise<unknown> {
  const [request] = await postedWith(options, notification);
  return JSON.parse(request?.body ?? "");
}

async function writtenWith(
  options: Options,
  ...ids: readonly string[]
): Promise<ReceivedRequest | undefined> {
  await using receiver: FakeReceiver = await startReceiver();
  const { sink } = makeSink(webhook, { url: receiver.url, ...options });
  await sink.write?.(
    ids.map((id) => makeRecord(id)),
    noDeadline(),
  );
  await sink.close();
  return receiver.requests[0];
}

const faultsOf = (options: Options) =>
  parseSink({ name: "hook", type: "webhook", url: "http://x", ...options }, [webhook]);

const TREE = {
  text: "{{ title }}\n{{ text }}",
  level: '{{ severity == "critical" ? 1 : 2 }}',
  fields: [
    { name: "count", value: "{{ occurrences }}" },
    "{{ alert.labels.namespace }}/{{ alert.labels.name }}",
  ],
  all: "{{ alerts }}",
  fixed: { number: 4, nothing: null, yes: true, text: "plain" },
};

describe.each([
  { format: "alertmanager", options: {}, key: "version" },
  { format: "cloudevents", options: {}, key: "specversion" },
  {
    format: "template",
    options: { template: { text: "{{ event.reason }}: {{ event.message }}" } },
    key: "text",
  },
])("the format $format", ({ format, options, key }) => {
  describeSink(webhook, {
    receiver: () => startReceiver(),
    options: ({ url }, secret) => ({ url: `${url}/${secret}`, format, ...options }),
    // W1: every body is JSON, whatever the texts in it are.
    check: (body) => {
      expect(body.isWellFormed()).toBe(true);
      expect(JSON.parse(body)).toHaveProperty(key);
    },
    checkRecord: (body) => expect(JSON.parse(body)).not.toBeNull(),
  });

  it("is what render shows", () => {
    const { sink } = faultsOf({ format, ...options });
    if (sink === undefined) throw new Error("expected a sink");
    const shown = previewOf(sink, makeNotification(), { now: 0, colour: false, onFailure: () => undefined });
    expect(JSON.parse(shown)).toHaveProperty(key);
  });
});

describe("the format alertmanager", () => {
  const format = { format: "alertmanager" };
  const recorded = (version: string): readonly Readonly<Record<string, unknown>>[] =>
    JSON.parse(readFileSync(`${RECORDED}/webhook-${version}.json`, "utf8")) as Record<string, unknown>[];
  const end = makeNotification({
    kind: "resolved",
    trigger: "all-resolved",
    status: "resolved",
    alerts: [makeResolvedAlert()],
  });

  it.each(["firing", "resolved"])(
    "W5: has the keys and types of a body that 0.35 posted: %s",
    async (status) => {
      const theirs = recorded("0.35").find((body) => body["status"] === status) ?? {};
      const ours = (await bodyOf(format, status === "firing" ? makeNotification() : end)) as Record<
        string,
        unknown
      >;
      const keys = (value: unknown): unknown => {
        // Labels and annotations are maps of texts, whichever they are.
        const { groupLabels, commonLabels, commonAnnotations, routeLabels, alerts, ...rest } =
          value as Record<string, unknown>;
        const texts = [groupLabels, commonLabels, commonAnnotations, routeLabels].map(onlyTexts);
        const inner = (alerts as Record<string, unknown>[]).map(({ labels, annotations, ...alert }) => ({
          ...alert,
          texts: [labels, annotations].map(onlyTexts),
        }));
        return shapeOf({ ...rest, texts, alerts: inner });
      };
      expect(keys(ours)).toEqual(keys(theirs));
      expect(ours["version"]).toBe("4");
      expect(ours["status"]).toBe(status);
      expect(ours["notification_reason"]).toBe(theirs["notification_reason"]);
    },
  );

  it("W5: has every key that 0.25 posted", async () => {
    const ours = (await bodyOf(format)) as Record<string, unknown>;
    for (const key of Object.keys(recorded("0.25")[0] ?? {})) expect(ours).toHaveProperty(key);
  });

  it("W5: has the fingerprint that Alertmanager gives to the same labels", () => {
    for (const version of ["0.25", "0.35"]) {
      const [{ alerts } = { alerts: [] }] = recorded(version);
      const [alert] = alerts as { readonly labels: Record<string, string>; readonly fingerprint: string }[];
      expect(labelFingerprint(alert?.labels ?? {})).toBe(alert?.fingerprint);
    }
  });

  it("has the zero time for the end of what fires, and the real end of the rest", async () => {
    const mixed = makeNotification({
      kind: "update",
      trigger: "ended-in-part",
      alerts: [makeAlert(), makeResolvedAlert(undefined, { fingerprint: "other" })],
    });
    expect(await bodyOf(format, mixed)).toMatchObject({
      status: "firing",
      notification_reason: "some alerts resolved",
      alerts: [
        { status: "firing", endsAt: "0001-01-01T00:00:00Z" },
        { status: "resolved", endsAt: "2026-06-01T10:25:00.000Z" },
      ],
    });
  });

  it("has the labels and annotations that all of its alerts have in common, and its group under Prometheus' names", async () => {
    const other = makeAlert({ labels: { ...makeAlert().labels, name: "web-2" }, title: "another" });
    const body = await bodyOf(format, makeNotification({ alerts: [makeAlert(), other], alertsOmitted: 3 }));
    expect(body).toMatchObject({
      receiver: "ops",
      groupKey: "default/image-pull-failing/prod-eu1",
      groupLabels: { alertname: "image-pull-failing", cluster: "prod-eu1" },
      commonLabels: { alertname: "image-pull-failing", namespace: "shop" },
      externalURL: "https://tocsin.example",
      truncatedAlerts: 3,
    });
    expect(body).not.toMatchObject({ commonLabels: { name: expect.anything() } });
    expect(body).not.toMatchObject({ commonAnnotations: { summary: expect.anything() } });
  });

  it("takes no merged messages, since receivers keep state by the key of a group, and no records", () => {
    const { sink } = faultsOf(format);
    expect(sink?.common.merges).toBe(false);
    expect(sink?.type.takes).toEqual(["alerts"]);
    expect(faultsOf({}).sink?.common.merges).toBe(true);
    expect(faultsOf({}).sink?.type.takes).toEqual(["alerts", "records"]);
  });
});

function onlyTexts(texts: unknown): boolean {
  return Object.values(texts as Record<string, unknown>).every((text) => typeof text === "string");
}

describe("the format cloudevents", () => {
  const format = { format: "cloudevents" };

  it.each(Object.entries(NOTIFICATIONS))(
    "W4: is an event that the package cloudevents reads: %s",
    async (_, given) => {
      const [request] = await postedWith(format, given);
      const event = HTTP.toEvent({ headers: { ...request?.headers }, body: request?.body ?? "" });
      if (!(event instanceof CloudEvent)) throw new Error("expected one event");
      expect(event.validate()).toBe(true);
      expect(event).toMatchObject({
        id: given.id,
        source: "/clusters/prod-eu1",
        type: `dev.tocsin.notification.${given.kind}`,
        data: { version: "1", title: given.title },
      });
    },
  );

  it("W4: names the object of its only alert, as it is, and else the group", async () => {
    const event = {
      ...makeAlert().event,
      involvedObject: { ...makeAlert().event.involvedObject, name: "a b é 中" },
    };
    expect(await bodyOf(format, makeNotification({ alerts: [makeAlert({ event })] }))).toMatchObject({
      subject: "shop/Pod/a b é 中",
      datacontenttype: "application/json",
      specversion: "1.0",
    });
    const two = makeNotification({ alerts: [makeAlert(), makeAlert({ fingerprint: "2" })] });
    expect(await bodyOf(format, two)).toMatchObject({ subject: "default/image-pull-failing/prod-eu1" });
  });

  it("W4: writes a cluster with blanks as a part of a URI", async () => {
    expect(await bodyOf(format, makeNotification({ cluster: "eu 1, us/2" }))).toMatchObject({
      source: "/clusters/eu%201%2C%20us%2F2",
    });
  });

  it("W4: makes an event of a record, and a batch of several", async () => {
    const one = await writtenWith(format, "a");
    expect(HTTP.toEvent({ headers: { ...one?.headers }, body: one?.body ?? "" })).toMatchObject({
      id: "a",
      type: "dev.tocsin.event",
      subject: "shop/Pod/web-1",
      data: { id: "a", kind: "event" },
    });
    const several = await writtenWith({ ...format, batch: { size: 10 } }, "a", "b");
    const events = HTTP.toEvent({ headers: { ...several?.headers }, body: several?.body ?? "" });
    expect(events).toMatchObject([{ id: "a" }, { id: "b" }]);
    expect(several?.headers["content-type"]).toBe("application/cloudevents-batch+json; charset=utf-8");
  });
});

describe("the format template", () => {
  const template = (tree: unknown): Options => ({ format: "template", template: tree });

  it("keeps the type of a text that is one hole, and makes text of all others", async () => {
    const body = await bodyOf(template(TREE));
    const notification = makeNotification();
    expect(body).toMatchObject({
      text: `${notification.title}\nBack-off pulling image "registry.example/shop/web:1.4.2"`,
      level: 2,
      fields: [{ name: "count", value: 57 }, "shop/web-1"],
      all: [{ rule: "image-pull-failing", occurrences: 57 }],
      fixed: { number: 4, nothing: null, yes: true, text: "plain" },
    });
  });

  it.each(Object.entries(HOSTILE_TEXTS))("W1: is JSON with inert text: %s", async (_, text) => {
    const [request] = await postedWith(
      template({ a: "{{ title }}", b: ["<{{ alert.event.message }}>"] }),
      makeNotificationOf(text),
    );
    expect(Object.keys(JSON.parse(request?.body ?? "") as object)).toEqual(["a", "b"]);
  });

  it("can be a list, a single value, or have strange keys", async () => {
    expect(await bodyOf(template(["{{ status }}", 1]))).toEqual(["firing", 1]);
    expect(await bodyOf(template("{{ occurrences }}"))).toBe(57);
    expect(await bodyOf(template({ "{{ status }}": 1, "": "{{ status }}" }))).toEqual({
      "{{ status }}": 1,
      "": "firing",
    });
  });

  it("writes values as JSON text and times in a layout", async () => {
    const tree = {
      labels: "labels: {{ group.labels.json() }}",
      at: '{{ startsAt.format("yyyy-MM-dd HH:mm", "Europe/Berlin") }}',
    };
    expect(await bodyOf(template(tree))).toEqual({
      labels: 'labels: {"rule":"image-pull-failing","cluster":"prod-eu1"}',
      at: "2026-06-01 12:00",
    });
  });

  it("is for records too, with their keys", async () => {
    const tree = {
      id: "{{ id }}",
      n: "{{ delta }}",
      what: "{{ event.reason }} {{ event.involvedObject.name }}",
      at: '{{ event.lastSeen.format("yyyyMMdd") }}',
    };
    const one = await writtenWith(template(tree), "a");
    expect(JSON.parse(one?.body ?? "")).toEqual({ id: "a", n: 1, what: "BackOff web-1", at: "20260601" });
    const several = await writtenWith({ ...template(tree), batch: { size: 5 } }, "a", "b");
    expect(JSON.parse(several?.body ?? "")).toMatchObject([{ id: "a" }, { id: "b" }]);
  });

  it("takes what its texts can be made of", () => {
    expect(faultsOf(template({ a: "{{ title }}" })).sink?.type.takes).toEqual(["alerts"]);
    expect(faultsOf(template({ a: "{{ delta }}" })).sink?.type.takes).toEqual(["records"]);
    expect(faultsOf(template({ a: "{{ event.reason }}" })).sink?.type.takes).toEqual(["alerts", "records"]);
  });

  it("W1: has every fault at its place before anything is sent", () => {
    const tree = {
      fine: "{{ title }}",
      list: [{ wrong: "x {{ alert.labls }}" }],
      open: "{{ title ",
      zone: '{{ startsAt.format("yyyy", "Nowhere") }}',
    };
    expect(faultsOf(template(tree)).faults).toMatchObject([
      { level: "error", path: ["template", "list", 0, "wrong"], offset: expect.any(Number) },
      { level: "error", path: ["template", "open"] },
    ]);
    expect(faultsOf(template({ zone: tree.zone })).faults).toMatchObject([
      { level: "error", path: ["template", "zone"], message: expect.stringContaining("Nowhere") },
    ]);
    expect(faultsOf(template({ team: "{{ alert.labels.team }}" }))).toMatchObject({
      faults: [
        { level: "warning", path: ["template", "team"], message: expect.stringContaining(".default") },
      ],
      sink: { name: "hook" },
    });
    expect(faultsOf(template({ team: '{{ alert.labels.team.default("") }}' })).faults).toEqual([]);
  });

  it("that fails on a message makes a dead letter of it, with the reason", async () => {
    await using receiver = await startReceiver();
    const { sink } = makeSink(webhook, {
      url: receiver.url,
      ...template({ owner: "{{ alert.labels.owner }}" }),
    });
    const failure = await failureOfSending(sink);
    await sink.close();
    expect(failure).toMatchObject({ class: "poison", failure: "misconfigured" });
    expect(failure.message).toContain("alert.labels.owner");
    expect(receiver.requests).toEqual([]);
  });
});

describe("an answer that is expected", () => {
  const answered = async (expected: Options, answer: { readonly status: number; readonly body?: string }) => {
    await using receiver = await startReceiver();
    const { sink } = makeSink(webhook, { url: receiver.url, expect: expected });
    receiver.answer(answer);
    const thrown: unknown = await sendOnce(sink).catch((error: unknown) => error);
    await sink.close();
    return thrown;
  };
  const OK = { regex: '"errcode":\\s*0\\b' };

  it("W11: is one whose text says so; any other is a refusal of the given class", async () => {
    expect(await answered({ body: OK }, { status: 200, body: '{"errcode": 0}' })).toBeUndefined();
    const refused = { status: 200, body: '{"errcode":310000,"errmsg":"sign not match"}' };
    expect(await answered({ body: OK }, refused)).toMatchObject({ class: "transient", failure: "rejected" });
    for (const kind of ["poison", "broken"])
      expect(await answered({ body: OK, class: kind }, refused)).toMatchObject({
        class: kind,
        message: expect.stringContaining("sign not match"),
      });
  });

  it("W11: has one of the statuses, where they are named", async () => {
    expect(await answered({ status: 202 }, { status: 202 })).toBeUndefined();
    expect(await answered({ status: [200, 409] }, { status: 409 })).toBeUndefined();
    expect(await answered({ status: 202, class: "broken" }, { status: 200 })).toMatchObject({
      class: "broken",
    });
    expect(await answered({ status: 202 }, { status: 503 })).toMatchObject({
      class: "transient",
      failure: "server",
    });
    expect(await answered({ status: 202, class: "poison" }, { status: 401 })).toMatchObject({
      failure: "unauthorized",
    });
  });

  it("W11: is tried again when its text is cut off", async () => {
    await using receiver = await startReceiver();
    const { sink } = makeSink(webhook, { url: receiver.url, expect: { body: OK, class: "poison" } });
    receiver.answer("cut after 200");
    expect(await failureOfSending(sink)).toMatchObject({ class: "transient", failure: "network" });
    await sink.close();
  });

  it("is checked at load", () => {
    expect(faultsOf({ expect: { body: { regex: "(" } } }).faults).toMatchObject([
      { path: ["expect", "body", "regex"], level: "error" },
    ]);
    expect(faultsOf({ expect: { status: 99 } }).faults).toHaveLength(1);
    expect(faultsOf({ expect: { class: "gone" } }).faults).toHaveLength(1);
  });
});
