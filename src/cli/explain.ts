import { stat } from "node:fs/promises";
import { resolve } from "node:path";

import { liveStateFrom } from "../alert/index.ts";
import { Explanation, toExplanation } from "../api/index.ts";
import type { Configuration } from "../config/index.ts";
import { explainEvent, learnFrom } from "../explain/index.ts";
import { connect } from "../kube/index.ts";
import { TocsinError } from "../lib/errors.ts";
import { silentLogger } from "../lib/log.ts";
import { readText } from "../lib/read-text.ts";
import { type ConfigOptions, loadOrComplain } from "./configured.ts";
import { credentialPlaces } from "./credential-places.ts";
import { describeEvent, type EventFlags, type EventInput, parseEvent, parseEvents } from "./event-input.ts";
import { explanationText } from "./explanation-text.ts";
import type { ExitStatus, Io } from "./io.ts";
import { complain } from "./look.ts";
import { printJson } from "./print.ts";
import { findRemote } from "./remote.ts";

/** Options of the command. */
export interface ExplainOptions extends ConfigOptions, Partial<EventFlags> {
  readonly json?: boolean;
  /** Every clause of every rule. */
  readonly all?: boolean;
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
  const input = target === undefined ? describeEvent(options) : await readTarget(target, configuration, io);
  const { server } = options;
  const explanations =
    server === undefined ? explainHere(input, configuration, io) : await explainThere(input, server, io);
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
  return 0;
}

/** As if each came now and alone. */
function explainHere(input: EventInput, { policy }: Configuration, io: Io): readonly Explanation[] {
  const now = io.clock.now();
  const events = input.events.map((event) => ({ ...event, cluster: policy.cluster }));
  const owners = learnFrom(events, now);
  const live = liveStateFrom(policy);
  return events.map((event) => toExplanation(explainEvent(policy, event, { owners, live, now })));
}

/** Asks a running bridge, which knows its open alerts; returns the exit status when it does not answer. */
async function explainThere(
  { raws }: EventInput,
  server: string,
  io: Io,
): Promise<readonly Explanation[] | ExitStatus> {
  const remote = await findRemote({ server }, io);
  if (remote === undefined) return 2;
  const explanations: Explanation[] = [];
  for (const event of raws) {
    const answer = await remote.post("explain", { event }, Explanation);
    if (!answer.ok) return complain(answer, io);
    explanations.push(answer.value);
  }
  return explanations;
}

async function readTarget(target: string, configuration: Configuration, io: Io): Promise<EventInput> {
  if (target === "-") return parseEvents(await io.readStdin());
  const path = resolve(io.cwd, target);
  const [, namespace, name] = /^([a-z\d-]+)\/([a-z\d.-]+)$/u.exec(target) ?? [];
  if (namespace !== undefined && name !== undefined && !(await isFile(path))) {
    return fetchEvent(namespace, name, { configuration, io });
  }
  const { text, trouble } = await readText(path);
  if (text === undefined) throw new TocsinError("ERR_USAGE", `${target}: ${trouble}`);
  return parseEvents(text);
}

async function fetchEvent(
  namespace: string,
  name: string,
  { configuration, io }: { readonly configuration: Configuration; readonly io: Io },
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
