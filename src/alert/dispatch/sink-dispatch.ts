import type { NotifyReason } from "../notification.ts";
import type { DigestCause } from "../sink-load.ts";
import type { AlertState, GroupState, SentState } from "../state.ts";
import { accountOf, type Announcer, type Telling } from "./announcer.ts";
import { decide, heldBack, nextRepeatAt, type View } from "./decide.ts";
import type { DecisionLog } from "./decision-log.ts";
import type { DigestBook } from "./digest-book.ts";

/** What the sink dispatch works with; the dispatcher owns all of it. */
export interface SinkDispatchDeps {
  readonly announcer: Announcer;
  readonly decisionLog: DecisionLog;
  readonly digests: DigestBook;
  /** Milliseconds. */
  readonly repeatInterval: (group: GroupState, alerts: readonly Pick<AlertState, "severity">[]) => number;
  /** Alerts, of any group, of which nobody is told because of these. */
  readonly consequencesOf: (alerts: readonly AlertState[]) => readonly AlertState[];
}

/** One for all alerts of a severity. */
const FIRING = {
  critical: { severity: "critical" },
  warning: { severity: "warning" },
  info: { severity: "info" },
} as const;

/** What a sink has been told of a group by now, and why news of it waits for the sink's digest. */
export interface Outcome {
  /** Undefined for nothing. */
  readonly told: SentState | undefined;
  readonly waits: DigestCause | undefined;
}

/** One sink's part of a flush: what it is told, alone or in its digest, and what is said of the rest. */
export class SinkDispatch {
  readonly #deps: SinkDispatchDeps;

  constructor(parts: SinkDispatchDeps) {
    this.#deps = parts;
  }

  /** Tells a sink what there is to tell of a group. */
  tell(telling: Telling, view: View): Outcome {
    const { group, told, now } = telling;
    const decision = decide(view, told, now, group);
    if (decision?.kind === "resolved") this.#tellEnd(telling, view, decision);
    this.#accountForSilence(telling, view);
    const waits = this.#waitsFor(telling, view, decision);
    if (decision !== undefined && decision.kind !== "resolved" && waits === undefined)
      return { told: this.announce(telling, view, decision), waits };
    // An end that waits to be told keeps its place.
    const kept = decision?.kind === "resolved" ? view.firing : [...view.firing, ...view.owed];
    return { told: told === undefined ? undefined : tellingOnlyOf(told, kept), waits };
  }

  /** A message of its own. @returns What the sink has been told by then. */
  announce(telling: Telling, view: View, decision: NotifyReason): SentState {
    const { group, told } = telling;
    const suppressed = heldBack(view, told, this.#deps.consequencesOf(view.firing));
    const isOpening = told?.inDigest === true;
    const deliveryId = this.#deps.announcer.announce(
      isOpening ? { ...telling, told: undefined } : telling,
      view,
      { decision: isOpening ? { kind: "firing", trigger: "first" } : decision, suppressed },
    );
    const repeats = decision.kind === "repeat" ? (told?.repeats ?? 0) + 1 : 0;
    return toldBy({ ...telling, group }, view, {
      deliveryId,
      inDigest: undefined,
      repeats,
      intervalMs: this.#deps.repeatInterval(group, view.firing),
    });
  }

  /** The news of a group is in a digest. @returns What the sink has been told by then. */
  recordDigest(
    telling: Telling,
    view: View,
    digest: {
      readonly deliveryId: string;
      readonly cause: DigestCause;
      readonly news: readonly AlertState[];
    },
  ): SentState {
    const { group, told } = telling;
    const { deliveryId, cause } = digest;
    const why = { trigger: cause === "mute" ? "unmuted" : "storm", deliveryId } as const;
    for (const alert of digest.news) this.#deps.decisionLog.recordTold(alert, accountOf(telling), why);
    return toldBy(telling, view, {
      deliveryId,
      inDigest: told === undefined || told.inDigest === true,
      repeats: 0,
      intervalMs: this.#deps.repeatInterval(group, view.firing),
    });
  }

  #tellEnd(telling: Telling, view: View, decision: NotifyReason): void {
    if (telling.told?.inDigest !== true) return this.#deps.announcer.announceEnd(telling, view, decision);
    for (const alert of view.owed)
      this.#deps.decisionLog.recordSuppressed(alert, accountOf(telling), "digest");
  }

  /** What is not a message: part of a group has ended, is too mild, or is held back. */
  #accountForSilence(telling: Telling, view: View): void {
    const { decisionLog } = this.#deps;
    const at = accountOf(telling);
    for (const alert of view.ended)
      if (!view.owed.includes(alert)) decisionLog.recordHeldBack(alert, at, "repeat");
    for (const alert of view.tooMild) decisionLog.recordHeldBack(alert, at, "min_severity");
    for (const [alert, { reason }] of view.held) {
      if (telling.told?.firing[alert.fingerprint] === undefined)
        decisionLog.recordHeldBack(alert, at, reason);
    }
  }

  /** Why what there is to say waits for the digest of the sink; undefined: it does not. What is critical never waits. */
  #waitsFor(telling: Telling, view: View, decision: NotifyReason | undefined): DigestCause | undefined {
    const { group, sink, told, now } = telling;
    const before = group.waiting?.[sink.name];
    if (view.firing.length === 0) return undefined;
    if (decision === undefined || decision.kind === "resolved") return before;
    const isCritical = view.firing.some(({ severity }) => severity === "critical");
    const { digests } = this.#deps;
    if (before !== undefined && !isCritical) return before;
    if (group.held === "mute" && !isCritical) {
      digests.lookAt(sink.name, now);
      digests.wait(sink.name, group.key);
      return "mute";
    }
    const opening = told === undefined || told.inDigest === true;
    if (digests.admits(sink.name, { opening, isCritical }, now)) return undefined;
    digests.wait(sink.name, group.key);
    return "storm";
  }
}

/** What a sink has been told when all that a view shows is in the message. */
function toldBy(
  { sink, told, now }: Telling,
  view: View,
  message: {
    readonly deliveryId: string;
    readonly inDigest: boolean | undefined;
    readonly repeats: number;
    readonly intervalMs: number;
  },
): SentState {
  const { deliveryId, inDigest, repeats, intervalMs } = message;
  return {
    sink: sink.name,
    deliveryId,
    firing: Object.fromEntries(
      [...view.firing, ...view.owed].map(({ fingerprint, severity }) => [fingerprint, FIRING[severity]]),
    ),
    accepted: told?.accepted ?? false,
    inDigest,
    lastAt: now,
    repeats,
    repeatAt: nextRepeatAt(now, intervalMs, repeats),
  };
}

/** What a sink is told of when everything else is over: what fires again later is news. */
function tellingOnlyOf(told: SentState, alerts: readonly AlertState[]): SentState | undefined {
  const firing = Object.fromEntries(
    alerts.flatMap(({ fingerprint }) => {
      const entry = told.firing[fingerprint];
      return entry === undefined ? [] : [[fingerprint, entry]];
    }),
  );
  return Object.keys(firing).length === 0 ? undefined : { ...told, firing };
}
