import { z } from "zod";

import type { SlackPayload } from "../../../src/sinks/slack/payload.ts";
import { escapeXml, type Span, wrapSpans } from "./svg-text.ts";

const WIDTH = 900;
const LINE = 21;
const LEFT = 68;
const INDENT = 16;
const MOST_CHARACTERS = 96;
const MOST_CODE_CHARACTERS = 86;

/** The parts of a payload that are drawn. */
const Drawn = z.object({
  text: z.string(),
  attachments: z.array(
    z.object({
      color: z.string(),
      blocks: z.array(
        z.object({
          type: z.string(),
          text: z.object({ text: z.string() }).optional(),
          elements: z.array(z.object({ text: z.string() })).optional(),
        }),
      ),
    }),
  ),
});

interface Line {
  readonly spans: readonly Span[];
  readonly isCode: boolean;
  readonly isSmall: boolean;
}

/** A message as Slack shows it, drawn as SVG. @param time Of the message: `07:25`. */
export function slackPicture(payload: SlackPayload, time: string): string {
  const { text, attachments } = Drawn.parse(payload);
  const head = linesOf(text, false);
  const [{ color, blocks } = { color: "#888888", blocks: [] }] = attachments;
  const body = blocks.flatMap(({ type, text: own, elements }) => {
    const texts = [...(own === undefined ? [] : [own.text]), ...(elements ?? []).map((each) => each.text)];
    return texts.flatMap((each) => linesOf(each, type === "context"));
  });
  const parts: string[] = [];
  let y = 34;
  parts.push(
    `<text x="${LEFT}" y="${y}"><tspan font-weight="700">Tocsin</tspan><tspan dx="8" font-size="11" fill="#616061">APP  ${time}</tspan></text>`,
  );
  for (const line of head) parts.push(drawn(line, LEFT, (y += LINE + 2)));
  const top = y + 14;
  y = top;
  for (const line of body) parts.push(drawn(line, LEFT + INDENT, (y += LINE)));
  const bottom = y + 10;
  parts.push(`<rect x="${LEFT}" y="${top}" width="4" height="${bottom - top}" rx="2" fill="${color}"/>`);
  return picture(bottom + 16, parts);
}

function picture(height: number, parts: readonly string[]): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" font-family="Lato, 'Helvetica Neue', Arial, sans-serif" font-size="15" fill="#1d1c1d" role="img">
<rect x="0.5" y="0.5" width="${WIDTH - 1}" height="${height - 1}" rx="8" fill="#ffffff" stroke="#dddddd"/>
<rect x="18" y="18" width="38" height="38" rx="6" fill="#4a154b"/>
<path d="M37 26c-5 0-7 4-7 8v5l-3 4h20l-3-4v-5c0-4-2-8-7-8zm-3 19a3 3 0 0 0 6 0z" fill="#ffffff"/>
${parts.join("\n")}
</svg>
`;
}

function drawn({ spans, isCode, isSmall }: Line, x: number, y: number): string {
  const background = isCode
    ? `<rect x="${x}" y="${y - 15}" width="${WIDTH - x - 20}" height="${LINE}" fill="#f8f8f8"/>\n`
    : "";
  const text = spans.map((span) => `<tspan${look(span)}>${escapeXml(span.text)}</tspan>`).join("");
  const font = isCode ? ` font-family="Menlo, Consolas, monospace" font-size="12.5"` : "";
  const small = isSmall ? ` font-size="13" fill="#616061"` : "";
  return `${background}<text x="${isCode ? x + 8 : x}" y="${y}" xml:space="preserve"${font}${small}>${text}</text>`;
}

function look({ style }: Span): string {
  if (style === "bold") return ` font-weight="700"`;
  if (style === "code") return ` font-family="Menlo, Consolas, monospace" font-size="12.5" fill="#c01343"`;
  return style === "link" ? ` fill="#1264a3"` : "";
}

/** The lines of a text in Slack's mark-up. */
function linesOf(mrkdwn: string, isSmall: boolean): readonly Line[] {
  const [, fenced] = /^```\n([\s\S]*)\n```$/u.exec(mrkdwn) ?? [];
  if (fenced !== undefined) {
    return fenced
      .split("\n")
      .flatMap((line) => wrapSpans([{ text: plain(line) }], MOST_CODE_CHARACTERS))
      .map((spans) => ({ spans, isCode: true, isSmall }));
  }
  return mrkdwn
    .split("\n")
    .flatMap((line) => wrapSpans(spansOf(line), MOST_CHARACTERS))
    .map((spans) => ({ spans, isCode: false, isSmall }));
}

/** https://docs.slack.dev/messaging/formatting-message-text, as far as our messages use it. */
function spansOf(line: string): readonly Span[] {
  const marks =
    /\*(?<bold>[^*]+)\*|`(?<code>[^`]+)`|<!date[^|>]*\|(?<date>[^>]*)>|<(?:[^|>]*)\|(?<link>[^>]*)>/gu;
  const spans: Span[] = [];
  let at = 0;
  for (const match of line.matchAll(marks)) {
    spans.push({ text: plain(line.slice(at, match.index)) });
    const { bold, code, date, link } = match.groups ?? {};
    const text = plain(bold ?? code ?? date ?? link ?? "");
    const style =
      bold !== undefined ? "bold" : code !== undefined ? "code" : link !== undefined ? "link" : undefined;
    spans.push({ text, style });
    at = match.index + match[0].length;
  }
  spans.push({ text: plain(line.slice(at)) });
  return spans.filter(({ text }) => text !== "");
}

function plain(text: string): string {
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}
