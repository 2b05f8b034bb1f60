import type { VNode } from "preact";
import { useEffect, useRef } from "preact/hooks";

import type { AlertDetail } from "../../../src/api/schemas/alert-detail.ts";
import { Problem } from "../../parts/answered.tsx";
import { useAnswer } from "../../parts/use-answer.ts";
import { alerts } from "../../state/alerts.ts";
import { now } from "../../state/clock.ts";
import { place, queryText } from "../../state/place.ts";
import { AlertHead } from "./alert-head.tsx";
import { Cause } from "./cause.tsx";
import { Commands } from "./commands.tsx";
import { Ended } from "./ended.tsx";
import { ObjectTable } from "./object-table.tsx";
import { Story } from "./story.tsx";
import { WhoWasTold } from "./who-was-told.tsx";

/** Everything about one alert. */
export function AlertAside({ fingerprint }: { readonly fingerprint: string }): VNode {
  const turn = useNews(fingerprint);
  const { answer, problem, again } = useAnswer<AlertDetail>(
    `/alerts/${encodeURIComponent(fingerprint)}`,
    turn,
  );
  const hasEnded = problem?.status === 404;
  const alert = answer?.fingerprint === fingerprint ? countedOn(answer) : undefined;
  const element = useFocusOn(alert === undefined ? "" : fingerprint);
  return (
    <aside class={`alert ${alert?.severity ?? ""}`} aria-label="One alert" ref={element}>
      <a
        class="button quiet close"
        data-close=""
        aria-label="Close"
        href={`/${queryText(place.value.query)}`}
      >
        ✕
      </a>
      {hasEnded ? (
        <Ended fingerprint={fingerprint} refusal={problem} />
      ) : (
        <Problem problem={problem} again={again} />
      )}
      {alert === undefined && problem === undefined && <p class="empty">Reading…</p>}
      {alert !== undefined && !hasEnded && (
        <>
          <AlertHead alert={alert} />
          <WhoWasTold alert={alert} />
          <Cause alert={alert} />
          <Commands commands={alert.next} />
          <ObjectTable alert={alert} />
          <Story alert={alert} turn={turn} />
        </>
      )}
    </aside>
  );
}

/** How often an alert that only counts on is read anew, milliseconds: its bars are of minutes. */
const COUNT_EVERY_MS = 60_000;

/** Changes when there is something new to read: at once for its state and who was notified, else once a minute. */
function useNews(fingerprint: string): string {
  const row = alerts.value?.get(fingerprint);
  const counted = useRef({ fingerprint: "", at: 0, occurrences: 0 });
  const { current } = counted;
  if (current.fingerprint !== fingerprint || now.value - current.at >= COUNT_EVERY_MS)
    counted.current = { fingerprint, at: now.value, occurrences: row?.occurrences ?? 0 };
  const { occurrences } = counted.current;
  return JSON.stringify([row?.phase, row?.condition, row?.sinks, row?.objectCount, occurrences]);
}

/** The alert with the counts that the list knows meanwhile. */
function countedOn(answer: AlertDetail): AlertDetail {
  const row = alerts.value?.get(answer.fingerprint);
  if (row === undefined || row.occurrences < answer.occurrences) return answer;
  return { ...answer, occurrences: row.occurrences, lastSeenAt: row.lastSeenAt };
}

/** The heading has the focus when an alert opens. @param fingerprint Empty until there is a heading. */
function useFocusOn(fingerprint: string): { current: HTMLElement | null } {
  const element = useRef<HTMLElement>(null);
  useEffect(() => {
    if (fingerprint !== "") element.current?.querySelector("h1")?.focus({ preventScroll: true });
  }, [fingerprint]);
  return element;
}
