import type { AlertState } from "../alert/index.ts";
import { type Configuration, loadConfiguration, type LoadedConfiguration } from "../config/index.ts";
import type { Finding } from "../lib/finding.ts";
import { isMapping } from "../lib/mapping.ts";
import { parseYaml } from "../lib/yaml-file.ts";
import { readRuleFile, type RuleUnit } from "../rule/index.ts";
import { type Replayed, replayRecording, type SimulatedMessage } from "../simulate/index.ts";
import { NO_SIZE, noTrial, type Trial, type TrialFault, type TrialMessage, type TrialSize } from "./trial.ts";

/** Rules to try, and everything that this needs. It goes to another thread, so it is plain data. */
export interface PlayTask {
  /** A rule file. */
  readonly triedRules: string;
  /** The configuration, without secrets. */
  readonly document: string;
  /** Absolute: paths of rule files are relative to it. */
  readonly baseDir: string;
  readonly cluster: string;
  /** A recording, in parts. */
  readonly events: readonly string[];
  readonly cut: boolean;
  /** Epoch milliseconds: the end of the replay. */
  readonly until: number;
}

/** Rows of a list in a result. */
const MOST_ROWS = 200;

/** The name of the tried rules where a file would have its own. */
const TRIED = "(tried)";

/** Plays a recording to the rules in use with the tried ones in the places of those with the same names. */
export async function play(task: PlayTask): Promise<Trial> {
  const unit = readRuleFile(parseYaml(TRIED, task.triedRules));
  const names = new Set(
    unit.rules.flatMap(({ value }) =>
      isMapping(value) && typeof value["name"] === "string" ? value["name"] : [],
    ),
  );
  const { configuration, findings } = await load(task, unit);
  const faults = faultsOf(findings);
  if (configuration === undefined) return noTrial(faults, task.cut);
  const tried = await replay(task, configuration, names);
  const { events, matched, from, to } = tried;
  return {
    events,
    matched,
    from,
    to,
    cut: task.cut,
    notifications: tried.messages.slice(0, MOST_ROWS).map(toTrialMessage),
    firing: tried.firing.slice(0, MOST_ROWS).map(toTrialAlert),
    perRule: Object.fromEntries([...tried.perRule].filter(([rule]) => names.has(rule))),
    size: sizeOf(tried),
    today: await today(task, names),
    faults: [...faults, ...[...tried.faults].map((message) => fault(message))],
  };
}

/** A replay as far as it is about some rules. */
async function replay(
  { events, until }: PlayTask,
  { policy, process: { kubernetes } }: Configuration,
  names: ReadonlySet<string>,
): Promise<Replayed> {
  const replayed = await replayRecording({
    file: "",
    chunks: chunksOf(events),
    policy,
    learnsOwners: kubernetes.enrich !== "off",
    eventTtlMs: kubernetes.eventTtl,
    until,
    counted: names,
    // The ring holds Events of the API server, and `observe` leaves out what is none.
    onFinding: () => undefined,
  });
  return {
    ...replayed,
    messages: replayed.messages.filter(({ notification }) =>
      notification.alerts.some(({ rule }) => names.has(rule)),
    ),
    firing: replayed.firing.filter(({ rule }) => names.has(rule)),
  };
}

/** Costs a second replay, but for rules whose names are new. */
async function today(task: PlayTask, names: ReadonlySet<string>): Promise<TrialSize> {
  const { configuration } = await load(task, undefined);
  if (configuration === undefined) return NO_SIZE;
  const isInUse = configuration.policy.rules.rules.some(({ name }) => names.has(name));
  return isInUse ? sizeOf(await replay(task, configuration, names)) : NO_SIZE;
}

function load(
  { document, baseDir, cluster }: PlayTask,
  instead: RuleUnit | undefined,
): Promise<LoadedConfiguration> {
  return loadConfiguration({ file: "tocsin.yaml", text: document, cwd: baseDir, env: {}, cluster, instead });
}

async function* chunksOf(events: readonly string[]): AsyncGenerator<string> {
  yield* events;
}

/** Those of the tried text, and errors that it causes elsewhere. */
function faultsOf(findings: readonly Finding[]): readonly TrialFault[] {
  return findings
    .filter(({ file, level }) => file === TRIED || level === "error")
    .map(({ file, level, line, path, message }) =>
      file === TRIED ? { level, line, path, message } : fault(`${file}: ${path}: ${message}`, level),
    );
}

function fault(message: string, level: TrialFault["level"] = "warning"): TrialFault {
  return { level, line: 0, path: "", message };
}

function sizeOf({ messages, firing, suppressed }: Replayed): TrialSize {
  return {
    notifications: messages.length,
    firing: firing.length,
    suppressed: Object.fromEntries(suppressed),
  };
}

function toTrialMessage({ at, notification }: SimulatedMessage): TrialMessage {
  const { sink, kind, trigger, severity, title, alerts, alertsOmitted, occurrences } = notification;
  const rules = [...new Set(alerts.map(({ rule }) => rule))];
  return {
    at,
    sink,
    kind,
    trigger,
    severity,
    title,
    rules,
    alerts: alerts.length + alertsOmitted,
    occurrences,
  };
}

function toTrialAlert({
  rule,
  severity,
  labels,
  occurrences,
  firstSeenAt,
}: AlertState): Trial["firing"][number] {
  return { rule, severity, labels, occurrences, firstSeenAt };
}
