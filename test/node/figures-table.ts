import type { Figures } from "./judge.ts";
import { percentile } from "./percentile.ts";

const COLUMNS: readonly (readonly [title: string, cell: (figures: Figures) => string])[] = [
  ["incident", ({ name }) => name],
  ["told after", ({ toldAfter }) => duration(toldAfter)],
  [
    "by",
    ({ rules, isRight }) => (rules.length === 0 ? "nobody" : `${isRight ? "" : "WRONG "}${rules.join(" ")}`),
  ],
  ["cause", ({ toldAfter, unnamed }) => named(toldAfter, unnamed)],
  ["end told after", ({ endToldAfter, isPoint }) => (isPoint ? "" : duration(endToldAfter))],
  ["end off by", ({ endTimeError }) => (endTimeError === undefined ? "" : duration(endTimeError))],
  ["again", ({ isToldAgain }) => (isToldAgain === undefined ? "" : isToldAgain ? "told" : "NOT TOLD")],
  ["messages", ({ messages }) => String(messages)],
  ["open later", ({ leftOpen }) => leftOpen?.join(" ") ?? ""],
  ["untrue", ({ untrue }) => untrue.join("; ")],
];

/** The figures of all incidents as a table in Markdown, with a line of sums. */
export function tableOf(all: readonly Figures[]): string {
  const rows = all.map((figures) => COLUMNS.map(([, cell]) => cell(figures)));
  const lines = [COLUMNS.map(([title]) => title), COLUMNS.map(() => "---"), ...rows];
  return [...lines.map((cells) => `| ${cells.join(" | ")} |`), "", sums(all)].join("\n");
}

function sums(all: readonly Figures[]): string {
  const told = all.filter(({ toldAfter }) => toldAfter !== undefined);
  const isDone = ({ isPoint, isRight, unnamed, endToldAfter, isToldAgain, untrue }: Figures): boolean =>
    isRight &&
    unnamed.length === 0 &&
    (isPoint || endToldAfter !== undefined) &&
    isToldAgain !== false &&
    untrue.length === 0;
  return [
    `${told.length} of ${all.length} told`,
    `cause named in ${told.filter(({ unnamed }) => unnamed.length === 0).length}`,
    `end told in ${all.filter(({ endToldAfter }) => endToldAfter !== undefined).length}`,
    `right from first message to end: ${all.filter(isDone).length}`,
    `told after ${spread(all.map(({ toldAfter }) => toldAfter))}`,
    `end told after ${spread(all.map(({ endToldAfter }) => endToldAfter))}`,
    `end off by ${spread(all.map(({ endTimeError }) => endTimeError).map((error) => error && Math.abs(error)))}`,
    `messages ${spread(
      all.map(({ messages }) => messages),
      "",
    )}`,
    `open five minutes after all was well: ${openLater(all)}`,
    `untrue ${all.flatMap(({ untrue }) => untrue).length}`,
  ].join("; ");
}

function openLater(all: readonly Figures[]): string {
  const looked = all.flatMap(({ leftOpen }) => (leftOpen === undefined ? [] : [leftOpen]));
  return looked.length === 0 ? "not looked at" : `${looked.flat().length} in ${looked.length}`;
}

/** Median and 95th percentile. */
function spread(values: readonly (number | undefined)[], unit = " s"): string {
  const [median, most] = [percentile(values, 0.5), percentile(values, 0.95)];
  return median === undefined ? "never" : `${median}${unit} (p50) ${most}${unit} (p95)`;
}

function named(toldAfter: number | undefined, unnamed: readonly string[]): string {
  if (toldAfter === undefined) return "";
  return unnamed.length === 0 ? "named" : `without ${unnamed.join(" ").replaceAll("|", "\\|")}`;
}

function duration(seconds: number | undefined): string {
  return seconds === undefined ? "never" : `${seconds} s`;
}
