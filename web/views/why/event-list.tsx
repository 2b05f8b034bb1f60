import type { VNode } from "preact";

import type { RecentEvent } from "../../../src/api/schemas/recent-event.ts";
import { More, Problem } from "../../parts/answered.tsx";
import { SearchField } from "../../parts/search-field.tsx";
import { usePages } from "../../parts/use-pages.ts";
import { Ago } from "../../parts/when.tsx";
import { place, queryText, refine, withValues } from "../../state/place.ts";

/** Events as they lay when they were asked for: they come too fast to be read while they move. */
export function EventList({ chosen }: { readonly chosen: string }): VNode {
  const { query } = place.value;
  const filters = new URLSearchParams({ limit: "50" });
  for (const key of ["q", "type", "outcome"]) {
    const value = query.get(key);
    if (value !== null) filters.set(key, value);
  }
  const { items, problem, more, again } = usePages<RecentEvent>(`/events?${filters.toString()}`);
  return (
    <section class="panel">
      <header class="filter-line">
        <SearchField label="Filter Events of the last hour" parameter="q" />
        <button type="button" onClick={again}>
          Read anew
        </button>
      </header>
      <p class="chips">
        <Choice parameter="type" value="Warning" words="Warnings only" />
        <Choice parameter="outcome" value="unmatched" words="no rule wants it" />
        <Choice parameter="outcome" value="matched" words="a rule matches" />
      </p>
      <Problem problem={problem} again={again} />
      {items?.length === 0 && <p class="none">No such Event is in memory.</p>}
      <div class="events">
        {items?.map((recent) => (
          <EventLine key={recent.id} recent={recent} isChosen={recent.id === chosen} />
        ))}
      </div>
      <More more={more}>Older Events</More>
    </section>
  );
}

interface ChoiceProps {
  readonly parameter: string;
  readonly value: string;
  readonly words: string;
}

function Choice({ parameter, value, words }: ChoiceProps): VNode {
  const isOn = place.value.query.get(parameter) === value;
  return (
    <button
      type="button"
      class="chip small"
      aria-pressed={isOn}
      onClick={() => refine({ [parameter]: isOn ? "" : value })}
    >
      {words}
    </button>
  );
}

const OUTCOMES: Readonly<Record<RecentEvent["outcome"], string>> = {
  matched: "✓",
  dropped: "⌫",
  unmatched: "–",
};

function EventLine({
  recent: { id, event, outcome, rules },
  isChosen,
}: {
  readonly recent: RecentEvent;
  readonly isChosen: boolean;
}): VNode {
  const { kind, namespace, name } = event.involvedObject;
  return (
    <a
      class="event"
      href={`/events${queryText(withValues(place.value.query, { id }))}`}
      aria-current={isChosen ? "true" : undefined}
      data-row=""
    >
      <span class={event.type === "Warning" ? "mark-word warning" : ""}>{event.reason}</span>{" "}
      <small>
        {kind} {namespace === "" ? name : `${namespace}/${name}`} · <Ago at={event.lastSeen} />
      </small>
      <span
        class={`outcome ${outcome}`}
        title={rules.length > 0 ? `matched by ${rules.join(", ")}` : outcome}
      >
        {OUTCOMES[outcome]} <span class="unseen">{outcome}</span>
      </span>
      <span class="message">{event.message}</span>
    </a>
  );
}
