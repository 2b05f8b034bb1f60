import type {
  EventRecord,
  MessageText,
  Notification,
  NotifiedAlert,
  NotifiedEvidence,
  NotifiedObject,
  WireEvent,
} from "../../src/alert/index.ts";
import type { SinkRecord } from "../../src/sink/index.ts";

const MINUTE_MS = 60_000;
const STARTS_AT = Date.parse("2026-06-01T10:00:00Z");

/** RFC 3339, so many minutes after the story began. */
function at(minutes: number): string {
  return new Date(STARTS_AT + minutes * MINUTE_MS).toISOString();
}

/** The text of a message that a rule or a sink has written. */
export function ownText(own: string): MessageText {
  return { own, builtIn: "", note: "" };
}

/** The text of a message by Tocsin itself. */
export function builtInText(builtIn: string): MessageText {
  return { own: "", builtIn, note: "" };
}

/** The kubelet's BackOff of an image that cannot be pulled. */
export function makeWireEvent(overrides: Partial<WireEvent> = {}): WireEvent {
  return {
    uid: "0b6f4c1e-6f0e-4c6e-9a57-2f1f6f3b9d10",
    name: "web-1.18a3f0c2d4e5b6a7",
    namespace: "shop",
    type: "Normal",
    reason: "BackOff",
    message: 'Back-off pulling image "registry.example/shop/web:1.4.2"',
    action: "",
    count: 3,
    source: { component: "kubelet", host: "node-1" },
    involvedObject: {
      kind: "Pod",
      apiVersion: "v1",
      namespace: "shop",
      name: "web-1",
      uid: "6d1f6a52-5d8b-4a43-8df1-6c0c1a1f7f01",
      fieldPath: "spec.containers{app}",
      container: "app",
    },
    related: null,
    firstSeen: at(0),
    lastSeen: at(4),
    metadata: { labels: {}, annotations: {} },
    ...overrides,
  };
}

/** One Pod that the alert is about. */
export function makeObject(overrides: Partial<NotifiedObject> = {}): NotifiedObject {
  return {
    kind: "Pod",
    namespace: "shop",
    name: "web-1",
    container: "app",
    occurrences: 3,
    firstSeen: at(0),
    lastSeen: at(4),
    message: 'Back-off pulling image "registry.example/shop/web:1.4.2"',
    ...overrides,
  };
}

/** A firing alert over three Pods of one Deployment. */
export function makeAlert(overrides: Partial<NotifiedAlert> = {}): NotifiedAlert {
  return {
    fingerprint: "5f1c2ab09d3e4f6a7b8c",
    rule: "image-pull-failing",
    status: "firing",
    severity: "warning",
    labels: {
      rule: "image-pull-failing",
      severity: "warning",
      cluster: "prod-eu1",
      namespace: "shop",
      kind: "Pod",
      name: "web-1",
      workload: "Deployment/web",
      reason: "BackOff",
      type: "Normal",
      component: "kubelet",
      container: "app",
      node: "node-1",
      team: "shop",
    },
    title: "Image cannot be pulled: Deployment/web",
    text: 'Back-off pulling image "registry.example/shop/web:1.4.2"',
    runbook: "https://runbooks.example/image-pull",
    dashboard: null,
    startsAt: at(0),
    endsAt: null,
    resolvedBy: null,
    occurrences: 57,
    objects: [makeObject(), makeObject({ name: "web-2" }), makeObject({ name: "web-3", occurrences: 1 })],
    objectsOmitted: 0,
    event: makeWireEvent(),
    ...overrides,
  };
}

/** The same alert after its end. */
export function makeResolvedAlert(
  resolvedBy: NotifiedAlert["resolvedBy"] = { how: "event", reason: "Pulled" },
  overrides: Partial<NotifiedAlert> = {},
): NotifiedAlert {
  return makeAlert({ status: "resolved", endsAt: at(25), resolvedBy, ...overrides });
}

/** The first message about one alert. */
export function makeNotification(overrides: Partial<Notification> = {}): Notification {
  return {
    version: "1",
    id: "0197304f-5a00-7c31-a1b2-000000000001",
    sink: "ops",
    test: false,
    kind: "firing",
    trigger: "first",
    status: "firing",
    severity: "warning",
    cluster: "prod-eu1",
    route: "default",
    group: {
      key: "default/image-pull-failing/prod-eu1",
      labels: { rule: "image-pull-failing", cluster: "prod-eu1" },
    },
    title: "Image cannot be pulled: Deployment/web",
    problem: "",
    text: builtInText('Back-off pulling image "registry.example/shop/web:1.4.2"'),
    startsAt: at(0),
    endsAt: null,
    sentAt: at(5),
    occurrences: 57,
    suppressed: {},
    alerts: [makeAlert()],
    alertsOmitted: 0,
    links: {
      runbook: "https://runbooks.example/image-pull",
      dashboard: null,
      silence: "https://tocsin.example/silence?rule=image-pull-failing",
      alert: "https://tocsin.example/alerts/5f1c2ab09d3e4f6a7b8c",
    },
    ...overrides,
  };
}

const SECOND_ALERT = makeAlert({
  fingerprint: "9a8b7c6d5e4f3a2b1c0d",
  severity: "critical",
  labels: { ...makeAlert().labels, namespace: "pay", workload: "StatefulSet/ledger", severity: "critical" },
  title: "Image cannot be pulled: StatefulSet/ledger",
  startsAt: at(3),
  occurrences: 4,
  objects: [makeObject({ namespace: "pay", name: "ledger-0", occurrences: 4 })],
});

function makeEnd(
  trigger: Notification["trigger"],
  resolvedBy: NotifiedAlert["resolvedBy"],
  overrides: Partial<Notification> = {},
): Notification {
  return makeNotification({
    kind: "resolved",
    trigger,
    status: "resolved",
    endsAt: at(25),
    sentAt: at(26),
    alerts: [makeResolvedAlert(resolvedBy)],
    ...overrides,
  });
}

/** Evidence about the one pod and workload of an alert. */
export function makeEvidence(overrides: Partial<NotifiedEvidence> = {}): NotifiedEvidence {
  const text = "exit 137 OOMKilled after 15 s, limit 40Mi, 3 restarts";
  return {
    at: at(1),
    summary: `${text} · 0 of 2 ready: nothing serves`,
    facts: [],
    containers: [
      {
        object: "Pod/web-1",
        name: "app",
        image: "web:1",
        restarts: 3,
        memoryLimit: "40Mi",
        waiting: "",
        exit: { code: 137, reason: "OOMKilled", at: at(1), ranSeconds: 15 },
        text,
      },
    ],
    workload: {
      object: "Deployment/web",
      ready: 0,
      desired: 2,
      updated: 2,
      revision: "3",
      text: "0 of 2 ready: nothing serves",
    },
    changes: [],
    ...overrides,
  };
}

/** One realistic notification of each kind and trigger, and of each way an alert can end. Keyed by its name. */
export const NOTIFICATIONS: Readonly<Record<string, Notification>> = {
  first: makeNotification(),
  "first, several alerts": makeNotification({
    severity: "critical",
    title: "2 workloads: Image cannot be pulled",
    alerts: [SECOND_ALERT, makeAlert()],
    alertsOmitted: 12,
    occurrences: 61,
    suppressed: { threshold: 4 },
  }),
  "new alert": makeNotification({
    kind: "update",
    trigger: "new-alert",
    severity: "critical",
    alerts: [SECOND_ALERT, makeAlert()],
    occurrences: 61,
  }),
  "worse severity": makeNotification({
    kind: "update",
    trigger: "severity",
    severity: "critical",
    alerts: [makeAlert({ severity: "critical" })],
  }),
  "with its cause": makeNotification({ alerts: [makeAlert({ evidence: makeEvidence() })] }),
  repeat: makeNotification({ kind: "repeat", trigger: "repeat", sentAt: at(240), occurrences: 940 }),
  "resolved by an event": makeEnd("all-resolved", { how: "event", reason: "Pulled" }),
  "resolved by deletion": makeEnd("all-resolved", { how: "deleted", reason: "" }),
  "no longer seen": makeEnd("all-resolved", { how: "quiet", reason: "" }),
  "too old": makeEnd("all-resolved", { how: "max-age", reason: "" }),
  "rule removed": makeEnd("all-resolved", { how: "rule-removed", reason: "" }),
  "cleared before delivery": makeEnd("cleared-before-delivery", { how: "event", reason: "Pulled" }),
  moved: makeEnd("moved", null, { alerts: [makeAlert()] }),
  self: makeNotification({
    trigger: "self",
    route: "self",
    group: { key: "self/sink-broken", labels: { rule: "tocsin-sink-broken", cluster: "prod-eu1" } },
    title: "Sink ops-mail is broken",
    text: builtInText("the server refused the credentials"),
    links: { runbook: null, dashboard: null, silence: null, alert: null },
    alerts: [
      makeAlert({
        rule: "tocsin-sink-broken",
        title: "Sink ops-mail is broken",
        text: "the server refused the credentials",
        runbook: null,
      }),
    ],
  }),
  test: makeNotification({
    test: true,
    trigger: "test",
    severity: "info",
    title: "Test message",
    text: builtInText("sent by tocsin send-test"),
    alerts: [makeAlert({ severity: "info" })],
  }),
};

/** A notification in which everything that came from an Event, or was rendered from one, is this text. */
export function makeNotificationOf(text: string): Notification {
  const object = makeObject({ namespace: text, name: text, container: text, message: text });
  const ref = { ...makeWireEvent().involvedObject, namespace: text, name: text, container: text };
  const event = makeWireEvent({
    name: text,
    namespace: text,
    reason: text,
    message: text,
    action: text,
    source: { component: text, host: text },
    involvedObject: ref,
    related: ref,
    metadata: { labels: { app: text }, annotations: { note: text } },
  });
  const container = { object: `${object.kind}/${text}`, name: text, image: text, waiting: text, text };
  const evidence = makeEvidence({
    summary: text,
    facts: [{ name: "state", value: text, object: text }],
    containers: makeEvidence().containers.map((each) => ({ ...each, ...container })),
    changes: [{ at: at(0), what: "rollout", text }],
  });
  const labels = Object.fromEntries(Object.keys(makeAlert().labels).map((name) => [name, text]));
  return makeNotification({
    title: text,
    text: ownText(text),
    group: { key: text, labels: { rule: text, reason: text } },
    alerts: [makeAlert({ title: text, text, labels, objects: [object, object], event, evidence })],
  });
}

/** A notification in which each part is longer than any receiver takes, of signs that most of them escape. */
export function makeLongest(sign = '*"\\'): Notification {
  const long = (length: number): string => `a ${sign}`.repeat(length / 4);
  const path = (name: string): string => `https://${name}.example/${"x".repeat(900)}`;
  const objects = Array.from({ length: 30 }, (_, index) =>
    makeObject({ name: `web-${index}-${"y".repeat(200)}`, message: long(2000) }),
  );
  const alerts = Array.from({ length: 30 }, (_, index) =>
    makeAlert({
      fingerprint: String(index),
      rule: `rule-${index}`,
      title: long(300),
      objects,
      event: makeWireEvent({ message: long(4000) }),
      evidence: makeEvidence({
        summary: long(500),
        logs: [{ object: "Pod/web-1", container: "app", lines: Array(40).fill(long(200)) }],
      }),
    }),
  );
  return makeNotification({
    title: long(400),
    text: { own: long(4000), builtIn: "", note: long(1000) },
    cluster: long(200),
    alerts,
    links: {
      runbook: path("runbook"),
      dashboard: path("dashboard"),
      silence: path("silence"),
      alert: path("alert"),
    },
  });
}

/** A forwarded occurrence as delivery hands it to a record sink. */
export function makeRecord(id: string, event: Partial<WireEvent> = {}): SinkRecord {
  const record: EventRecord = {
    version: "1",
    id,
    kind: "event",
    forward: "all",
    cluster: "prod-eu1",
    receivedAt: at(5),
    delta: 1,
    event: makeWireEvent(event),
  };
  return { id, body: JSON.stringify(record) };
}
