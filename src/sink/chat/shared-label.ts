import type { Notification } from "../../alert/index.ts";

/** The value that a label has in all alerts of a message; "" where they differ, or none has it. */
export function sharedLabel({ alerts }: Pick<Notification, "alerts">, name: string): string {
  const values = new Set(alerts.map(({ labels }) => labels[name] ?? ""));
  const [only = ""] = values;
  return values.size === 1 ? only : "";
}

/** The workload that all alerts of a message are about, else their object as `Kind/name`; "" where they differ. */
export function sharedObject(notification: Pick<Notification, "alerts">): string {
  const names = notification.alerts.map(({ labels }) => {
    const { namespace = "", workload = "", kind = "", name = "" } = labels;
    const object = [kind, name].filter((part) => part !== "").join("/");
    return { namespace, object: workload || object };
  });
  const [first] = names;
  const isShared = names.every((one) => one.namespace === first?.namespace && one.object === first.object);
  return isShared ? (first?.object ?? "") : "";
}
