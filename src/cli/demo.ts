import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { type Configuration, loadConfiguration, type LoadedConfiguration } from "../config/index.ts";
import { type EventsApi, loadScenario, playScenario, scaledClock, startEventsApi } from "../demo/index.ts";
import type { Clock } from "../lib/clock.ts";
import { createLogger, type Logger } from "../lib/log.ts";
import { createScrubber, type Scrubber } from "../lib/scrub.ts";
import { writeDemoFiles } from "./demo-files.ts";
import { startDemoPager } from "./demo-pager.ts";
import { demoCommands, demoSummary, type PlayedStory } from "./demo-summary.ts";
import type { ExitStatus, Io } from "./io.ts";
import { paint, printFindings } from "./print.ts";
import { programName } from "./program-name.ts";
import { serve } from "./serve.ts";
import { createService } from "./service.ts";

/** Options of the command. */
export interface DemoOptions {
  readonly rules?: readonly string[];
  /** Speed relative to the recording; 15 by default. */
  readonly speed?: number;
  /** End after the recording instead of waiting for Ctrl-C. */
  readonly once?: boolean;
}

const DEFAULT_SPEED = 15;

/** Time for the last messages after the recording, milliseconds of story time. */
const EPILOGUE_MS = 60_000;

/**
 * Plays recorded Events of a genuine cluster to the whole service, in fast motion; alerts appear on standard output.
 */
export async function demo(options: DemoOptions, io: Io): Promise<ExitStatus> {
  const speed = options.speed ?? DEFAULT_SPEED;
  const clock = scaledClock(io.clock, speed);
  // History is never compacted: the story ends long before a server would do that.
  await using api = await startEventsApi({ clock, compactionIntervalMs: Infinity });
  await using pager = await startDemoPager();
  const directory = await mkdtemp(join(tmpdir(), "tocsin-demo-"));
  try {
    const rules = options.rules ?? ["builtin"];
    const token = randomBytes(16).toString("hex");
    const setting = { directory, server: api.url, pager: pager.url, rules, cwd: io.cwd, token };
    const file = await writeDemoFiles({ ...setting, startsAt: clock.now() });
    const load = (): Promise<LoadedConfiguration> => loadConfiguration({ file, env: io.env, cwd: io.cwd });
    const { configuration, findings } = await load();
    printFindings(
      findings.filter((finding) => finding.level === "error"),
      io,
    );
    if (configuration === undefined) return 2;
    const once = options.once === true;
    return await play({ api, clock, configuration, load, speed, once, token }, io);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

interface Stage {
  readonly api: EventsApi;
  readonly clock: Clock;
  readonly configuration: Configuration;
  readonly load: () => Promise<LoadedConfiguration>;
  readonly speed: number;
  readonly once: boolean;
  /** For changes. */
  readonly token: string;
}

async function play(stage: Stage, io: Io): Promise<ExitStatus> {
  const { api, clock, configuration, load } = stage;
  const scrubber = createScrubber();
  const log = createErrorLog(io, scrubber);
  const app = await createService({
    configuration,
    load,
    io,
    clock,
    log,
    scrubber,
    looksUp: false,
  });
  const scenario = loadScenario("demo");
  const states = scenario.steps.filter((step) => !("chapter" in step)).length;
  const curtain = new AbortController();
  let played: Promise<void> | undefined;
  const raise = (): Promise<void> | undefined => {
    const { address = "" } = app;
    introduce(stage, address, { durationMs: scenario.durationMs, io });
    played = playScenario({
      scenario,
      api,
      clock,
      signal: curtain.signal,
      onChapter: ({ chapter }) => announce(chapter, clock, io),
    }).then(() => finish({ ...stage, states, address }, curtain, io));
    return stage.once ? played : undefined;
  };
  try {
    return await serve(app, { io, log, onStarted: raise });
  } finally {
    curtain.abort(new Error("the demo is over"));
    await played;
  }
}

/** The recording is over; its last messages may still be on their way. */
async function finish(story: Stage & PlayedStory, curtain: AbortController, io: Io): Promise<void> {
  const { clock, once, address, speed, token } = story;
  await clock.sleep(EPILOGUE_MS, curtain.signal).catch(() => undefined);
  if (curtain.signal.aborted) return;
  announce("The story is over", clock, io);
  io.stdout(await demoSummary(story, io));
  if (once) return;
  io.stdout(`\nThe demo goes on, ${speed} times as fast as your clock, until Ctrl-C. Ask it:\n`);
  io.stdout(demoCommands({ address, token }, io));
  io.stdout(`For a cluster of your own:\n  ${programName(io.env)} init my-cluster\n\n`);
}

function introduce(
  { api, speed, once, token }: Stage,
  address: string,
  { durationMs, io }: { readonly durationMs: number; readonly io: Io },
): void {
  const minutes = Math.round(durationMs / 60_000);
  const seconds = Math.round(durationMs / speed / 1000);
  const line = (text: string): void => io.stdout(`${text}\n`);
  line(
    paint("bold", "Tocsin demo", io.colour.stdout) +
      `: ${minutes} minutes of recorded Kubernetes Events in ${seconds} s.`,
  );
  line(`Messages of the builtin rules appear below as they would in a chat.`);
  line(`Their times are those of the story, whose clock runs ${speed} times as fast as yours.`);
  line(`  Page     ${address}/`);
  line(`  Events   curl ${api.url}/api/v1/events`);
  line(`  Alerts   ${programName(io.env)} alerts --server ${address}`);
  line(`  Metrics  curl ${address}/metrics`);
  line(`  Changes  TOCSIN_TOKEN=${token} ${programName(io.env)} silence list --server ${address}`);
  line(once ? `It ends by itself.` : `  Ctrl-C ends it.`);
}

function announce(title: string, clock: Clock, io: Io): void {
  const time = new Date(clock.now()).toISOString().slice(11, 19);
  io.stdout(`\n${paint("dim", `${time}  ── ${title}`, io.colour.stdout)}\n\n`);
}

/** Errors only: where the machine is busy, a fast clock makes a warning of every pause. */
function createErrorLog({ stderr, colour }: Io, scrubber: Scrubber): Logger {
  return createLogger({
    level: "error",
    format: "pretty",
    write: stderr,
    scrub: (text) => scrubber.scrub(text),
    colour: colour.stderr,
  });
}
