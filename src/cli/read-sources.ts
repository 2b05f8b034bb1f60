import { resolve } from "node:path";

import type { SourceText } from "../import/index.ts";
import { decodedText } from "../lib/decoded-text.ts";
import { errorIn, type Finding } from "../lib/finding.ts";
import { readText } from "../lib/read-text.ts";
import type { Io } from "./io.ts";

/** Reads files of another tool, or standard input for `-`. */
export async function readSources(
  files: readonly string[],
  io: Io,
): Promise<{ readonly texts: readonly SourceText[]; readonly findings: readonly Finding[] }> {
  const texts: SourceText[] = [];
  const findings: Finding[] = [];
  for (const file of files) {
    if (file === "-") {
      let text = "";
      for await (const chunk of decodedText(io.readStdin())) text += chunk;
      texts.push({ file: "standard input", text });
      continue;
    }
    const { text, trouble } = await readText(resolve(io.cwd, file));
    if (text === undefined) findings.push(errorIn(file, trouble));
    else texts.push({ file, text });
  }
  return { texts, findings };
}
