import { isDeepStrictEqual } from "node:util";

import {
  type AlertState,
  type EngineInput,
  requestSilence,
  type Silence,
  standingOf,
} from "../alert/index.ts";
import type { Clock } from "../lib/clock.ts";
import { TocsinError } from "../lib/errors.ts";
import { worstOf } from "../lib/severity.ts";
import { unusedId } from "../lib/unused-id.ts";
import type { GroupActions, GroupSilence, OpenGroup, SilenceWish } from "../sink/index.ts";
import type { Queries } from "../store/index.ts";

/** Firing alerts of a group whose labels are compared. Whether one of them is critical is asked of all. */
const MOST_ALERTS = 100;

/** Labels that say what a silence of a group is about, as far as its alerts have one value of them. */
const SUBJECT = ["rule", "cluster", "namespace", "workload"];

/** Without one of these a silence would be of everything in a namespace, or in a cluster. */
const NARROW = ["rule", "workload"];

/** Collaborators of a `GroupSilencer`. */
export interface GroupSilencerDeps {
  readonly queries: Pick<Queries, "alerts" | "groupAlerts" | "silences">;
  /** Makes a silence; it is durable when this resolves. */
  readonly silence: (change: Extract<EngineInput, { readonly kind: "silence" }>) => Promise<void>;
  /** The labels of alerts, as configured now. */
  readonly labels: () => Parameters<typeof requestSilence>[1]["labels"];
  readonly clock: Clock;
}

/** Looks groups up and silences them, for people who click in a receiver. */
export class GroupSilencer implements GroupActions {
  readonly #deps: GroupSilencerDeps;

  constructor(deps: GroupSilencerDeps) {
    this.#deps = deps;
  }

  /** The open group of this key; undefined when none of its alerts fires. */
  async find(groupKey: string): Promise<OpenGroup | undefined> {
    const { queries } = this.#deps;
    const groups = await queries.groupAlerts([groupKey], Number.MAX_SAFE_INTEGER);
    const firing = { fingerprints: groups.get(groupKey)?.fingerprints ?? [], phases: ["firing"] } as const;
    const { rows } = await queries.alerts({ ...firing, limit: MOST_ALERTS });
    if (rows.length === 0) return undefined;
    const critical = await queries.alerts({ ...firing, severity: "critical", limit: 1 });
    const severities = [...rows, ...critical.rows].map(({ severity }) => severity);
    return { severity: worstOf(severities), labels: subjectOf(rows) };
  }

  /**
   * Silences what the firing alerts of the group have in common, unless a silence does so already for at least half of
   * that time: of two people who click one after the other, the second one finds the silence of the first.
   */
  async silence(
    groupKey: string,
    { forMs, author, comment }: SilenceWish,
  ): Promise<GroupSilence | undefined> {
    const { clock, queries } = this.#deps;
    const group = await this.find(groupKey);
    if (group === undefined) return undefined;
    const now = clock.now();
    const until = forMs === undefined ? undefined : now + forMs;
    const all = await queries.silences();
    const known = all.find((silence) => coversAlready(silence, { match: group.labels, forMs, now }));
    if (known !== undefined) return { until: known.until, author: known.author, isNew: false };
    const end = until === undefined ? { untilResolved: true } : { until };
    await this.#make({ match: group.labels, ...end, author, comment }, all);
    return { until, author, isNew: true };
  }

  async #make(asked: Parameters<typeof requestSilence>[0], all: readonly Silence[]): Promise<void> {
    const { clock, labels, silence: make } = this.#deps;
    const { silence, faults, hasRoom } = requestSilence(asked, {
      id: unusedId(all),
      now: clock.now(),
      labels: labels(),
      others: all.length,
    });
    const error = faults.find(({ level }) => level === "error")?.message;
    if (error !== undefined || !hasRoom)
      throw new TocsinError("ERR_USAGE", error ?? "there are too many silences already");
    await make({ kind: "silence", silence });
  }
}

/** Whether a silence that holds now has the same patterns, and goes on for half of the time or longer. */
function coversAlready(
  silence: Silence,
  wish: { readonly match: object; readonly forMs: number | undefined; readonly now: number },
): boolean {
  if (standingOf(silence, wish.now).state !== "active" || !isDeepStrictEqual(silence.match, wish.match))
    return false;
  if (wish.forMs === undefined || silence.untilResolved) return silence.untilResolved;
  return (silence.until ?? 0) - wish.now >= wish.forMs / 2;
}

/** The labels that a silence of these alerts matches; empty when they have too little in common. */
function subjectOf(alerts: readonly AlertState[]): Readonly<Record<string, string>> {
  const labels = Object.fromEntries(
    SUBJECT.flatMap((label) => {
      const [value = "", ...others] = new Set(alerts.map(({ labels: own }) => own[label] ?? ""));
      return value === "" || others.length > 0 ? [] : [[label, value]];
    }),
  );
  return NARROW.some((label) => labels[label] !== undefined) ? labels : {};
}
