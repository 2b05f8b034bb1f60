import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { z } from "zod";

import { freePort } from "../support/free-port.ts";
import { type RunningProgram, startProgram } from "../support/running-program.ts";
import { until } from "../support/until.ts";
import { findServer } from "./find-server.ts";

/** The versions that Tocsin is held against: that of Debian 12, and the newest one. */
export const ALERTMANAGERS = [
  { version: "0.25", program: findServer("alertmanager-0.25/prometheus-alertmanager") },
  { version: "0.35", program: findServer("alertmanager-0.35/alertmanager") },
] as const;

/** An alert as `GET /api/v2/alerts` shows it. */
const ShownAlert = z.looseObject({
  labels: z.record(z.string(), z.string()),
  annotations: z.record(z.string(), z.string()),
  startsAt: z.string(),
  endsAt: z.string(),
  generatorURL: z.string().optional(),
  status: z.looseObject({ state: z.string(), inhibitedBy: z.array(z.string()) }),
});
export type ShownAlert = z.infer<typeof ShownAlert>;

/** A running Alertmanager, alone on loopback. */
export interface AlertmanagerServer extends AsyncDisposable {
  /** `http://127.0.0.1:port`. */
  readonly url: string;
  readonly program: RunningProgram;
  /** Sends alerts as they are, and answers with the status and the text. */
  post(alerts: unknown): Promise<{ readonly status: number; readonly text: string }>;
  /** All that it knows and that has not ended. */
  alerts(): Promise<readonly ShownAlert[]>;
}

/** Starts one with this configuration (YAML) and waits until it is ready. */
export async function startAlertmanager(program: string, configuration: string): Promise<AlertmanagerServer> {
  const directory = mkdtempSync(join(tmpdir(), "tocsin-alertmanager-"));
  const file = join(directory, "alertmanager.yml");
  writeFileSync(file, configuration);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const running = startProgram(program, [
    `--config.file=${file}`,
    `--storage.path=${join(directory, "data")}`,
    `--web.listen-address=127.0.0.1:${port}`,
    "--web.external-url=http://alertmanager.example",
    // No cluster: it would listen on a port of its own.
    "--cluster.listen-address=",
  ]);
  const stop = async (): Promise<void> => {
    await running.stop();
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    await until(
      async () => {
        if (running.hasEnded()) throw new Error(`Alertmanager ended\n${running.log()}`);
        return (await fetch(`${url}/-/ready`).catch(() => undefined))?.ok === true;
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
    post: async (alerts) => {
      const headers = { "content-type": "application/json" };
      const body = JSON.stringify(alerts);
      const answer = await fetch(`${url}/api/v2/alerts`, { method: "POST", headers, body });
      return { status: answer.status, text: await answer.text() };
    },
    alerts: async () => {
      const answer = await fetch(`${url}/api/v2/alerts`);
      return z.array(ShownAlert).parse(await answer.json());
    },
    [Symbol.asyncDispose]: stop,
  };
}

/** A configuration that tells one webhook at once, grouped by the name of the alert. */
export function toldAtOnce(webhook: string, rest = ""): string {
  return `
route: { receiver: hook, group_by: [alertname], group_wait: 0s, group_interval: 1s, repeat_interval: 4h }
receivers:
  - name: hook
    webhook_configs: [{ url: "${webhook}", send_resolved: true }]
${rest}`;
}
