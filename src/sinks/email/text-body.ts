import { cutMiddle } from "../../lib/cut-middle.ts";
import { utcTime } from "../../lib/utc-time.ts";
import { plainCode, type Presentation, spell } from "../../sink/index.ts";

/** Longest text and evidence, in code units: people read mails, they do not search them. */
export const LONGEST_BODY_TEXT = 1800;

/** The mail as plain text, complete by itself. */
export function toTextBody(shown: Presentation, now: number): string {
  const { cause, cluster, command, evidence, headline, links, logs, note, places, sign, text, why } = shown;
  const facts = spell(shown.facts, { instant: (at, precision) => utcTime(at, now, precision) });
  const where = places.shown.map(placeLine);
  const next = [
    ...(command === undefined ? [] : [command]),
    ...links.map(({ label, url }) => `${label}: ${url}`),
  ];
  return [
    [`${sign} ${headline} — ${cluster}`, facts],
    [cause, cutMiddle(plainCode(text), LONGEST_BODY_TEXT), note],
    indented(cutMiddle(evidence, LONGEST_BODY_TEXT).split("\n"), "> "),
    indented(logs.split("\n"), "> "),
    labelled("Where", [...where, ...(places.omitted > 0 ? [`and ${places.omitted} more`] : [])]),
    labelled("Next", next),
    [why.join(" · ")],
  ]
    .map((lines) => lines.filter((line) => line !== "").join("\n"))
    .filter((part) => part !== "")
    .join("\n\n")
    .concat("\n");
}

/** `critical · StatefulSet/ledger in pay · 4 times on 1 pod`. */
export function placeLine({ mark, name, extent, cause }: Presentation["places"]["shown"][number]): string {
  return [mark, name, extent, cause].filter((part) => part !== "").join(" · ");
}

function labelled(label: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [`${label}:`, ...indented(lines, "  ")];
}

function indented(lines: readonly string[], mark: string): readonly string[] {
  return lines.filter((line) => line !== "").map((line) => mark + line);
}
