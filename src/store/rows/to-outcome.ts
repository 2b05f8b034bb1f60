import type { DeliveryOutcome, Notification } from "../../alert/index.ts";
import { fromStoredJson } from "./stored-json.ts";

/** The outcome that a row of an ended delivery tells. */
export function toOutcome(row: Readonly<Record<string, unknown>>): DeliveryOutcome {
  // Written by `add` from the same type; the state is checked by the schema and is an end here.
  const notification = fromStoredJson(row["notification"]) as Notification | undefined;
  const alerts = notification?.alerts ?? [];
  return {
    id: String(row["id"]),
    sink: String(row["sink"]),
    groupKey: String(row["group_key"]),
    kind: row["kind"] as DeliveryOutcome["kind"],
    outcome: row["state"] as DeliveryOutcome["outcome"],
    firing: alerts.flatMap((alert) => (alert.status === "firing" ? [alert.fingerprint] : [])),
    at: Number(row["ended_at"]),
  };
}
