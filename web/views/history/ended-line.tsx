import type { VNode } from "preact";

import type { EndedAlert } from "../../../src/api/schemas/ended-alert.ts";
import { howItEnded } from "../../model/how-it-ended.ts";
import { countText } from "../../model/numbers.ts";
import { spanText } from "../../model/spans.ts";
import { MarkIcon } from "../../parts/mark-icon.tsx";
import { When } from "../../parts/when.tsx";
import { place, queryText, withValues } from "../../state/place.ts";

/** One alert that is over: how long, how it ended, who was told or why nobody was. */
export function EndedLine({ alert }: { readonly alert: EndedAlert }): VNode {
  const { id, rule, severity, title, firstSeenAt, resolvedAt, occurrences, told, why } = alert;
  return (
    <a
      class="ended-line"
      data-row=""
      href={`/history${queryText(withValues(place.value.query, { id }))}`}
      aria-current={place.value.query.get("id") === id ? "true" : undefined}
    >
      <MarkIcon mark={severity} />
      <span>
        <b class="text">{title}</b>
        <small>
          <br />
          {rule} · <When at={firstSeenAt} /> – <When at={resolvedAt} /> · lasted{" "}
          {spanText(Date.parse(resolvedAt) - Date.parse(firstSeenAt))} · {countText(occurrences)}× ·{" "}
          {howItEnded(alert)}
        </small>
      </span>
      <span class={why === null ? "good" : "lead"}>{why ?? `✓ ${told.join(", ")}`}</span>
    </a>
  );
}
