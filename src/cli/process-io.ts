import type { WriteStream } from "node:tty";

import { systemClock } from "../lib/clock.ts";
import type { Io, Signal } from "./io.ts";

const SIGNALS: readonly Signal[] = ["SIGINT", "SIGTERM", "SIGHUP"];

/** The real process. A reader that goes away (`tocsin … | head`) is no failure. */
export function processIo(): Io {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit();
    throw error;
  });
  return {
    stdout: (text) => void process.stdout.write(text),
    stderr: (text) => void process.stderr.write(text),
    readStdin: () => process.stdin,
    env: process.env,
    cwd: process.cwd(),
    clock: systemClock,
    colour: { stdout: wantsColour(process.stdout), stderr: wantsColour(process.stderr) },
    // There with `--expose-gc` only, which the service has; no other flavour gives the system as much.
    returnMemory: () => globalThis.gc?.({ type: "major", execution: "sync", flavor: "last-resort" }),
    onSignal: (handle) => {
      for (const signal of SIGNALS) process.on(signal, handle);
      return () => {
        for (const signal of SIGNALS) process.off(signal, handle);
      };
    },
  };
}

/** Node honours `FORCE_COLOR` and `NO_COLOR`: https://nodejs.org/api/tty.html#writestreamgetcolordepthenv */
function wantsColour(stream: WriteStream): boolean {
  return stream.isTTY && stream.hasColors();
}
