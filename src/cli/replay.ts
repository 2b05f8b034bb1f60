import { counted } from "../lib/counted.ts";
import type { Finding } from "../lib/finding.ts";
import { type Replayed, replayRecording } from "../simulate/index.ts";
import { type ConfigOptions, loadOrComplain } from "./configured.ts";
import { openEventText } from "./event-text.ts";
import type { ExitStatus, Io } from "./io.ts";
import { hasError, printJson, printSome } from "./print.ts";
import { toTimelineText } from "./timeline-text.ts";

/** Options of the command. */
export interface ReplayOptions extends ConfigOptions {
  readonly json?: boolean;
}

/** Plays a recording of Events to the rules in virtual time, and lists the messages that they would have sent. */
export async function replay(file: string, options: ReplayOptions, io: Io): Promise<ExitStatus> {
  const configuration = await loadOrComplain({ ...options, builtinWithoutFile: true }, io);
  if (configuration === undefined) return 2;
  const findings: Finding[] = [];
  const { kubernetes } = configuration.process;
  const replayed = await replayRecording({
    ...openEventText(file, io),
    policy: configuration.policy,
    learnsOwners: kubernetes.enrich !== "off",
    eventTtlMs: kubernetes.eventTtl,
    onFinding: (finding) => findings.push(finding),
    onProgress: (events) => {
      if (io.colour.stderr) io.stderr(`\r${counted(events, "event")} …`);
    },
  });
  printSome(findings, io);
  for (const fault of replayed.faults) io.stderr(`${fault}\n`);
  if (options.json === true) printJson(toJson(replayed), io);
  else io.stdout(toTimelineText(replayed, { colour: io.colour.stdout }));
  return hasError(findings) || replayed.events === 0 ? 1 : 0;
}

/** The document of `--json` (docs/testing.md#replay-recorded-events). */
function toJson({ events, matched, from, to, messages, perRule, suppressed, firing }: Replayed): unknown {
  return {
    events,
    matched,
    from: toTime(from),
    to: toTime(to),
    notifications: messages.map(({ at, notification }) => ({
      at: toTime(at),
      sink: notification.sink,
      kind: notification.kind,
      trigger: notification.trigger,
      severity: notification.severity,
      rules: [...new Set(notification.alerts.map(({ rule }) => rule))],
      title: notification.title,
      alerts: notification.alerts.length + notification.alertsOmitted,
      occurrences: notification.occurrences,
    })),
    perRule: Object.fromEntries(perRule),
    perSink: perSink(messages),
    suppressed: Object.fromEntries(suppressed),
    firing: firing.map(({ rule, severity, labels, occurrences, firstSeenAt }) => ({
      rule,
      severity,
      labels,
      occurrences,
      startsAt: toTime(firstSeenAt),
    })),
  };
}

/** Numbers of messages by sink and kind. */
function perSink(messages: Replayed["messages"]): Readonly<Record<string, Readonly<Record<string, number>>>> {
  const sinks: Record<string, Record<string, number>> = {};
  for (const { notification } of messages) {
    const kinds = (sinks[notification.sink] ??= {});
    kinds[notification.kind] = (kinds[notification.kind] ?? 0) + 1;
  }
  return sinks;
}

function toTime(at: number | undefined): string | null {
  return at === undefined ? null : new Date(at).toISOString();
}
