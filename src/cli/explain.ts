import { stat } from "node:fs/promises";
import { resolve } from "node:path";

import { liveStateFrom } from "../alert/index.ts";
import { Explanation, RecentEventPage, toExplanation } from "../api/index.ts";
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
import { findRemote, type Remote } from "./remote.ts";

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
  const findings: Finding[] = [];
  const found: LookedUpLabels = {
    labels: parseLabelValues("--label", options.label ?? []),
    namespaceLabels: parseLabelValues("--namespace-label", options.namespaceLabel ?? []),
  };
  const question = { target, options, found, io, onFinding: (finding: Finding) => findings.push(finding) };
  const explained = await (options.server === undefined ? explainHere(question) : explainThere(question));
  printSome(findings, io);
  if (typeof explained === "number") return explained;
  const { explanations, isSingle } = explained;
  if (explanations.length === 0) {
    io.stderr(`${noEventIn(target ?? "-")}\n`);
    return 1;
  }
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

interface Question {
  readonly target: string | undefined;
  readonly options: ExplainOptions;
  readonly found: LookedUpLabels;
  readonly io: Io;
  readonly onFinding: (finding: Finding) => void;
}

interface Explained {
  readonly explanations: readonly Explanation[];
  readonly isSingle: boolean;
}

/** As if each came now and alone. */
async function explainHere(question: Question): Promise<Explained | ExitStatus> {
  const { found, io, options } = question;
  const configuration = await loadOrComplain({ ...options, builtinWithoutFile: true }, io);
  if (configuration === undefined) return 2;
  const { policy } = configuration;
  const input = (await readGiven(question)) ?? (await fetchEvent(question, configuration));
  const now = io.clock.now();
  const events = input.events.map((event) => ({ ...withLabels(event, found), cluster: policy.cluster }));
  const owners = learnFrom(events, now);
  const live = liveStateFrom(policy);
  return {
    explanations: events.map((event) =>
      toExplanation(explainEvent(policy, event, { owners, live, now }), { now }),
    ),
    isSingle: input.isSingle,
  };
}

/**
 * Asks a running bridge, which knows its open alerts, and the Events of the last hour by their names: only an older one is
 * fetched from the cluster, for which a configuration is needed here.
 *
 * @returns The exit status when it does not answer.
 */
async function explainThere(question: Question): Promise<Explained | ExitStatus> {
  const { found, io, options } = question;
  const remote = await findRemote(options, io);
  if (remote === undefined) return 2;
  const given = await readGiven(question);
  const id = given === undefined ? await findRecent(remote, question) : undefined;
  const explanations: Explanation[] = [];
  const ask = async (subject: object): Promise<ExitStatus | undefined> => {
    const answer = await remote.post("explain", { ...subject, ...found }, Explanation);
    if (!answer.ok) return complain(answer, io);
    explanations.push(answer.value);
    return undefined;
  };
  if (id !== undefined) return (await ask({ id })) ?? { explanations, isSingle: true };
  const input = given ?? (await fetchWithConfiguration(question));
  if (input === undefined) return 2;
  for (const event of input.raws) {
    const status = await ask({ event });
    if (status !== undefined) return status;
  }
  return { explanations, isSingle: input.isSingle };
}

/** The Events of the flags, a file or standard input; undefined when the target names an Event of the cluster. */
async function readGiven({ target, options, io, onFinding }: Question): Promise<EventInput | undefined> {
  if (target === undefined) return describeEvent(options);
  const isName = nameIn(target) !== undefined && !(await isFile(resolve(io.cwd, target)));
  return isName ? undefined : parseEvents(openHeldEventText(target, io), onFinding);
}

/** The namespace and the name of an Event of the cluster. */
function nameIn(target = ""): { readonly namespace: string; readonly name: string } | undefined {
  const [, namespace, name] = /^([a-z\d-]+)\/([a-z\d.-]+)$/u.exec(target) ?? [];
  return namespace === undefined || name === undefined ? undefined : { namespace, name };
}

/** The id of an Event that a bridge has read within the hour; undefined for others, and where it does not say. */
async function findRecent(remote: Remote, { target }: Question): Promise<string | undefined> {
  const { namespace, name } = nameIn(target) ?? {};
  if (namespace === undefined || name === undefined) return undefined;
  // Names of Events begin with that of their object.
  const q = name.replace(/\.[^.]*$/u, "");
  const answer = await remote.get("events", { namespace, q, limit: 500 }, RecentEventPage);
  if (!answer.ok) return undefined;
  return answer.value.items.find(({ event }) => event.name === name && event.namespace === namespace)?.id;
}

async function fetchWithConfiguration(question: Question): Promise<EventInput | undefined> {
  const configuration = await loadOrComplain({ ...question.options, builtinWithoutFile: true }, question.io);
  return configuration && fetchEvent(question, configuration);
}

async function fetchEvent({ target, io }: Question, { process }: Configuration): Promise<EventInput> {
  const { namespace, name } = nameIn(target) ?? {};
  const deps = { ...credentialPlaces(io), clock: io.clock, log: silentLogger };
  const client = await connect(process.kubernetes, deps);
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
