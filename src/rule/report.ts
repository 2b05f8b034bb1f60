import type { Finding } from "../lib/finding.ts";
import type { Fault } from "../lib/schema.ts";
import type { YamlFile } from "../lib/yaml-file.ts";

/** A way to a value: keys and indexes. */
export type Path = readonly (string | number)[];

/** A value together with where it stands. */
export interface Placed {
  readonly document: YamlFile;
  readonly path: Path;
  readonly value: unknown;
}

/** What is wrong, with the path from the value that is being looked at. */
export type Complaint = Pick<Fault, "path" | "message" | "offset" | "onKey">;

/** Takes faults about one value. */
export interface Report {
  readonly error: (complaint: Complaint) => void;
  readonly warning: (complaint: Complaint) => void;
}

/** Gathers the faults of several documents, so that all of them are told at once. */
export interface Findings {
  at(document: YamlFile, base: Path): Report;
  /** Document by document, in the order in which they first had a fault; each in the order of its lines. */
  all(): readonly Finding[];
}

/** An empty collection. */
export function createFindings(): Findings {
  const faults = new Map<YamlFile, Fault[]>();
  const add = (document: YamlFile, fault: Fault): void => {
    const known = faults.get(document);
    if (known === undefined) faults.set(document, [fault]);
    else known.push(fault);
  };
  return {
    at: (document, base) => {
      const take =
        (level: Fault["level"]) =>
        (complaint: Complaint): void => {
          add(document, { ...complaint, level, path: [...base, ...complaint.path] });
        };
      return { error: take("error"), warning: take("warning") };
    },
    all: () => [...faults].flatMap(([document, list]) => document.locate(list)),
  };
}
