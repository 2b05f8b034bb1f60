import type { VNode } from "preact";

import type { SilencePreview } from "../../../src/api/schemas/silence-preview.ts";
import { countOf, countText } from "../../model/numbers.ts";
import { Problem } from "../../parts/answered.tsx";
import { MarkIcon } from "../../parts/mark-icon.tsx";
import { useAnswer } from "../../parts/use-answer.ts";

/** Alerts that are named; the number says the rest. */
const MOST_NAMED = 12;

/** The effect of a silence while it is written. @param request Of `POST /silences`; undefined while no label is named. */
export function PreviewOf({ request }: { readonly request: object | undefined }): VNode {
  const path = request === undefined ? undefined : `/silences/preview?limit=${MOST_NAMED}`;
  const { answer, problem } = useAnswer<SilencePreview>(path, undefined, JSON.stringify(request ?? {}));
  return (
    <div class="preview" role="status">
      {request === undefined && <p>Name a label: without one it would mute everything.</p>}
      <Problem problem={request === undefined ? undefined : problem} />
      {answer !== undefined && problem === undefined && <Effect preview={answer} />}
    </div>
  );
}

function Effect({ preview }: { readonly preview: SilencePreview }): VNode {
  const { alerts, firing, critical, firingInAll, overlaps, warnings } = preview;
  return (
    <>
      <h3>
        {firing === 0
          ? "Mutes no alert that fires now"
          : `Mutes ${countOf(firing, "alert that fires", "alerts that fire")} now`}
        {critical > 0 && <b class="bad">, {countText(critical)} of them critical</b>}
      </h3>
      {firing > 1 && firing === firingInAll && <p class="bad">These are all alerts that fire.</p>}
      <ul>
        {alerts.items.map(({ fingerprint, severity, title }) => (
          <li key={fingerprint}>
            <MarkIcon mark={severity} /> {title}
          </li>
        ))}
      </ul>
      {firing > alerts.items.length && <p class="lead">and {countText(firing - alerts.items.length)} more</p>}
      {overlaps.length > 0 && (
        <p class="lead">Some of them are muted already by {countOf(overlaps.length, "silence")}.</p>
      )}
      {warnings.map(({ path, message }) => (
        <p key={path + message} class="bad">
          {path}: {message}
        </p>
      ))}
    </>
  );
}
