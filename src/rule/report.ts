import type { Finding } from "../lib/finding.ts";
import type { Locator } from "../lib/locator.ts";
import type { Fault } from "../lib/schema.ts";

/** Path of a value: keys and indexes. */
export type Path = readonly (string | number)[];

/** A value with its place. */
export interface Placed {
  readonly document: Locator;
  readonly path: Path;
  readonly value: unknown;
}

/** A fault, with the path from the value under test. */
export type Complaint = Pick<Fault, "path" | "message" | "offset" | "onKey" | "related">;

/** Reports faults of one value. */
export interface Report {
  readonly error: (complaint: Complaint) => void;
  readonly warning: (complaint: Complaint) => void;
}

/** Collects the faults of several documents, so that a user gets all of them at once. */
export interface Findings {
  at(document: Locator, base: Path): Report;
  /** The findings of one document, in the order of its lines. */
  of(document: Locator): readonly Finding[];
  /** Document by document, in the order of their first fault; each in the order of its lines. */
  all(except?: Pick<ReadonlyMap<Locator, unknown>, "has">): readonly Finding[];
}

/** Reports only those complaints that `further` keeps; see `checkRest`. */
export function siftedReport(
  report: Report,
  further: (faults: readonly Fault[]) => readonly Fault[],
): Report {
  const take =
    (level: Fault["level"]) =>
    (complaint: Complaint): void => {
      if (further([{ ...complaint, level }]).length > 0) report[level](complaint);
    };
  return { error: take("error"), warning: take("warning") };
}

/** A report without faults. */
export function createFindings(): Findings {
  const faults = new Map<Locator, Fault[]>();
  const add = (document: Locator, fault: Fault): void => {
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
    of: (document) => document.locate(faults.get(document) ?? []),
    all: (except) =>
      [...faults].flatMap(([document, list]) =>
        except?.has(document) === true ? [] : document.locate(list),
      ),
  };
}
