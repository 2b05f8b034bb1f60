import { oneLine } from "../../lib/text.ts";
import { CODE_SPAN, plainCode } from "../../sink/index.ts";

/** Slack's control characters; escaping exactly these three makes every mention and link literal.
 * https://docs.slack.dev/messaging/formatting-message-text#escaping */
const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };

/**
 * Escapes a foreign text: every mention, link and piece of code in it stays literal. The escaped form has at most
 * `limit` code units, and no cut inside an entity.
 */
export function escape(text: string, limit = Infinity): string {
  // U+02CB looks like a backtick and opens or closes nothing.
  return cutEscaped(text.toWellFormed().replaceAll("`", "\u02CB"), limit);
}

/** Foreign text as one line of code: no emoji, no bold, no links; at most `limit` code units with its backticks. */
export function code(text: string, limit: number): string {
  const inner = escape(oneLine(text), limit - 2);
  return inner === "" ? "" : `\`${inner}\``;
}

/** Foreign text as a block of code that cannot be closed from inside; at most `limit` code units with its fences. */
export function fence(text: string, limit: number): string {
  const inner = escape(text, limit - 8);
  return inner === "" ? "" : `\`\`\`\n${inner}\n\`\`\``;
}

/** A link to an address that holds no `<`, `>` or `|`. */
export function link(label: string, url: string): string {
  return `<${escape(url)}|${escape(label)}>`;
}

/** A time that Slack shows in each reader's zone; `fallback` where it cannot. */
export function dateToken(
  at: number,
  now: number,
  { precision, fallback }: { readonly precision?: "seconds" | undefined; readonly fallback: string },
): string {
  if (Number.isNaN(at)) return escape(fallback);
  const isToday = new Date(at).toISOString().slice(0, 10) === new Date(now).toISOString().slice(0, 10);
  const time = precision === "seconds" ? "{time_secs}" : "{time}";
  const form = isToday ? time : `{date_short_pretty} ${time}`;
  return `<!date^${Math.floor(at / 1000)}^${form}|${escape(fallback)}>`;
}

/** Text with the code between its backticks shown as code; where that is too long, without them. */
export function withCode(text: string, limit: number): string {
  const parts = text
    .split(CODE_SPAN)
    .map((part, index) => (index % 2 === 0 ? escape(part) : code(part, limit)));
  const whole = parts.join("");
  return whole.length <= limit ? whole : escape(plainCode(text), limit);
}

/** Cuts the middle, never inside an entity. */
function cutEscaped(text: string, limit: number): string {
  const points = Array.from(text, (point) => ENTITIES[point] ?? point);
  const whole = points.join("");
  if (whole.length <= limit) return whole;
  if (limit < 1) return "";
  const room = limit - 1;
  const head = fitting(points, Math.ceil(room / 2));
  const tail = fitting(points.toReversed(), room - head.join("").length).toReversed();
  return `${head.join("")}…${tail.join("")}`;
}

/** The first of these texts that are not longer than the limit together. */
function fitting(points: readonly string[], limit: number): readonly string[] {
  let length = 0;
  const end = points.findIndex((point) => (length += point.length) > limit);
  return end === -1 ? points : points.slice(0, end);
}
