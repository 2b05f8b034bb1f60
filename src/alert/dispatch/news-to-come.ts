import type { AlertState, GroupState } from "../state.ts";
import { decide } from "./decide.ts";
import type { DispatchContext } from "./dispatch-context.ts";
import { sinksOf, viewFor } from "./group-flush.ts";
import { sentTo } from "./sent-state.ts";
import { subjectsOf } from "./view.ts";

/**
 * The alerts that the messages of these groups would tell if they were made now: news, what would be repeated, and what
 * is too mild for its sink, unless its state makes it a warning.
 *
 * @param only The sink that one message is to tell them all; undefined: each group has messages of its own.
 */
export function newsToCome(
  context: DispatchContext,
  groups: readonly GroupState[],
  only?: string,
): readonly AlertState[] {
  const news = groups.flatMap((group) => {
    const alerts = context.alerts.ofGroup(group.key);
    return sinksOf(context, group, alerts).flatMap((sink) => {
      if (only !== undefined && only !== sink.name) return [];
      const turn = { group, sink, told: sentTo(group, sink.name) };
      const view = viewFor(context, turn, alerts);
      const isCritical = view.firing.some(({ severity }) => severity === "critical");
      const waits = only === undefined && group.waiting?.[sink.name] !== undefined && !isCritical;
      const reason = waits ? undefined : decide(view, turn.told, context.now, group);
      const mild =
        sink.minSeverity === "warning" ? view.tooMild.filter(({ proof }) => proof !== undefined) : [];
      if (reason === undefined || reason.kind === "resolved") return mild;
      return [...subjectsOf(view, turn.told, reason), ...mild];
    });
  });
  return [...new Map(news.map((alert) => [alert.fingerprint, alert])).values()];
}
