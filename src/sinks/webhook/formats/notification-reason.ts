import type { Notification } from "../../../alert/index.ts";

/**
 * Why Alertmanager would send this message, in its words (`NotifyReason` in notify/notify.go of 0.35); "unknown" for
 * reasons that it does not have.
 */
export function notificationReason({ kind, trigger }: Pick<Notification, "kind" | "trigger">): string {
  if (kind === "firing") return "first notification";
  if (kind === "repeat") return "repeat interval elapsed";
  if (trigger === "new-alert" || trigger === "again") return "new alerts added";
  if (trigger === "ended-in-part") return "some alerts resolved";
  if (trigger === "all-resolved") return "all alerts resolved";
  return "unknown";
}
