import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

import type { App } from "../app/index.ts";
import { type Configuration, loadConfiguration, type LoadedConfiguration } from "../config/index.ts";
import { type EventsApi, loadScenario, playScenario, scaledClock, startEventsApi } from "../demo/index.ts";
import type { Clock } from "../lib/clock.ts";
import { createScrubber } from "../lib/scrub.ts";
import type { ExitStatus, Io } from "./io.ts";
import { paint, printFindings } from "./print.ts";
import { serve } from "./serve.ts";
import { createService } from "./service.ts";
import { createWarningLog } from "./warning-log.ts";

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
  await using api = await startEventsApi({ clock });
  const directory = await mkdtemp(join(tmpdir(), "tocsin-demo-"));
  try {
    const file = await writeConfiguration(directory, api, options.rules ?? ["builtin"], io.cwd);
    const load = (): Promise<LoadedConfiguration> => loadConfiguration({ file, env: io.env, cwd: io.cwd });
    const { configuration, findings } = await load();
    printFindings(
      findings.filter((finding) => finding.level === "error"),
      io,
    );
    if (configuration === undefined) return 2;
    return await play({ api, clock, configuration, load, speed, once: options.once === true }, io);
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
}

async function play(stage: Stage, io: Io): Promise<ExitStatus> {
  const { api, clock, configuration, load } = stage;
  const scrubber = createScrubber();
  const log = createWarningLog(io, scrubber);
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
  const curtain = new AbortController();
  let played: Promise<void> | undefined;
  const raise = (): Promise<void> | undefined => {
    introduce(stage, app, scenario.durationMs, io);
    played = playScenario({
      scenario,
      api,
      clock,
      signal: curtain.signal,
      onChapter: ({ chapter }) => announce(chapter, clock, io),
    }).then(() => finish(stage, curtain, io));
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
async function finish({ clock, once }: Stage, curtain: AbortController, io: Io): Promise<void> {
  if (curtain.signal.aborted) return;
  if (once) {
    await clock.sleep(EPILOGUE_MS, curtain.signal).catch(() => undefined);
    return;
  }
  announce("The recording is over. Quiet timers and repeats go on; Ctrl-C ends the demo.", clock, io);
}

function introduce({ api, speed }: Stage, app: App, durationMs: number, io: Io): void {
  const minutes = Math.round(durationMs / 60_000);
  const seconds = Math.round(durationMs / speed / 1000);
  const line = (text: string): void => io.stdout(`${text}\n`);
  line(
    paint("bold", "Tocsin demo", io.colour.stdout) +
      `: ${minutes} minutes of recorded Kubernetes Events in ${seconds} s.`,
  );
  line(`Alerts of the built-in rules appear below as they would in a chat; times are those of the story.`);
  line(`  Events   curl ${api.url}/api/v1/events`);
  line(`  Metrics  curl ${app.address}/metrics`);
  line(`  Next     npx tocsin init, then npx tocsin check; docs/configuration.md has every key`);
  line(`  Ctrl-C ends it.`);
}

function announce(title: string, clock: Clock, io: Io): void {
  const time = new Date(clock.now()).toISOString().slice(11, 19);
  io.stdout(`\n${paint("dim", `${time}  ── ${title}`, io.colour.stdout)}\n\n`);
}

/** The demo has a configuration file like any other service; it lives as long as the demo. */
async function writeConfiguration(
  directory: string,
  api: EventsApi,
  rules: readonly string[],
  cwd: string,
): Promise<string> {
  const kubeconfig = {
    apiVersion: "v1",
    kind: "Config",
    "current-context": "demo",
    contexts: [{ name: "demo", context: { cluster: "demo", user: "demo" } }],
    clusters: [{ name: "demo", cluster: { server: api.url } }],
    users: [{ name: "demo", user: {} }],
  };
  const configuration = {
    cluster: "demo",
    kubernetes: { kubeconfig: "kubeconfig.json", startFrom: "all" },
    state: { path: ":memory:" },
    rules: rules.map((entry) => (entry.startsWith("builtin") ? entry : resolve(cwd, entry))),
    sinks: [{ name: "console", type: "stdout" }],
    route: { sinks: ["console"] },
    server: { listen: "127.0.0.1:0" },
  };
  // JSON is YAML.
  await writeFile(join(directory, "kubeconfig.json"), JSON.stringify(kubeconfig));
  const file = join(directory, "tocsin.yaml");
  await writeFile(file, JSON.stringify(configuration));
  return file;
}
