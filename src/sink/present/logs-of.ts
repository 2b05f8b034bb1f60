import type { Notification } from "../../alert/index.ts";
import { cutMiddle } from "../../lib/cut-middle.ts";
import { cleanText } from "../../lib/text.ts";
import { shortLine } from "./words.ts";

/** Code units of all lines: a message has other things to say. */
const LONGEST_LOGS = 1200;
const LONGEST_LINE = 400;

/** The last lines of the first log in a message, behind a line that names the container; "" when it has none. */
export function logsOf({ alerts }: Pick<Notification, "alerts">): string {
  const [log] = alerts.flatMap(({ evidence }) => evidence?.logs ?? []);
  if (log === undefined) return "";
  const kept: string[] = [];
  let room = LONGEST_LOGS;
  for (const line of log.lines.toReversed()) {
    const short = cutMiddle(cleanText(line), LONGEST_LINE);
    room -= short.length + 1;
    if (room < 0) break;
    kept.unshift(short);
  }
  return [`log of ${shortLine(log.container, 63)} in ${shortLine(log.object, 100)}:`, ...kept].join("\n");
}
