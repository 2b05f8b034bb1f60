import type { MessageToCome, WaitsFor } from "../message-to-come.ts";
import type { SinkPolicy } from "../policy.ts";
import { isUntold } from "../sent-alert.ts";
import type { AlertState, GroupState, SentState } from "../state.ts";
import { heldByCause } from "../suppression/held-by-cause.ts";
import type { DispatchContext } from "./dispatch-context.ts";
import { holdQuestion } from "./hold-question.ts";
import { sentTo } from "./sent-state.ts";
import { isLasting, isSevereEnough, isWorse, wantsEnd } from "./view.ts";

type Wait = Pick<MessageToCome, "waitsFor" | "at">;

/** The news of an alert that its sinks were not sent yet, and what each of them waits for. Changes nothing. */
export function messagesToCome(context: DispatchContext, alert: AlertState): readonly MessageToCome[] {
  if (alert.phase === "pending") return [pendingMessage(context, alert)];
  return alert.destinations.flatMap(({ groupKey, sinks }) => {
    const group = context.groups.get(groupKey);
    if (group === undefined) return [];
    return sinks.flatMap((name) => {
      const sink = context.policy.sinks.get(name);
      const wait = sink && waitOf(context, alert, { group, sink });
      return wait === undefined ? [] : [{ groupKey, sink: name, ...wait }];
    });
  });
}

function pendingMessage({ policy }: DispatchContext, { metAt, rule }: AlertState): MessageToCome {
  const nowhere = { groupKey: undefined, sink: undefined };
  if (metAt === undefined) return { ...nowhere, waitsFor: "threshold", at: undefined };
  const forMs = policy.rules.byName.get(rule)?.forMs ?? 0;
  return { ...nowhere, waitsFor: "for", at: metAt + forMs };
}

/** The wait of the news of an alert for one sink; undefined when the sink knows everything. */
function waitOf(
  context: DispatchContext,
  alert: AlertState,
  { group, sink }: { readonly group: GroupState; readonly sink: SinkPolicy },
): Wait | undefined {
  const told = sentTo(group, sink.name);
  if (!hasNews(alert, sink, told)) return undefined;
  if (told?.firing[alert.fingerprint] === undefined && !isSevereEnough(alert, sink))
    return { waitsFor: "min_severity", at: undefined };
  return holdOn(context, alert, group) ?? timerOf(context, alert, { group, sink });
}

function hasNews(alert: AlertState, sink: SinkPolicy, told: SentState | undefined): boolean {
  const known = told?.firing[alert.fingerprint];
  if (alert.phase === "resolved")
    return known !== undefined && known.over === undefined && isLasting(alert) && wantsEnd(sink, alert);
  return told === undefined || isUntold(alert, told) || isWorse(alert.severity, known?.severity);
}

function holdOn(context: DispatchContext, alert: AlertState, group: GroupState): Wait | undefined {
  if (alert.phase !== "firing") return undefined;
  const hold = context.holds.holdOf(alert, holdQuestion(context, group));
  if (hold === undefined) return undefined;
  const { reason, by, until } = hold;
  return { waitsFor: { hold: reason, by, cause: heldByCause(hold) }, at: until };
}

/** The timer that news waits for: of the state of objects, of a wave, of a digest, else of its group. */
function timerOf(
  { digests, gate, waves }: DispatchContext,
  { fingerprint, phase }: AlertState,
  { group, sink }: { readonly group: GroupState; readonly sink: SinkPolicy },
): Wait | undefined {
  const checkedAt = gate.untilOf(fingerprint);
  if (checkedAt !== undefined) return { waitsFor: "state", at: checkedAt };
  const joined = waves.nextOf(sink.name, group);
  if (joined !== undefined) return { waitsFor: joined.isStep ? "step" : "others", at: joined.at };
  const digest = group.waiting?.[sink.name];
  if (digest !== undefined) return { waitsFor: { digest }, at: digests.dueAt(sink.name) };
  if (group.flushAt === undefined) return undefined;
  return { waitsFor: timerNameOf(phase, sentTo(group, sink.name)), at: group.flushAt };
}

function timerNameOf(phase: AlertState["phase"], told: SentState | undefined): WaitsFor {
  if (phase === "resolved") return "end";
  return told === undefined ? "groupWait" : "groupInterval";
}
