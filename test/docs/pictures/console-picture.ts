import { escapeXml } from "./svg-text.ts";

const WIDTH = 860;
const LINE = 19;
const TOP = 50;

/** Words that a terminal shows in colour. */
const COLOURS: readonly (readonly [RegExp, string])[] = [
  [/^(?<before>\S+Z +)(?<word>CRITICAL)/u, "#ff7b72"],
  [/^(?<before>\S+Z +)(?<word>WARNING)/u, "#e3b341"],
  [/^(?<before>\S+Z +)(?<word>OK)/u, "#56d364"],
  [/^(?<before> *)(?<word>│)/u, "#e3b341"],
];

/** Blocks of the console, drawn as a terminal. */
export function consolePicture(blocks: readonly string[]): string {
  const lines = blocks.flatMap((block) => [...block.trimEnd().split("\n"), ""]).slice(0, -1);
  const height = TOP + lines.length * LINE + 8;
  const texts = lines.map(
    (line, index) => `<text x="20" y="${TOP + index * LINE}" xml:space="preserve">${coloured(line)}</text>`,
  );
  const dots = ["#ff5f56", "#ffbd2e", "#27c93f"].map(
    (fill, index) => `<circle cx="${22 + index * 18}" cy="20" r="6" fill="${fill}"/>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" font-family="Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="13.5" fill="#e6edf3" role="img">
<rect width="${WIDTH}" height="${height}" rx="8" fill="#0d1117"/>
${[...dots, ...texts].join("\n")}
</svg>
`;
}

function coloured(line: string): string {
  for (const [pattern, colour] of COLOURS) {
    const { before, word } = pattern.exec(line)?.groups ?? {};
    if (before === undefined || word === undefined) continue;
    const rest = line.slice(before.length + word.length);
    return `${escapeXml(before)}<tspan fill="${colour}">${escapeXml(word)}</tspan>${escapeXml(rest)}`;
  }
  return escapeXml(line);
}
