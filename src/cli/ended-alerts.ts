import { type EndedAlert, HistoryPage } from "../api/index.ts";
import { formatDuration } from "../lib/duration.ts";
import type { ExitStatus, Io } from "./io.ts";
import { look, type QueryOptions, when } from "./look.ts";
import { SEVERITY_STYLES } from "./severity-styles.ts";
import type { Column } from "./table.ts";

/** Options of the command. */
export interface EndedAlertsOptions extends QueryOptions {
  readonly rule?: string;
  readonly namespace?: string;
  readonly since?: string;
}

/** Lists alerts that are over, and who was told of them, or why nobody was. */
export function endedAlerts(options: EndedAlertsOptions, io: Io): Promise<ExitStatus> {
  const { rule, namespace, since } = options;
  const query = { rule, namespace, since };
  return look({ path: "history", query, schema: HistoryPage, columns, sentence }, options, io);
}

function columns(at: number): readonly Column<EndedAlert>[] {
  return [
    {
      title: "SEVERITY",
      cell: ({ severity }) => severity,
      style: ({ severity }) => SEVERITY_STYLES[severity],
    },
    { title: "ENDED", cell: ({ resolvedAt }) => when(at, resolvedAt) },
    { title: "LASTED", cell: lasted },
    { title: "HOW", cell: howText },
    { title: "TIMES", cell: ({ occurrences }) => String(occurrences) },
    { title: "RULE", cell: ({ rule }) => rule },
    { title: "NAMESPACE", cell: ({ labels }) => labels["namespace"] ?? "" },
    { title: "WORKLOAD", cell: ({ labels }) => labels["workload"] ?? "" },
    { title: "ALERT", cell: ({ fingerprint }) => fingerprint },
    {
      title: "TOLD",
      cell: ({ told, why }) => (why === null ? told.join(", ") : `nobody: ${why}`),
      style: ({ why }) => (why === null ? "green" : "yellow"),
    },
  ];
}

function lasted({ firstSeenAt, resolvedAt }: EndedAlert): string {
  return formatDuration(Math.max(0, Date.parse(resolvedAt) - Date.parse(firstSeenAt)));
}

function howText({ resolvedBy }: EndedAlert): string {
  switch (resolvedBy?.how) {
    case undefined:
      return "never fired";
    case "event":
      return resolvedBy.reason;
    case "quiet":
    case "max-age":
      return "no longer seen";
    case "rule-removed":
      return "rule removed";
    case "healthy":
    case "deleted":
    case "replaced":
      return resolvedBy.what === "" ? resolvedBy.how : resolvedBy.what;
  }
}

function sentence(rows: readonly EndedAlert[]): string {
  if (rows.length === 0) return "nothing ended in this time (--since, by default 24h)";
  const untold = rows.filter(({ why }) => why !== null).length;
  return `${rows.length} ended${untold === 0 ? "" : `, nobody was told of ${untold}`}`;
}
