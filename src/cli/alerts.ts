import { type Alert, AlertPage } from "../api/index.ts";
import type { ExitStatus, Io } from "./io.ts";
import { age, look, type QueryOptions, until } from "./look.ts";
import type { Style } from "./print.ts";
import type { Column } from "./table.ts";

/** Options of the command. */
export interface AlertsOptions extends QueryOptions {
  readonly rule?: string;
  readonly namespace?: string;
  readonly sink?: string;
}

const STYLES: Readonly<Record<Alert["severity"], Style>> = {
  critical: "red",
  warning: "yellow",
  info: "cyan",
};

/** Lists open alerts, and the sinks whose receivers accepted a message about them. */
export function alerts(options: AlertsOptions, io: Io): Promise<ExitStatus> {
  const { rule, namespace, sink } = options;
  return look(
    { path: "alerts", query: { rule, namespace, sink }, schema: AlertPage, columns, sentence },
    options,
    io,
  );
}

function columns(at: number): readonly Column<Alert>[] {
  return [
    { title: "SEVERITY", cell: ({ severity }) => severity, style: ({ severity }) => STYLES[severity] },
    { title: "PHASE", cell: ({ phase, condition, well }) => phaseText(condition ?? phase, well) },
    { title: "OPEN FOR", cell: ({ openedAt }) => age(at, openedAt) },
    { title: "LAST SEEN", cell: ({ lastSeenAt }) => `${age(at, lastSeenAt)} ago` },
    { title: "TIMES", cell: ({ occurrences }) => String(occurrences) },
    { title: "RULE", cell: ({ rule }) => rule },
    { title: "NAMESPACE", cell: ({ labels }) => labels["namespace"] ?? "" },
    { title: "WORKLOAD", cell: ({ labels }) => labels["workload"] ?? "" },
    { title: "ACCEPTED BY", cell: (alert) => acceptedBy(alert, at) },
    { title: "MESSAGE", cell: ({ message }) => message },
  ];
}

function phaseText(phase: string, well: Alert["well"]): string {
  return well === null ? phase : `${phase}, well`;
}

/** The sinks whose receivers accepted a message, and those whose message waits; else what the alert waits for. */
function acceptedBy({ phase, groups, state }: Alert, at: number): string {
  const accepted = new Set(groups.flatMap((group) => group.accepted));
  const waiting = new Set(groups.flatMap((group) => group.sent)).difference(accepted);
  if (accepted.size + waiting.size > 0) {
    return [...accepted, ...[...waiting].map((sink) => `${sink} (waits)`)].join(", ");
  }
  if (phase === "pending") return "not yet: threshold or for";
  if (state !== null && state.checkingUntil !== null) return "waits for the state of its objects";
  const looks = groups.flatMap(({ nextLookAt }) => nextLookAt ?? []).toSorted();
  const [next] = looks;
  return next === undefined ? "no sink" : until(at, next);
}

function sentence(rows: readonly Alert[]): string {
  if (rows.length === 0) return "nothing is open";
  const firing = rows.filter(({ phase }) => phase === "firing").length;
  const pending = rows.length - firing;
  return [
    ...(firing === 0 ? [] : [`${firing} firing`]),
    ...(pending === 0 ? [] : [`${pending} pending`]),
  ].join(", ");
}
