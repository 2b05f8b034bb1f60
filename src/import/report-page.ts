import { counted } from "../lib/counted.ts";
import { oneLine } from "../lib/text.ts";
import { REPORT_CODES, type ReportCode, type ReportLine } from "./report.ts";
import type { Imported } from "./tool.ts";

/** The first lines of a report, in numbers. */
export function reportSummary({ receivers, deliveries, templates }: Imported): readonly string[] {
  const parts = (items: readonly (readonly [number, string])[]): string =>
    items.flatMap(([number, text]) => (number > 0 ? [`${number} ${text}`] : [])).join(", ");
  const { withoutEqual, unused } = receivers;
  const ofReceivers = parts([
    [withoutEqual, withoutEqual === 1 ? "has no equal" : "have no equal"],
    [unused, unused === 1 ? "is used by nothing" : "are used by nothing"],
  ]);
  const never = parts([[deliveries.never, "never delivered anything"]]);
  return [
    `Of ${counted(receivers.found, "receiver")} ${tail(receivers.written, ofReceivers)}`,
    `Of ${deliveries.found} ${deliveries.found === 1 ? "delivery" : "deliveries"} ${tail(deliveries.written, never)}`,
    ...(templates.found === 0
      ? []
      : [`Of ${counted(templates.found, "hole")} in templates ${templates.translated} are translated.`]),
  ];
}

function tail(written: number, others: string): string {
  return `${written} ${written === 1 ? "is" : "are"} written${others === "" ? "" : `, ${others}`}.`;
}

/** The report for people, in Markdown. @param files The files that were read. */
export function reportPage(tool: string, imported: Imported, files: readonly string[]): string {
  const { lines } = imported;
  const [open, told] = [
    lines.filter(({ decide }) => decide !== ""),
    lines.filter(({ decide }) => decide === ""),
  ];
  return [
    `# Import from ${tool}`,
    reportSummary(imported).join("\n"),
    `Read: ${files.map((file) => code(file)).join(", ")}.`,
    ...section("To decide", open),
    ...section("To know", told),
  ]
    .join("\n\n")
    .concat("\n");
}

function section(title: string, lines: readonly ReportLine[]): readonly string[] {
  if (lines.length === 0) return [];
  const byCode = Map.groupBy(lines, (line) => line.code);
  return [
    `## ${title}`,
    ...[...byCode].flatMap(([key, group]) => [heading(key), group.map(entry).join("\n")]),
  ];
}

function heading(key: ReportCode): string {
  return `### ${REPORT_CODES[key]} (${code(key)})`;
}

function entry({ place, path, did, written, decide }: ReportLine): string {
  const at = place.line === 0 ? place.file : `${place.file}:${place.line}`;
  const where = path === "" ? "" : `, ${code(path)}`;
  const sentences = [
    `  * It did: ${oneLine(did)}.`,
    `  * Written: ${oneLine(written)}.`,
    ...(decide === "" ? [] : [`  * Decide: ${oneLine(decide)}.`]),
  ];
  return [`* ${code(at)}${where}`, ...sentences].join("\n");
}

/** A code span, which may hold backticks itself. */
function code(text: string): string {
  const clean = oneLine(text);
  const longest = Math.max(0, ...[...clean.matchAll(/`+/gu)].map(([ticks]) => ticks.length));
  const fence = "`".repeat(longest + 1);
  return longest === 0 ? `${fence}${clean}${fence}` : `${fence} ${clean} ${fence}`;
}
