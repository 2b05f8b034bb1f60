import type { NewDelivery, NewRecord, Notification } from "../../src/alert/index.ts";

/** A small notification; override what matters. */
export function makeNotification(over: Partial<Notification> = {}): Notification {
  return {
    version: "1",
    id: "n",
    sink: "ops",
    test: false,
    kind: "firing",
    trigger: "first",
    status: "firing",
    severity: "warning",
    cluster: "test",
    route: "default",
    group: { key: "g", labels: {} },
    title: "title",
    text: { own: "text", builtIn: "", note: "" },
    startsAt: "2026-06-01T10:00:00.000Z",
    endsAt: null,
    sentAt: "2026-06-01T10:00:00.000Z",
    occurrences: 1,
    suppressed: {},
    alerts: [],
    alertsOmitted: 0,
    links: { runbook: null, dashboard: null, silence: null, alert: null },
    ...over,
  };
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
