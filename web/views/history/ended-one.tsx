import type { VNode } from "preact";

import type { WholeEndedAlert } from "../../../src/api/schemas/ended-alert.ts";
import { howItEnded } from "../../model/how-it-ended.ts";
import { countOf, countText } from "../../model/numbers.ts";
import { Problem } from "../../parts/answered.tsx";
import { MarkWord } from "../../parts/mark-icon.tsx";
import { useAnswer } from "../../parts/use-answer.ts";
import { When } from "../../parts/when.tsx";
import { place, queryText, withValues } from "../../state/place.ts";

/** An alert of the history, whole. */
export function EndedOne({ id }: { readonly id: string }): VNode {
  const { answer, problem, again } = useAnswer<WholeEndedAlert>(`/history/${encodeURIComponent(id)}`);
  return (
    <section class="panel" aria-label="One alert that is over">
      <a
        class="button quiet close"
        href={`/history${queryText(withValues(place.value.query, { id: "" }))}`}
        aria-label="Close"
      >
        ✕
      </a>
      <Problem problem={problem} again={again} />
      {answer !== undefined && problem === undefined && <Whole alert={answer} />}
    </section>
  );
}

function Whole({ alert }: { readonly alert: WholeEndedAlert }): VNode {
  const {
    severity,
    title,
    text,
    firstSeenAt,
    firedAt,
    resolvedAt,
    told,
    why,
    objects,
    objectCount,
    fingerprint,
  } = alert;
  return (
    <>
      <MarkWord mark={severity} />
      <h2 class="text">{title}</h2>
      <p class="text">{text}</p>
      <p>
        First seen <When at={firstSeenAt} />, fired <When at={firedAt} never="never" />, ended{" "}
        <When at={resolvedAt} /> ({howItEnded(alert)}).
      </p>
      <p>{why === null ? `Notified: ${told.join(", ")}.` : `Nobody was notified: ${why}.`}</p>
      <p>
        {countText(alert.occurrences)}× on {countOf(objectCount, "object")}:{" "}
        {objects
          .map(({ kind, name, occurrences }) => `${kind} ${name} (${countText(occurrences)}×)`)
          .join(", ")}
      </p>
      <p class="buttons">
        <a class="button" href={`/history?since=30d&fingerprint=${encodeURIComponent(fingerprint)}`}>
          Each time that it came
        </a>
      </p>
    </>
  );
}
