import type { Path } from "../place.ts";
import type { ReportCode } from "../report.ts";

/** The words of one line of the report. */
export interface SaidWords {
  readonly did: string;
  readonly written: string;
  readonly decide?: string;
  /** Shown in place of the path. */
  readonly shown?: string;
}

/** Says one thing about the value at a path of the old configuration. */
export type Say = (code: ReportCode, path: Path, words: SaidWords) => void;
