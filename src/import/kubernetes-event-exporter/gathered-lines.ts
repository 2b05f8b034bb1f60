import type { Path } from "../place.ts";
import type { ReportCode } from "../report.ts";
import type { SaidWords, Say } from "./say.ts";

/** Makes one line of the report of all that have the same code and the same name. */
export class GatheredLines {
  readonly #say: Say;
  readonly #lines = new Map<string, { code: ReportCode; path: Path; all: SaidWords[] }>();

  constructor(say: Say) {
    this.#say = say;
  }

  readonly say: Say = (code, path, words) => {
    const key = JSON.stringify([code, words.shown]);
    const line = this.#lines.get(key);
    if (line === undefined) this.#lines.set(key, { code, path, all: [words] });
    else line.all.push(words);
  };

  /** Says what was gathered. */
  end(): void {
    for (const { code, path, all } of this.#lines.values()) {
      const joined = (texts: readonly string[]): string =>
        [...new Set(texts)].filter((text) => text !== "").join("; ");
      const [first] = all;
      this.#say(code, path, {
        did: joined(all.map(({ did }) => did)),
        written: joined(all.map(({ written }) => written)),
        decide: joined(all.map(({ decide = "" }) => decide)),
        ...(first?.shown === undefined ? {} : { shown: first.shown }),
      });
    }
  }
}
