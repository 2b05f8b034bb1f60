import { createLogger, type Logger } from "../lib/log.ts";
import type { Scrubber } from "../lib/scrub.ts";
import type { Io } from "./io.ts";

/** Makes the log of a command that a person watches: warnings and errors only, on standard error. */
export function createWarningLog(io: Pick<Io, "stderr" | "colour">, scrubber: Scrubber): Logger {
  return createLogger({
    level: "warn",
    format: "pretty",
    write: io.stderr,
    scrub: (text) => scrubber.scrub(text),
    colour: io.colour.stderr,
  });
}
