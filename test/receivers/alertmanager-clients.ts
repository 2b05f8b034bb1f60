import { execFile } from "node:child_process";

import { findServer } from "./find-server.ts";

/** The versions of amtool that ask Tocsin: that of Debian 12, and the newest one. */
export const AMTOOLS = [
  { version: "0.25", program: findServer("alertmanager-0.25/amtool") },
  { version: "0.35", program: findServer("alertmanager-0.35/amtool") },
] as const;

/** Alertmanager's own client in Go, around `alertmanager-client/main.go`. */
export const CLIENT = findServer("alertmanager-0.35/client");

/** The output of a program that has ended. */
export interface Said {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end; it does not hold this process up. */
export function run(program: string, args: readonly string[]): Promise<Said> {
  return new Promise((resolve) => {
    // Without a home, amtool reads no configuration of whoever runs the tests.
    const env = { ...process.env, HOME: "/nonexistent" };
    execFile(program, [...args], { env, maxBuffer: 2 ** 26 }, (error, stdout, stderr) => {
      resolve({ status: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

/** Asks by the client; answers the payload. @throws {Error} with the words of the client. */
export async function askByClient(url: string, operation: string, argument?: unknown): Promise<unknown> {
  const text = typeof argument === "string" ? argument : JSON.stringify(argument ?? {});
  const { stdout, stderr } = await run(CLIENT ?? "", [url, operation, text]);
  // It prints one of the two, as alertmanager-client/main.go says.
  const answer = JSON.parse(stdout === "" ? JSON.stringify({ error: stderr }) : stdout) as {
    readonly payload?: unknown;
    readonly error?: string;
  };
  if (answer.error !== undefined) throw new Error(answer.error);
  return answer.payload;
}
