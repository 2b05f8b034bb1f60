import type { NotifiedAlert } from "../notification.ts";

/** Alerts of one message that have logs: further ones would push everything else out of it. */
const MOST_WITH_LOGS = 3;

/** The alerts, of which at most the first three that have logs keep them. */
export function fewLogs(alerts: readonly NotifiedAlert[]): readonly NotifiedAlert[] {
  let count = 0;
  return alerts.map((alert) => {
    if (alert.evidence?.logs === undefined) return alert;
    count += 1;
    return count > MOST_WITH_LOGS ? bare(alert) : alert;
  });
}

/** Whether a message has lines of logs about an alert. */
export function hasLogs({ evidence }: Pick<NotifiedAlert, "evidence">): boolean {
  return evidence?.logs !== undefined;
}

function bare(alert: NotifiedAlert): NotifiedAlert {
  if (alert.evidence?.logs === undefined) return alert;
  const { logs: _, ...evidence } = alert.evidence;
  return { ...alert, evidence };
}
