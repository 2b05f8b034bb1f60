import { textOf } from "../read-exporter.ts";
import { templateOf } from "./layout-of.ts";
import type { TranslateReceiver } from "./receiver-context.ts";

/** Paths that are the standard output of the process. */
const STANDARD_OUTPUT: ReadonlySet<string> = new Set(["/dev/stdout", "/proc/1/fd/1", "/proc/self/fd/1"]);

/** Of megabytes, in which the tool counts (lumberjack). */
const DEFAULT_MEGABYTES = 100;

/** `stdout`, and `file` to the standard output: a line of JSON for each Event. */
export const translateStdout: TranslateReceiver = ({ options }, context) => {
  const template = templateOf(options, context);
  const sink = { name: context.name, type: "stdout", format: "json", ...template.options };
  return { sink, remarks: template.remarks };
};

/** `file`: lines in a file that is rotated. */
export const translateFile: TranslateReceiver = (receiver, context) => {
  const { options } = receiver;
  const path = textOf(options["path"]);
  if (STANDARD_OUTPUT.has(path)) return translateStdout(receiver, context);
  const template = templateOf(options, context);
  const megabytes = Number(options["maxsize"] ?? DEFAULT_MEGABYTES) || DEFAULT_MEGABYTES;
  const kept = ["maxbackups", "maxage"].filter((key) => options[key] !== undefined);
  if (kept.length > 0)
    context.say("no-equal", [kept[0] ?? ""], {
      did: `it kept old files by ${kept.join(" and ")}`,
      written: "three old files are kept, however old they are",
    });
  const sink = { name: context.name, type: "file", path, maxBytes: `${megabytes}MiB`, ...template.options };
  return { sink, remarks: template.remarks };
};
