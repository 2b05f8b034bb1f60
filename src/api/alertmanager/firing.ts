import { setImmediate } from "node:timers/promises";

import type { AlertState } from "../../alert/index.ts";
import type { Queries } from "../../store/index.ts";
import { allPages } from "../paging.ts";
import { toApiLabels } from "./api-labels.ts";
import type { LabelTest } from "./matcher.ts";

/** Labels read at once: a filter may hold many regular expressions against each. */
const MOST_LABELS = 250;
/** Alerts read whole at once. */
export const MOST_WHOLE = 100;

/** The fingerprints of all alerts that fire and whose labels, as this API shows them, pass; in their order. */
export async function findFiring(
  queries: Pick<Queries, "labels">,
  takesLabels: LabelTest,
): Promise<readonly string[]> {
  // By their first digits: to sort 100,000 texts at once would hold everything up for a tenth of a second.
  const found = new Map<string, string[]>();
  const pages = allPages((after) => queries.labels({ phases: ["firing"], limit: MOST_LABELS, after }));
  for await (const rows of pages) {
    for (const { fingerprint, labels } of rows) {
      if (!takesLabels(toApiLabels(labels))) continue;
      const digits = fingerprint.slice(0, 3);
      const others = found.get(digits);
      if (others === undefined) found.set(digits, [fingerprint]);
      else others.push(fingerprint);
    }
  }
  return [...found.keys()].toSorted().flatMap((digits) => found.get(digits)?.toSorted() ?? []);
}

/** Those of some alerts that still fire, by fingerprint. Other work runs before. @param fingerprints At most `MOST_WHOLE`. */
export async function readFiring(
  queries: Pick<Queries, "alerts">,
  fingerprints: readonly string[],
): Promise<ReadonlyMap<string, AlertState>> {
  await setImmediate();
  const { rows } = await queries.alerts({ phases: ["firing"], fingerprints, limit: fingerprints.length });
  return new Map(rows.map((alert) => [alert.fingerprint, alert]));
}
