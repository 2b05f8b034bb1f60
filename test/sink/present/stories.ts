import type { Notification } from "../../../src/alert/index.ts";
import { selfNotification } from "../../../src/self/self-notification.ts";
import { testNotification } from "../../../src/sink/index.ts";
import {
  builtInText,
  makeAlert,
  makeNotification,
  makeObject,
  makeResolvedAlert,
  makeWireEvent,
  ownText,
} from "../../support/notifications.ts";
import { DIGESTS } from "./digest-stories.ts";

const ABOUT = { sink: "ops", cluster: "prod-eu1", now: Date.parse("2026-06-01T10:05:00.000Z") };
const NO_LINKS = { runbook: null, dashboard: null, silence: null, alert: null };

const LEDGER = makeAlert({
  fingerprint: "9a8b7c6d5e4f3a2b1c0d",
  labels: { ...makeAlert().labels, namespace: "pay", name: "ledger-0", workload: "StatefulSet/ledger" },
  title: "Image cannot be pulled: StatefulSet ledger in pay",
  startsAt: "2026-06-01T10:03:00.000Z",
  occurrences: 4,
  objects: [makeObject({ namespace: "pay", name: "ledger-0", occurrences: 4 })],
});

const WEB = makeAlert({ title: "Image cannot be pulled: Deployment web in shop" });

const NODE = makeAlert({
  rule: "node-not-ready",
  severity: "critical",
  labels: {
    ...makeAlert().labels,
    rule: "node-not-ready",
    namespace: "",
    kind: "Node",
    workload: "Node/node-3",
  },
  title: "Node is not ready: node-3",
  text: "Pods on it are moved elsewhere after five minutes.",
  occurrences: 1,
  objects: [makeObject({ kind: "Node", namespace: "", name: "node-3", container: "", occurrences: 1 })],
  event: makeWireEvent({
    reason: "NodeNotReady",
    message: "Node node-3 status is now: NodeNotReady",
    source: { component: "node-controller", host: "" },
  }),
});

const DELETED = { how: "deleted", reason: "" } as const;

/** One notification of each kind in the words of the engine, as a reader would get them. Keyed by file name. */
export const STORIES: Readonly<Record<string, Notification>> = {
  firing: makeNotification({ title: WEB.title, alerts: [WEB] }),
  "firing-critical": makeNotification({
    severity: "critical",
    title: NODE.title,
    text: ownText(NODE.text),
    occurrences: 1,
    suppressed: { inhibition: 41 },
    alerts: [NODE],
    links: NO_LINKS,
  }),
  update: makeNotification({
    kind: "update",
    trigger: "new-alert",
    title: "1 more workload (now 2): A container image cannot be pulled",
    text: builtInText(`- ${LEDGER.title} (4 times)\n- ${WEB.title} (57 times)`),
    occurrences: 61,
    alerts: [LEDGER, WEB],
    sentAt: "2026-06-01T10:08:00.000Z",
  }),
  repeat: makeNotification({
    kind: "repeat",
    trigger: "repeat",
    title: `Still: ${WEB.title}`,
    occurrences: 940,
    alerts: [{ ...WEB, occurrences: 940 }],
    sentAt: "2026-06-02T08:30:00.000Z",
  }),
  "ended-in-part": makeNotification({
    kind: "update",
    trigger: "ended-in-part",
    title: "Deleted for 1 of 2 workloads (1 goes on): A container image cannot be pulled",
    text: {
      own: "",
      builtIn: WEB.text,
      note: "Ended meanwhile: StatefulSet/ledger in pay (gone after 6 min 30 s).",
    },
    alerts: [WEB, { ...LEDGER, status: "resolved", endsAt: "2026-06-01T10:09:30.000Z", resolvedBy: DELETED }],
    sentAt: "2026-06-01T10:30:00.000Z",
  }),
  "resolved-by-event": end(
    { how: "event", reason: "Pulled" },
    "Resolved: ",
    "Ended after 25 min: Pulled seen.",
  ),
  "resolved-quiet": end(
    { how: "quiet", reason: "" },
    "No longer seen: ",
    "Last seen after 4 min: quiet for 21 min.",
  ),
  "resolved-healthy": end(
    { how: "healthy", reason: "", what: "3 of 3 pods ready" },
    "Resolved: ",
    "Ended after 25 min: 3 of 3 pods ready since 10:25:00Z.",
  ),
  deleted: end(
    { how: "deleted", reason: "", atLatest: true },
    "Deleted: ",
    "Ended after 25 min at the latest: object deleted.",
  ),
  "resolved-several": makeNotification({
    kind: "resolved",
    trigger: "all-resolved",
    status: "resolved",
    title: "Over: 2 workloads: A container image cannot be pulled",
    endsAt: "2026-06-01T10:25:00.000Z",
    sentAt: "2026-06-01T10:26:00.000Z",
    occurrences: 61,
    alerts: [
      makeResolvedAlert({ how: "healthy", reason: "", what: "3 of 3 pods ready" }),
      { ...LEDGER, status: "resolved", endsAt: "2026-06-01T10:09:30.000Z", resolvedBy: DELETED },
    ],
  }),
  "cleared-before-delivery": {
    ...end({ how: "event", reason: "Pulled" }, "Happened and cleared before it could be delivered: ", ""),
    trigger: "cleared-before-delivery",
  },
  ...DIGESTS.any,
  test: testNotification({ id: "test-1", ...ABOUT }),
  self: selfNotification(
    {
      incident: {
        key: "sink:ops-mail",
        severity: "warning",
        title: "sink ops-mail is broken",
        text: "The mail server refuses the credentials. Nothing is lost: 3 mails wait until the password is right.",
        failingSinks: ["ops-mail"],
      },
      status: "firing",
      since: ABOUT.now,
      times: 1,
    },
    { id: "1", ...ABOUT },
  ),
};

function end(
  resolvedBy: NonNullable<ReturnType<typeof makeAlert>["resolvedBy"]>,
  prefix: string,
  text: string,
): Notification {
  return makeNotification({
    kind: "resolved",
    trigger: "all-resolved",
    status: "resolved",
    title: prefix + WEB.title,
    text: builtInText(text),
    endsAt: "2026-06-01T10:25:00.000Z",
    sentAt: "2026-06-01T10:26:00.000Z",
    alerts: [makeResolvedAlert(resolvedBy, { title: WEB.title })],
  });
}

/** When a story is told. */
export function toldAt(story: Notification): number {
  return Date.parse(story.sentAt);
}
