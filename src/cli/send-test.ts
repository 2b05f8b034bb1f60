import { resolve } from "node:path";

import type { Configuration } from "../config/index.ts";
import { DeliveryError } from "../egress/index.ts";
import { Deadline } from "../lib/deadline.ts";
import { errorText, TocsinError } from "../lib/errors.ts";
import { newId } from "../lib/hash.ts";
import { createScrubber, type Scrubber } from "../lib/scrub.ts";
import { unknownName } from "../lib/unknown-name.ts";
import {
  type ConfiguredSink,
  createSink,
  type Sink,
  testNotification,
  testRecord,
  withTexts,
} from "../sink/index.ts";
import { loadOrComplain } from "./configured.ts";
import type { ExitStatus, Io } from "./io.ts";
import { paint, printJson } from "./print.ts";
import { createWarningLog } from "./warning-log.ts";

/** Options of the command. */
export interface SendTestOptions {
  readonly config?: string;
  readonly json?: boolean;
}

/** The consequence of each failure class, in the words of docs/sinks/README.md#failures. */
const PROSPECTS = {
  transient: "Tocsin tries again",
  poison: "this message is a dead letter at once",
  broken: "the messages wait until somebody mends the sink",
} as const;

/** Sends one marked message through the real sink, once, and prints the result. */
export async function sendTest(name: string, options: SendTestOptions, io: Io): Promise<ExitStatus> {
  const configuration = await loadOrComplain({ ...options, nameCluster: () => "unnamed" }, io);
  if (configuration === undefined) return 2;
  const configured = findSink(name, configuration.sinks);
  const scrubber = createScrubber();
  const failure = await attempt(configured, configuration, { io, scrubber });
  const { type } = configured.type;
  if (options.json === true) {
    printJson(
      { ok: failure === undefined, sink: name, type, ...(failure === undefined ? {} : { failure }) },
      io,
    );
  } else if (failure === undefined) {
    io.stdout(
      `${paint("green", "sent", io.colour.stdout)}: the receiver of ${name} (${type}) took the test message\n`,
    );
  } else {
    io.stderr(`${paint("red", "not sent", io.colour.stderr)}: ${name} (${type}): ${failure.message}\n`);
    io.stderr(`${failure.class} (${failure.kind}): ${failure.prospect}\n`);
  }
  return failure === undefined ? 0 : 1;
}

interface Failure {
  readonly kind: string;
  readonly class: keyof typeof PROSPECTS;
  readonly message: string;
  readonly prospect: string;
}

async function attempt(
  configured: ConfiguredSink,
  configuration: Configuration,
  { io, scrubber }: { readonly io: Io; readonly scrubber: Scrubber },
): Promise<Failure | undefined> {
  const { cluster } = configuration.policy;
  const sink = createSink(configured, {
    cluster,
    clock: io.clock,
    log: createWarningLog(io, scrubber),
    env: io.env,
    scrubber,
    resolvePath: (path) => resolve(configuration.origin.baseDir, path),
    stdout: (text) => Promise.resolve(io.stdout(text)),
    colour: io.colour.stdout,
  });
  try {
    await send(sink, configured, cluster, io);
    return undefined;
  } catch (error) {
    if (!(error instanceof DeliveryError)) throw error;
    const { failure, class: prospect } = error;
    const message = scrubber.scrub(errorText(error));
    return { kind: failure, class: prospect, message, prospect: PROSPECTS[prospect] };
  } finally {
    await sink.close();
  }
}

/** Sends a message, or a record to a sink that takes no messages. */
async function send(sink: Sink, { name, common }: ConfiguredSink, cluster: string, io: Io): Promise<void> {
  const now = io.clock.now();
  const test = { id: newId(), sink: name, cluster, now };
  using deadline = new Deadline(io.clock, common.attemptMs, {
    reason: () => new DOMException(`no answer within ${common.attemptMs} ms`, "TimeoutError"),
  });
  const { signal } = deadline;
  if (sink.send === undefined) {
    const outcomes = await sink.write?.([testRecord(test)], signal);
    for (const outcome of outcomes ?? []) if (!outcome.ok) throw outcome.error;
    return;
  }
  const notification = withTexts(testNotification(test), common, {
    now,
    onFailure: (option, error) =>
      io.stderr(`${option} of ${name} failed, the built-in one is sent: ${errorText(error)}\n`),
  });
  await sink.send(notification, { receiver: undefined, remaining: undefined, signal });
}

function findSink(name: string, sinks: readonly ConfiguredSink[]): ConfiguredSink {
  const found = sinks.find((sink) => sink.name === name);
  if (found !== undefined) return found;
  const names = sinks.map((sink) => sink.name);
  throw new TocsinError("ERR_USAGE", unknownName("sink", name, names));
}
