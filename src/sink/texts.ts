import { type EventRecord, type Notification, type NotifiedEvidence, toNativeBody } from "../alert/index.ts";
import { createEnvironment, type Environment, type Fields, type Template } from "../expression/index.ts";
import type { CommonOptions } from "./configured-sink.ts";
import { eventScope } from "./event-scope.ts";
import { withoutLogs } from "./without-logs.ts";

const REF: Fields = {
  kind: "string",
  apiVersion: "string",
  namespace: "string",
  name: "string",
  uid: "string",
  fieldPath: "string",
  container: "string",
  labels: "map<string, string>",
  annotations: "map<string, string>",
  owner: { kind: "string", name: "string" },
};

const EVENT: Fields = {
  uid: "string",
  name: "string",
  namespace: "string",
  kind: "string",
  container: "string",
  component: "string",
  host: "string",
  note: "string",
  type: "string",
  reason: "string",
  message: "string",
  action: "string",
  count: "int",
  source: { component: "string", host: "string" },
  involvedObject: REF,
  related: REF,
  firstSeen: "timestamp",
  lastSeen: "timestamp",
  metadata: {
    name: "string",
    namespace: "string",
    labels: "map<string, string>",
    annotations: "map<string, string>",
  },
};

const ALERT: Fields = {
  fingerprint: "string",
  rule: "string",
  status: "string",
  severity: "string",
  labels: "map<string, string>",
  title: "string",
  text: "string",
  runbook: "string",
  dashboard: "string",
  startsAt: "timestamp",
  endsAt: "dyn",
  resolvedBy: { how: "string", reason: "string", what: "string", atLatest: "bool" },
  occurrences: "int",
  objects: "dyn",
  objectsOmitted: "int",
  evidence: { summary: "string", facts: "dyn", containers: "dyn", workload: "dyn", changes: "dyn" },
  event: EVENT,
};

/** The keys of the native body, with `alert` and `event` as short forms of its first alert. */
const NOTIFICATION: Fields = {
  version: "string",
  id: "string",
  sink: "string",
  test: "bool",
  kind: "string",
  trigger: "string",
  status: "string",
  severity: "string",
  cluster: "string",
  route: "string",
  group: { key: "string", labels: "map<string, string>" },
  title: "string",
  text: "string",
  startsAt: "timestamp",
  endsAt: "dyn",
  sentAt: "timestamp",
  occurrences: "int",
  suppressed: "dyn",
  alerts: "dyn",
  alertsOmitted: "int",
  links: { runbook: "string", dashboard: "string", silence: "string", alert: "string" },
  alert: ALERT,
  event: EVENT,
};

/** Stands for an unknown cause, so that a text reads "" and empty lists. */
const NO_EVIDENCE: Omit<NotifiedEvidence, "at"> = {
  summary: "",
  facts: [],
  containers: [],
  workload: null,
  changes: [],
};

/** The variables of a sink's `title` and `text`. */
export function createTextEnvironment(): Environment {
  return createEnvironment(NOTIFICATION);
}

/** The variables of a text about a record: its keys. */
export function createRecordEnvironment(): Environment {
  return createEnvironment({
    version: "string",
    id: "string",
    kind: "string",
    forward: "string",
    cluster: "string",
    receivedAt: "timestamp",
    delta: "int",
    event: EVENT,
  });
}

/** The variables of a text about one alert. */
export function createAlertEnvironment(): Environment {
  return createEnvironment({ alert: ALERT, event: EVENT, cluster: "string" });
}

/** Context of `withTexts`. */
export interface TextUse {
  /** Epoch milliseconds, for `ago()`. */
  readonly now: number;
  /** Called for a failed template; the built-in text is used instead. */
  readonly onFailure: (option: "title" | "text", error: unknown) => void;
}

/** The notification with the sink's own title and text, and without lines of logs where the sink wants none. */
export function withTexts(
  notification: Notification,
  { title, text, logs }: Pick<CommonOptions, "title" | "text" | "logs">,
  use: TextUse,
): Notification {
  return worded(logs ? notification : withoutLogs(notification), { title, text }, use);
}

/** The values of the variables of `createTextEnvironment`. @param now Epoch milliseconds. */
export function textScope(notification: Notification, now: number): Readonly<Record<string, unknown>> {
  const [alert] = notification.alerts;
  const known = alert && { evidence: NO_EVIDENCE, ...alert };
  const { text } = toNativeBody(notification);
  const event = alert && eventScope(alert.event);
  return { ...notification, text, alert: known && { ...known, event }, event, now };
}

/** The values of the variables of `createRecordEnvironment`. @param now Epoch milliseconds. */
export function recordScope(record: EventRecord, now: number): Readonly<Record<string, unknown>> {
  return { ...record, event: eventScope(record.event), now };
}

function worded(
  notification: Notification,
  { title, text }: Pick<CommonOptions, "title" | "text">,
  use: TextUse,
): Notification {
  if (title === undefined && text === undefined) return notification;
  const { note, ...words } = notification.text;
  // The note stands beside the sink's own text, so it is not inside it.
  const scope = textScope({ ...notification, text: { ...words, note: "" } }, use.now);
  const render = (option: "title" | "text", template: Template | undefined): string | undefined => {
    try {
      return template?.render(scope);
    } catch (error) {
      use.onFailure(option, error);
      return undefined;
    }
  };
  const own = render("text", text);
  return {
    ...notification,
    title: render("title", title) ?? notification.title,
    text: own === undefined ? notification.text : { own, builtIn: "", note },
  };
}
