import type { NewDelivery, NewRecord, Notification } from "../../src/alert/index.ts";
import { makeNotification as makeFirstMessage } from "./notifications.ts";

/** A small notification, about no alert; override what matters. */
export function makeNotification(over: Partial<Notification> = {}): Notification {
  return makeFirstMessage({
    id: "n",
    cluster: "test",
    group: { key: "g", labels: {} },
    title: "title",
    text: { own: "text", builtIn: "", note: "" },
    startsAt: "2026-06-01T10:00:00.000Z",
    sentAt: "2026-06-01T10:00:00.000Z",
    occurrences: 1,
    alerts: [],
    links: { runbook: null, dashboard: null, silence: null, alert: null },
    ...over,
  });
}

/** A delivery of group `g` for sink `ops`; `kind` also decides `opening`. */
export function makeDelivery(
  id: string,
  over: Partial<Omit<NewDelivery, "notification">> & { readonly kind?: Notification["kind"] } = {},
): NewDelivery {
  const { kind = "firing", ...rest } = over;
  const sink = rest.sink ?? "ops";
  return {
    id,
    sink,
    groupKey: "g",
    notification: makeNotification({ id, sink, kind, title: `${kind} ${id}` }),
    opening: kind === "firing",
    ifOpeningUnsent: undefined,
    createdAt: 1000,
    expiresAt: undefined,
    ...rest,
  };
}

/** A record for sink `ops`. */
export function makeRecord(id: string, over: Partial<NewRecord> = {}): NewRecord {
  return {
    id,
    sink: "ops",
    body: JSON.stringify({
      version: "1",
      id,
      event: { reason: "Failed", involvedObject: { kind: "Pod", namespace: "shop", name: id } },
    }),
    createdAt: 1000,
    expiresAt: undefined,
    ...over,
  };
}
