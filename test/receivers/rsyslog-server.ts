import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { freePort } from "../support/free-port.ts";
import { type RunningProgram, startProgram } from "../support/running-program.ts";
import { until } from "../support/until.ts";
import { findServer } from "./find-server.ts";

/** The program; undefined when it was not fetched. */
export const RSYSLOG = findServer("rsyslog/rsyslogd");

/** A message as rsyslog read it. */
export interface ReadMessage {
  readonly severity: string;
  readonly host: string;
  readonly app: string;
  readonly id: string;
  readonly time: string;
  readonly data: string;
  readonly text: string;
}

/** A running rsyslog on loopback. */
export interface RsyslogServer extends AsyncDisposable {
  /** For TCP and UDP. */
  readonly port: number;
  readonly program: RunningProgram;
  messages(): readonly ReadMessage[];
}

const FIELDS = [
  "syslogseverity-text",
  "hostname",
  "app-name",
  "msgid",
  "timestamp:::date-rfc3339",
  "structured-data",
  "msg",
];

function takesConnections(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    const end = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.once("connect", () => end(true));
    socket.once("error", () => end(false));
  });
}

/** Starts one and waits until it listens. */
export async function startRsyslog(program: string): Promise<RsyslogServer> {
  const directory = mkdtempSync(join(tmpdir(), "tocsin-rsyslog-"));
  const port = await freePort();
  const file = join(directory, "messages");
  writeFileSync(file, "");
  writeFileSync(
    join(directory, "rsyslog.conf"),
    `global(workDirectory="${directory}")
module(load="imtcp")
module(load="imudp")
input(type="imtcp" port="${port}" address="127.0.0.1")
input(type="imudp" port="${port}" address="127.0.0.1")
template(name="fields" type="string" string="${FIELDS.map((field) => `%${field}%`).join("\\t")}\\n")
action(type="omfile" file="${file}" template="fields")
`,
  );
  const folder = dirname(program);
  const args = ["-n", "-f", join(directory, "rsyslog.conf"), "-i", join(directory, "pid"), "-M", folder];
  const running = startProgram(program, args, { env: { ...process.env, LD_LIBRARY_PATH: folder } });
  const stop = async (): Promise<void> => {
    await running.stop();
    rmSync(directory, { recursive: true, force: true });
  };
  const messages = (): readonly ReadMessage[] =>
    readFileSync(file, "utf8")
      .split("\n")
      .slice(0, -1)
      .map((line) => {
        const [severity = "", host = "", app = "", id = "", time = "", data = "", text = ""] =
          line.split("\t");
        return { severity, host, app, id, time, data, text };
      });
  try {
    await until(
      () => {
        if (running.hasEnded()) throw new Error(`rsyslog ended\n${running.log()}`);
        return takesConnections(port);
      },
      () => running.log(),
    );
  } catch (error) {
    await stop();
    throw error;
  }
  return { port, program: running, messages, [Symbol.asyncDispose]: stop };
}
