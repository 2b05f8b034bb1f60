import { cutMiddle } from "../../lib/cut-middle.ts";
import { utcTime } from "../../lib/utc-time.ts";
import { COLOURS, plainCode, type Presentation, spell } from "../../sink/index.ts";
import { LONGEST_BODY_TEXT, placeLine } from "./text-body.ts";

/** Markup that is safe to send: every foreign part of it was escaped. */
interface Markup {
  readonly markup: string;
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Builds markup and escapes every string in it. (Not named `html`: formatters would add blanks to it.) */
function safe(
  parts: TemplateStringsArray,
  ...values: readonly (string | Markup | readonly Markup[])[]
): Markup {
  const filled = values.map((value) => {
    if (typeof value === "string") return value.replaceAll(/[&<>"']/gu, (char) => ENTITIES[char] ?? char);
    return "markup" in value ? value.markup : value.map(({ markup }) => markup).join("");
  });
  return { markup: parts.reduce((text, part, index) => text + (filled[index - 1] ?? "") + part) };
}

/** The same content as the text: one table, inline styles, nothing remote, no script. At most 60 KB. */
export function toHtmlBody(shown: Presentation, now: number): string {
  const { cause, cluster, evidence, headline, logs, note, sign, state, text, why } = shown;
  const facts = spell(shown.facts, { instant: (at, precision) => utcTime(at, now, precision) });
  const body = [
    safe`<p style="${P};font-size:16px"><strong>${sign} ${headline}</strong> — ${cluster}</p>\n`,
    ...unlessEmpty(facts, safe`<p style="${P}">${facts}</p>\n`),
    ...unlessEmpty(cause, safe`<p style="${P}">${cause}</p>\n`),
    ...unlessEmpty(
      text,
      safe`<p style="${P};white-space:pre-wrap">${cutMiddle(plainCode(text), LONGEST_BODY_TEXT)}</p>\n`,
    ),
    ...unlessEmpty(note, safe`<p style="${P};white-space:pre-wrap">${note}</p>\n`),
    ...unlessEmpty(evidence, safe`<pre style="${PRE}">${cutMiddle(evidence, LONGEST_BODY_TEXT)}</pre>\n`),
    ...unlessEmpty(logs, safe`<pre style="${PRE}">${logs}</pre>\n`),
    ...places(shown),
    ...next(shown),
    safe`<p style="margin:0;font-size:12px">${why.join(" · ")}</p>\n`,
  ];
  return safe`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>${headline}</title>
</head>
<body style="${BODY}">
<table role="presentation" cellpadding="0" cellspacing="0" style="border-collapse:collapse"><tr>
<td style="width:6px;background-color:${COLOURS[state]}"></td>
<td style="padding:4px 12px">
${body}</td>
</tr></table>
</body>
</html>
`.markup;
}

const BODY = "margin:0;padding:8px;font-family:sans-serif;font-size:14px;line-height:1.4";
const P = "margin:0 0 8px";
const PRE = `${P};padding:8px;border:1px solid #9aa0a6;white-space:pre-wrap;word-break:break-word`;

function places({ places: { shown, omitted } }: Presentation): readonly Markup[] {
  if (shown.length === 0) return [];
  const items = shown.map((place) => safe`<li>${placeLine(place)}</li>\n`);
  const rest = omitted > 0 ? [safe`<li>and ${String(omitted)} more</li>\n`] : [];
  return [safe`<ul style="${P};padding-left:20px">\n${[...items, ...rest]}</ul>\n`];
}

function next({ command, links }: Presentation): readonly Markup[] {
  const items = [
    ...(command === undefined ? [] : [safe`<code>${command}</code>`]),
    ...links.map(({ label, url }) => safe`<a href="${url}">${label}</a>`),
  ];
  const row = items.flatMap((item, index) => (index === 0 ? [item] : [safe` · `, item]));
  return items.length === 0 ? [] : [safe`<p style="${P}">${row}</p>\n`];
}

function unlessEmpty(text: string, markup: Markup): readonly Markup[] {
  return text === "" ? [] : [markup];
}
