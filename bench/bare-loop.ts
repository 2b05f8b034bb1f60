import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

import type { Program } from "./sample.ts";

const PROGRAM = fileURLToPath(new URL("bare-loop.mjs", import.meta.url));

/** The options of the bare loop; `wants` is `field=value` of an Event. */
export interface BareLoopOptions {
  readonly apiUrl: string;
  readonly receiverUrl: string;
  readonly wants: string;
  /** For an API server with authentication and a certificate of its own. */
  readonly access?: { readonly token: string; readonly caFile: string };
}

/** Starts the yardstick with Node's own settings, and waits until it watches. */
export async function startBareLoop({
  apiUrl,
  receiverUrl,
  wants,
  access,
}: BareLoopOptions): Promise<Program> {
  const child = spawn(process.execPath, [PROGRAM, apiUrl, receiverUrl, wants], {
    stdio: ["ignore", "pipe", "inherit"],
    env: {
      ...process.env,
      ...(access && { TOKEN: access.token, NODE_EXTRA_CA_CERTS: access.caFile }),
    },
  });
  const [said] = await Promise.race([once(child.stdout, "data"), once(child, "exit")]);
  const { pid } = child;
  if (pid === undefined || !String(said).startsWith("watching"))
    throw new Error("the bare loop did not start");
  child.stdout.resume();
  return {
    pid,
    async [Symbol.asyncDispose]() {
      const ended = once(child, "exit");
      child.kill("SIGTERM");
      await ended;
    },
  };
}
