import type { ReportCode } from "../report.ts";

/** Says one thing about a sink of a command line. */
export type SayOfSink = (
  code: ReportCode,
  words: { readonly did: string; readonly written: string; readonly decide?: string },
) => void;
