import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { z } from "zod";

import { freePort } from "../support/free-port.ts";
import { type RunningProgram, startProgram } from "../support/running-program.ts";
import { until } from "../support/until.ts";
import { findServer } from "./find-server.ts";

/** The program; undefined when it was not built. */
export const COLLECTOR = findServer("collector/collector");

const Attribute = z.object({
  key: z.string(),
  value: z.object({ stringValue: z.string().optional(), intValue: z.string().optional() }),
});

/** A request as the collector understood it, in the JSON of OTLP. */
const Logs = z.object({
  resourceLogs: z.array(
    z.object({
      resource: z.object({ attributes: z.array(Attribute) }),
      scopeLogs: z.array(
        z.object({
          scope: z.object({ name: z.string() }),
          logRecords: z.array(
            z.object({
              timeUnixNano: z.string(),
              observedTimeUnixNano: z.string(),
              severityNumber: z.number().optional(),
              severityText: z.string().optional(),
              body: z.object({ stringValue: z.string() }),
              attributes: z.array(Attribute),
            }),
          ),
        }),
      ),
    }),
  ),
});

/** A running collector on loopback. */
export interface CollectorServer extends AsyncDisposable {
  /** `http://127.0.0.1:port`, for OTLP over HTTP. */
  readonly url: string;
  readonly program: RunningProgram;
  /** The requests that it has received. */
  requests(): readonly z.infer<typeof Logs>[];
}

/** Starts one and waits until it takes requests. */
export async function startCollector(program: string): Promise<CollectorServer> {
  const directory = mkdtempSync(join(tmpdir(), "tocsin-collector-"));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const lines = join(directory, "logs.jsonl");
  writeFileSync(
    join(directory, "config.yaml"),
    JSON.stringify({
      receivers: { otlp: { protocols: { http: { endpoint: `127.0.0.1:${port}` } } } },
      exporters: { lines: { path: lines } },
      service: {
        pipelines: { logs: { receivers: ["otlp"], exporters: ["lines"] } },
        // It would listen on a port of its own.
        telemetry: { metrics: { level: "none" } },
      },
    }),
  );
  const running = startProgram(program, [`--config=file:${join(directory, "config.yaml")}`]);
  const stop = async (): Promise<void> => {
    await running.stop();
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    await until(
      async () => {
        if (running.hasEnded()) throw new Error(`the collector ended\n${running.log()}`);
        return (await fetch(url).catch(() => undefined)) !== undefined;
      },
      () => running.log(),
    );
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    url,
    program: running,
    requests: () =>
      readFileSync(lines, "utf8")
        .trimEnd()
        .split("\n")
        .map((line) => Logs.parse(JSON.parse(line))),
    [Symbol.asyncDispose]: stop,
  };
}
