import { stat } from "node:fs/promises";
import { resolve } from "node:path";

import { liveStateFrom } from "../alert/index.ts";
import { Explanation, toExplanation } from "../api/index.ts";
import type { Configuration } from "../config/index.ts";
import { explainEvent, learnFrom, type LookedUpLabels, withLabels } from "../explain/index.ts";
import { connect } from "../kube/index.ts";
import type { Finding } from "../lib/finding.ts";
import { silentLogger } from "../lib/log.ts";
import { type ConfigOptions, loadOrComplain } from "./configured.ts";
import { credentialPlaces } from "./credential-places.ts";
import { describeEvent, type EventFlags, type EventInput, parseEvent, parseEvents } from "./event-input.ts";
import { noEventIn, openHeldEventText } from "./event-text.ts";
import { explanationText } from "./explanation-text.ts";
import type { ExitStatus, Io } from "./io.ts";
import { parseLabelValues } from "./label-values.ts";
import { complain } from "./look.ts";
import { hasError, printJson, printSome } from "./print.ts";
import { findRemote } from "./remote.ts";

/** Options of the command. */
export interface ExplainOptions extends ConfigOptions, Partial<EventFlags> {
  readonly json?: boolean;
  /** Every clause of every rule. */
  readonly all?: boolean;
  /** `KEY=VALUE` each: of the object, as a look-up would find them. */
  readonly label?: readonly string[];
  /** Of its namespace. */
  readonly namespaceLabel?: readonly string[];
  /** Address of a running bridge. */
  readonly server?: string;
}

/** Explains for one Event or many which rules match, why, and which sinks get it. 0 also when no sink does. */
export async function explain(
  target: string | undefined,
  options: ExplainOptions,
  io: Io,
): Promise<ExitStatus> {
  const configuration = await loadOrComplain({ ...options, builtinWithoutFile: true }, io);
  if (configuration === undefined) return 2;
  const findings: Finding[] = [];
  const input =
    target === undefined
      ? describeEvent(options)
      : await readTarget(target, { configuration, io, onFinding: (finding) => findings.push(finding) });
  printSome(findings, io);
  if (input.events.length === 0) {
    io.stderr(`${noEventIn(target ?? "-")}\n`);
    return 1;
  }
  const { server } = options;
  const found: LookedUpLabels = {
    labels: parseLabelValues("--label", options.label ?? []),
    namespaceLabels: parseLabelValues("--namespace-label", options.namespaceLabel ?? []),
  };
  const explanations =
    server === undefined
      ? explainHere(input, found, { configuration, io })
      : await explainThere(input, found, { server, io });
  if (typeof explanations === "number") return explanations;
  const { isSingle } = input;
  if (options.json === true) {
    printJson(isSingle ? explanations[0] : { items: explanations }, io);
  } else {
    const texts = explanations.map((explanation) =>
      explanationText(explanation, { all: options.all === true, colour: io.colour.stdout }),
    );
    io.stdout(texts.join(`\n${"─".repeat(40)}\n\n`));
  }
  return hasError(findings) ? 1 : 0;
}

/** As if each came now and alone. */
function explainHere(
  input: EventInput,
  found: LookedUpLabels,
  { configuration: { policy }, io }: { readonly configuration: Configuration; readonly io: Io },
): readonly Explanation[] {
  const now = io.clock.now();
  const events = input.events.map((event) => ({ ...withLabels(event, found), cluster: policy.cluster }));
  const owners = learnFrom(events, now);
  const live = liveStateFrom(policy);
  return events.map((event) => toExplanation(explainEvent(policy, event, { owners, live, now }), { now }));
}

/** Asks a running bridge, which knows its open alerts; returns the exit status when it does not answer. */
async function explainThere(
  { raws }: EventInput,
  found: LookedUpLabels,
  { server, io }: { readonly server: string; readonly io: Io },
): Promise<readonly Explanation[] | ExitStatus> {
  const remote = await findRemote({ server }, io);
  if (remote === undefined) return 2;
  const explanations: Explanation[] = [];
  for (const event of raws) {
    const answer = await remote.post("explain", { event, ...found }, Explanation);
    if (!answer.ok) return complain(answer, io);
    explanations.push(answer.value);
  }
  return explanations;
}

interface Reading {
  readonly configuration: Configuration;
  readonly io: Io;
  readonly onFinding: (finding: Finding) => void;
}

async function readTarget(target: string, reading: Reading): Promise<EventInput> {
  const { io, onFinding } = reading;
  const [, namespace, name] = /^([a-z\d-]+)\/([a-z\d.-]+)$/u.exec(target) ?? [];
  if (namespace !== undefined && name !== undefined && !(await isFile(resolve(io.cwd, target)))) {
    return fetchEvent(namespace, name, reading);
  }
  return parseEvents(openHeldEventText(target, io), onFinding);
}

async function fetchEvent(
  namespace: string,
  name: string,
  { configuration, io }: Reading,
): Promise<EventInput> {
  const deps = { ...credentialPlaces(io), clock: io.clock, log: silentLogger };
  const client = await connect(configuration.process.kubernetes, deps);
  try {
    const { body } = await client.getJson(`/api/v1/namespaces/${namespace}/events/${name}`);
    return parseEvent(body);
  } finally {
    await client.close();
  }
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}
