import type { VNode } from "preact";

import type { AlertDetail } from "../../../src/api/schemas/alert-detail.ts";
import type { TimelineRow } from "../../../src/api/schemas/timeline.ts";
import { countOf } from "../../model/numbers.ts";
import { withClocks } from "../../model/with-clocks.ts";
import { More, Problem } from "../../parts/answered.tsx";
import { usePages } from "../../parts/use-pages.ts";
import { When } from "../../parts/when.tsx";
import { WithCode } from "../../parts/with-code.tsx";
import { now } from "../../state/clock.ts";
import { ActivityBars } from "./activity-bars.tsx";

/** Properties of the story. */
export interface StoryProps {
  readonly alert: AlertDetail;
  /** Changes when there may be more. */
  readonly turn: string;
}

/** What happened to the alert and who was notified, newest first. */
export function Story({ alert, turn }: StoryProps): VNode {
  const path = `/alerts/${encodeURIComponent(alert.fingerprint)}/timeline?limit=50`;
  const { items, problem, more, again } = usePages<TimelineRow>(path, turn);
  return (
    <section>
      <h2>What happened</h2>
      {alert.activity !== null && <ActivityBars activity={alert.activity} />}
      <Problem problem={problem} again={again} />
      <ol class="story">
        {items?.map((row) => (
          <StoryLine key={`${row.at} ${row.kind} ${row.sink ?? ""} ${row.text}`} row={row} />
        ))}
      </ol>
      <More more={more}>Earlier</More>
    </section>
  );
}

/** How a line is drawn: good news, bad news, what was held back, and the rest. */
const TONES: Readonly<Record<TimelineRow["kind"], "good" | "bad" | "held" | "plain">> = {
  seen: "plain",
  matched: "plain",
  fired: "bad",
  grouped: "plain",
  held: "held",
  notified: "plain",
  delivered: "good",
  retry: "bad",
  dead: "bad",
  resolved: "good",
  silenced: "held",
};

function StoryLine({ row: { at, kind, sink, text, occurrences } }: { readonly row: TimelineRow }): VNode {
  return (
    <li class={`tone-${TONES[kind]}`}>
      <When at={at} />
      <p>
        {sink !== null && <b>{sink}: </b>}
        <WithCode text={withClocks(text, now.value)} />
        {occurrences !== null && <small> · {countOf(occurrences, "occurrence")}</small>}
      </p>
    </li>
  );
}
