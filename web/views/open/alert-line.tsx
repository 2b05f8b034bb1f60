import type { VNode } from "preact";

import type { AlertRow } from "../../model/alert-row.ts";
import type { Axis } from "../../model/lifelines.ts";
import { markOf } from "../../model/mark.ts";
import { countText } from "../../model/numbers.ts";
import { sinkMarks } from "../../model/sink-marks.ts";
import { spanText } from "../../model/spans.ts";
import { subjectOf } from "../../model/subject.ts";
import { LifelineBar } from "../../parts/lifeline.tsx";
import { MarkIcon } from "../../parts/mark-icon.tsx";
import { fresh } from "../../state/alerts.ts";
import { now } from "../../state/clock.ts";
import { place, queryText } from "../../state/place.ts";

/** Properties of a row. */
export interface AlertLineProps {
  readonly alert: AlertRow;
  readonly axis: Axis;
  readonly isOpen: boolean;
}

/** One alert. Few elements: 110 of them are in the page at once. */
export function AlertLine({ alert, axis, isOpen }: AlertLineProps): VNode {
  const { kind, name, namespace } = subjectOf(alert);
  const mark = markOf(alert);
  const since = Date.parse(alert.firstSeenAt);
  return (
    <a
      class={fresh.value.has(alert.fingerprint) ? "row fresh" : "row"}
      href={`/alerts/${encodeURIComponent(alert.fingerprint)}${queryText(place.value.query)}`}
      data-row=""
      aria-current={isOpen ? "true" : undefined}
    >
      <MarkIcon mark={mark} />
      <span class="subject" title={`${kind} ${name}`}>
        <small>{kind}</small> <b>{name}</b> {namespace !== "" && <em>{namespace}</em>}
      </span>
      <span class="message">{alert.message}</span>
      <span class="times">
        {countText(alert.occurrences)}×{alert.objectCount > 1 && <small> on {alert.objectCount}</small>}
      </span>
      <LifelineBar
        since={since}
        fired={alert.firedAt === null ? undefined : Date.parse(alert.firedAt)}
        mark={mark}
        axis={axis}
      />
      <span class="age">{mark === "resolved" ? "ended" : spanText(now.value - since)}</span>
      <SinkColumn alert={alert} />
    </a>
  );
}

function SinkColumn({ alert }: { readonly alert: AlertRow }): VNode {
  return (
    <span class="sinks">
      {sinkMarks(alert, now.value).map(({ sink, state, short, why }) => (
        <span key={sink} class={state} title={why}>
          {sink} {short}
        </span>
      ))}
    </span>
  );
}
