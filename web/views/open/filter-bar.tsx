import type { VNode } from "preact";

import { countChoices, filterAlerts, NO_NAMESPACE } from "../../model/filter-alerts.ts";
import { GROUPINGS } from "../../model/group-alerts.ts";
import { type Mark, MARKS } from "../../model/mark.ts";
import { countOf, countText } from "../../model/numbers.ts";
import { markParameters, type OpenQuery, toggled } from "../../model/open-query.ts";
import { coveringLabels, silencePatternsHref } from "../../model/silence-link.ts";
import { MarkIcon } from "../../parts/mark-icon.tsx";
import { SearchField } from "../../parts/search-field.tsx";
import { alerts, isWhole, listed } from "../../state/alerts.ts";
import { canChange } from "../../state/me.ts";
import { refine } from "../../state/place.ts";

/** Namespaces that have a button, those with most alerts first. */
const MOST_NAMESPACES = 12;

/** Number, severities, text, grouping and namespaces. */
export function FilterBar({ query }: { readonly query: OpenQuery }): VNode {
  const { marks, namespaces } = countChoices(listed.value, query);
  const shownMarks = MARKS.filter((mark) => marks.has(mark) || query.marks.includes(mark));
  return (
    <>
      <div class="title-line">
        <h1 tabIndex={-1}>
          {isWhole.value ? countOf(alerts.value?.size ?? 0, "open alert") : "Open alerts"}
        </h1>
        {shownMarks.map((mark) => (
          <MarkChip key={mark} mark={mark} count={marks.get(mark) ?? 0} query={query} />
        ))}
        <SilenceChosen query={query} />
      </div>
      <div class="filter-line">
        <SearchField label="Filter by text, namespace, workload" parameter="q" />
        <label class="group-by">
          <span>Group by</span>
          <select value={query.by} onChange={(event) => refine({ by: event.currentTarget.value })}>
            {Object.entries(GROUPINGS).map(([by, words]) => (
              <option key={by} value={by}>
                {words}
              </option>
            ))}
          </select>
        </label>
      </div>
      <NamespaceChips counts={namespaces} query={query} />
    </>
  );
}

/** Mutes what a filter has chosen; the form says what that is. */
function SilenceChosen({ query }: { readonly query: OpenQuery }): VNode | null {
  const isChosen = query.text !== "" || query.marks.length > 0 || query.namespaces.length > 0;
  if (!isChosen || !canChange.value) return null;
  const chosen = filterAlerts(listed.value, query);
  const labels = coveringLabels(chosen);
  if (Object.keys(labels).length === 0) return null;
  return (
    <a class="button quiet" href={silencePatternsHref(labels)}>
      Silence {chosen.length === 1 ? "this one" : `these ${countText(chosen.length)}`}…
    </a>
  );
}

interface MarkChipProps {
  readonly mark: Mark;
  readonly count: number;
  readonly query: OpenQuery;
}

function MarkChip({ mark, count, query }: MarkChipProps): VNode {
  return (
    <button
      type="button"
      class={`chip mark-word ${mark}`}
      aria-pressed={query.marks.includes(mark)}
      onClick={() => refine(markParameters(toggled(query.marks, mark)))}
    >
      <MarkIcon mark={mark} hasWord />
      {mark} <b>{countText(count)}</b>
    </button>
  );
}

function NamespaceChips({
  counts,
  query,
}: {
  readonly counts: ReadonlyMap<string, number>;
  readonly query: OpenQuery;
}): VNode | null {
  const unseen = query.namespaces.filter((name) => !counts.has(name)).map((name) => [name, 0] as const);
  const most = [...unseen, ...counts]
    .toSorted(([a, of], [b, other]) => other - of || a.localeCompare(b))
    .filter(([name], place) => place < MOST_NAMESPACES || query.namespaces.includes(name));
  if (most.length < 2 && query.namespaces.length === 0) return null;
  return (
    <div class="chips" role="group" aria-label="Namespaces">
      {most.map(([name, count]) => (
        <button
          key={name}
          type="button"
          class="chip small"
          aria-pressed={query.namespaces.includes(name)}
          onClick={() => refine({ ns: toggled(query.namespaces, name).join(",") })}
        >
          {name === NO_NAMESPACE ? "cluster-wide" : name} <b>{countText(count)}</b>
        </button>
      ))}
    </div>
  );
}
