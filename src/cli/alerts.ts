import { type Alert, AlertPage } from "../api/index.ts";
import { TocsinError } from "../lib/errors.ts";
import { endedAlerts } from "./ended-alerts.ts";
import type { ExitStatus, Io } from "./io.ts";
import { age, look, type QueryOptions, until } from "./look.ts";
import { SEVERITY_STYLES } from "./severity-styles.ts";
import type { Column } from "./table.ts";

/** Options of the command. */
export interface AlertsOptions extends QueryOptions {
  readonly rule?: string;
  readonly namespace?: string;
  readonly sink?: string;
  /** Those that are over, instead of open ones. */
  readonly ended?: boolean;
  /** Of those that are over: how far back. */
  readonly since?: string;
}

/**
 * Lists open alerts, and the sinks whose receivers accepted a message about them; or those that are over.
 *
 * @throws {TocsinError} ERR_USAGE for options that do not go together.
 */
export async function alerts(options: AlertsOptions, io: Io): Promise<ExitStatus> {
  const { rule, namespace, sink, ended = false, since } = options;
  if (ended && sink !== undefined)
    throw new TocsinError("ERR_USAGE", "--sink: tocsin alerts --ended lists the alerts of all sinks");
  if (!ended && since !== undefined)
    throw new TocsinError(
      "ERR_USAGE",
      "--since: only with --ended; open alerts are listed whatever their age",
    );
  if (ended) return await endedAlerts(options, io);
  const query = { rule, namespace, sink };
  return await look({ path: "alerts", query, schema: AlertPage, columns, sentence }, options, io);
}

function columns(at: number): readonly Column<Alert>[] {
  return [
    {
      title: "SEVERITY",
      cell: ({ severity }) => severity,
      style: ({ severity }) => SEVERITY_STYLES[severity],
    },
    { title: "PHASE", cell: ({ phase, condition, well }) => phaseText(condition ?? phase, well) },
    { title: "OPEN FOR", cell: ({ openedAt }) => age(at, openedAt) },
    { title: "LAST SEEN", cell: ({ lastSeenAt }) => `${age(at, lastSeenAt)} ago` },
    { title: "TIMES", cell: ({ occurrences }) => String(occurrences) },
    { title: "RULE", cell: ({ rule }) => rule },
    { title: "NAMESPACE", cell: ({ labels }) => labels["namespace"] ?? "" },
    { title: "WORKLOAD", cell: ({ labels }) => labels["workload"] ?? "" },
    { title: "ALERT", cell: ({ fingerprint }) => fingerprint },
    { title: "ACCEPTED BY", cell: (alert) => acceptedBy(alert, at) },
    { title: "MESSAGE", cell: ({ message }) => message },
  ];
}

function phaseText(phase: string, well: Alert["well"]): string {
  return well === null ? phase : `${phase}, well`;
}

/**
 * The sinks whose receivers accepted a message, those whose message waits for its receiver, and those whose message is
 * not made yet, with what it waits for.
 */
function acceptedBy(alert: Alert, at: number): string {
  const { groups, toCome } = alert;
  const accepted = new Set(groups.flatMap((group) => group.accepted));
  const waiting = new Set(groups.flatMap((group) => group.sent)).difference(accepted);
  const all = [
    ...accepted,
    ...[...waiting].map((sink) => `${sink} (waits)`),
    ...new Set(toCome.map((message) => toComeText(message, at))),
  ];
  return all.length === 0 ? nextLook(alert, at) : all.join(", ");
}

/** `ops in 40 s (step)`, `ops (silence)`; while it is pending `not yet (threshold)`. */
function toComeText({ sink, at: due, for: waitsFor }: Alert["toCome"][number], at: number): string {
  return `${sink ?? "not yet"}${due === null ? "" : ` ${until(at, due)}`} (${waitsFor})`;
}

/** Where no engine says what the messages wait for. */
function nextLook({ phase, groups, state }: Alert, at: number): string {
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
