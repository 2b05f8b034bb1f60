import { objectEvidence } from "../../object/index.ts";
import { judgeMembers } from "../facts/judgement.ts";
import { changed } from "../kept-alert.ts";
import type { AlertNews } from "../news.ts";
import type { AlertState } from "../state.ts";
import { benchOf, type TrackingContext } from "./tracking-context.ts";

/**
 * Makes a mild alert that fires a warning when pods of its workload are wanted and none is ready. It stays one until its
 * end: the problem is the same while some of them come and go.
 *
 * @param alert Its objects have the problem, by their state.
 */
export function* raiseIfDown(context: TrackingContext, alert: AlertState): Iterable<AlertNews> {
  if (alert.severity !== "info" || alert.phase !== "firing") return;
  const { state } = judgeMembers(alert, benchOf(context)).workload;
  if (state === undefined || objectEvidence(state, { container: "" }).workload?.isDown !== true) return;
  const raised = changed(alert, { severity: "warning", labels: { ...alert.labels, severity: "warning" } });
  context.book.put(raised);
  yield { kind: "raised", alert: raised };
}
