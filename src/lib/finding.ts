/** One fault or warning in a file of a user. */
export interface Finding {
  readonly level: "error" | "warning";
  /** As the user named it, relative where the user wrote it relative; "" when the fault is in no file. */
  readonly file: string;
  /** 1-based; 0 when there is no position. */
  readonly line: number;
  /** 1-based, in UTF-16 code units; 0 when there is no position. */
  readonly column: number;
  /** The path of the value: `rules[1].match.type`; "" for the whole file. */
  readonly path: string;
  readonly message: string;
}

/** An error about a whole file. @param file "" for an error in no file. */
export function errorIn(file: string, message: string): Finding {
  return { level: "error", file, line: 0, column: 0, path: "", message };
}

/** Formats `file:line:column: path: message`, without empty parts. */
export function formatFinding(finding: Finding): string {
  const position = finding.line === 0 ? "" : `:${finding.line}:${finding.column}`;
  const place = finding.file === "" ? "" : `${finding.file}${position}: `;
  const path = finding.path === "" ? "" : `${finding.path}: `;
  const level = finding.level === "warning" ? "warning: " : "";
  return `${place}${level}${path}${finding.message}`;
}
