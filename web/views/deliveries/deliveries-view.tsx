import type { VNode } from "preact";

import type { Delivery } from "../../../src/api/schemas/delivery.ts";
import { countOf } from "../../model/numbers.ts";
import { More, Problem } from "../../parts/answered.tsx";
import { PageHead } from "../../parts/page-head.tsx";
import { SearchField } from "../../parts/search-field.tsx";
import { usePages } from "../../parts/use-pages.ts";
import { turns } from "../../state/live.ts";
import { place, queryText, withValues } from "../../state/place.ts";
import { DeadLetters } from "./dead-letters.tsx";
import { DeliveryTable } from "./delivery-table.tsx";
import { SinkTiles } from "./sink-tiles.tsx";

/** Sinks, dead letters, what waits, and what went out. `?sink=` shows one sink alone. */
export function DeliveriesView(): VNode {
  const sink = place.value.query.get("sink") ?? "";
  const text = place.value.query.get("q") ?? "";
  const byText = text === "" ? "" : `&q=${encodeURIComponent(text)}`;
  const bySink = sink === "" ? "" : `&sink=${encodeURIComponent(sink)}`;
  return (
    <>
      <PageHead title="Deliveries">
        {sink !== "" && (
          <a class="button" href={`/deliveries${queryText(withValues(place.value.query, { sink: "" }))}`}>
            Only {sink} ✕
          </a>
        )}
      </PageHead>
      <SinkTiles chosen={sink} />
      <DeadLetters bySink={bySink} />
      <div class="filter-line">
        <SearchField label="Search titles, errors, groups" parameter="q" />
      </div>
      <Deliveries
        title="Waiting"
        none={text === "" ? "Nothing waits." : "Nothing like that waits."}
        query={`which=open${bySink}${byText}`}
      />
      <Deliveries
        title="Ended in the last day"
        none={
          text === "" ? "No message ended in the last day." : "No message like that ended in the last day."
        }
        query={`which=ended${bySink}${byText}`}
      />
    </>
  );
}

function Deliveries({
  title,
  none,
  query,
}: {
  readonly title: string;
  readonly none: string;
  readonly query: string;
}): VNode {
  const { items, problem, more, again } = usePages<Delivery>(
    `/deliveries?limit=50&${query}`,
    turns.deliveries.value,
  );
  return (
    <section class="panel">
      <h2>
        {title}
        {items !== undefined && items.length > 0 && (
          <small>
            {" "}
            {countOf(items.length, "message")}
            {more && " and more"}
          </small>
        )}
      </h2>
      <Problem problem={problem} again={again} />
      {items?.length === 0 && <p class="none">{none}</p>}
      {items !== undefined && items.length > 0 && <DeliveryTable deliveries={items} />}
      <More more={more}>Older messages</More>
    </section>
  );
}
