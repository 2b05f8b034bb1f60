import { setImmediate } from "node:timers/promises";

import { type Silence, type SilenceStanding, standingOf } from "../../alert/index.ts";
import type { LabelledAlert, Queries } from "../../store/index.ts";
import { allPages } from "../paging.ts";

/** Alerts whose labels are read and compared at once. */
const PAGE = 250;
/** Silences that are compared with these alerts in one go: some milliseconds of regular expressions. */
const SILENCES_AT_ONCE = 50;

/** The firing alerts that a silence would match, counted. */
export interface SilenceReach {
  readonly firing: number;
  /** Those among them that are critical. */
  readonly critical: number;
  /** Ids of the other silences that are not over and match some of these alerts too, in the order of the others. */
  readonly overlaps: readonly string[];
}

/** A silence that has no alert in common with the new one so far. */
type Apart = SilenceStanding & { readonly id: string };

/**
 * Reads each firing alert once; other work runs in between.
 *
 * @param now Epoch milliseconds. @param gone Ends it before its next step. @throws {Error} AbortError then.
 */
export async function reachOf(
  queries: Pick<Queries, "labels">,
  matches: SilenceStanding["matches"],
  others: readonly Silence[],
  { now, gone }: { readonly now: number; readonly gone: AbortSignal },
): Promise<SilenceReach> {
  let [firing, critical] = [0, 0];
  const open = others
    .map((silence): Apart => ({ id: silence.id, ...standingOf(silence, now) }))
    .filter(({ state }) => state !== "expired");
  let apart: readonly Apart[] = open;
  const pages = allPages((after) => queries.labels({ phases: ["firing"], limit: PAGE, after }), gone);
  for await (const alerts of pages) {
    const matched = alerts.filter(matches);
    firing += matched.length;
    critical += matched.filter(({ severity }) => severity === "critical").length;
    if (matched.length > 0) apart = await stillApart(apart, matched, gone);
  }
  const left = new Set(apart);
  return { firing, critical, overlaps: open.filter((silence) => !left.has(silence)).map(({ id }) => id) };
}

/** Those that match none of these alerts either. */
async function stillApart(
  silences: readonly Apart[],
  alerts: readonly LabelledAlert[],
  gone: AbortSignal,
): Promise<readonly Apart[]> {
  const apart: Apart[] = [];
  for (let at = 0; at < silences.length; at += SILENCES_AT_ONCE) {
    const some = silences.slice(at, at + SILENCES_AT_ONCE);
    apart.push(...some.filter(({ matches }) => !alerts.some(matches)));
    await setImmediate(undefined, { signal: gone });
  }
  return apart;
}
