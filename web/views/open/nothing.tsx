import type { VNode } from "preact";

import { countOf } from "../../model/numbers.ts";
import { fromNowText } from "../../model/spans.ts";
import { now } from "../../state/clock.ts";
import { liveness } from "../../state/live.ts";
import { place, refine } from "../../state/place.ts";
import { status } from "../../state/status.ts";

/** Not everything is known yet. @param hasSome Whether some alerts are shown already. */
export function Reading({ hasSome }: { readonly hasSome: boolean }): VNode {
  const failed = hasSome ? "Not all open alerts could be read yet." : "Nothing could be read yet.";
  return <p class="empty">{liveness.value === "lost" ? failed : "Reading…"}</p>;
}

/** No alert is open: says what watches, so that quiet is not taken for a page that is broken, nor the other way round. */
export function AllIsQuiet(): VNode {
  const { streams = [], configured, cluster = "" } = status.value ?? {};
  const isWatching = streams.length > 0 && streams.every(({ state }) => state === "watching");
  const last = streams.map(({ lastMessageAt }) => (lastMessageAt === null ? 0 : Date.parse(lastMessageAt)));
  return (
    <section class="empty quiet-page">
      <p class="big" aria-hidden="true">
        {isWatching ? "✓" : "?"}
      </p>
      <h2>{isWatching ? "All is quiet" : "No open alert is known"}</h2>
      {status.value !== undefined && (
        <p>
          {isWatching
            ? `${countOf(configured?.rules ?? 0, "rule")} watch ${cluster}; the API server last spoke ${fromNowText(Math.max(...last), now.value)}.`
            : "The bridge does not watch now, so that there may be problems that it has not heard of."}
        </p>
      )}
    </section>
  );
}

/** The filter chooses nothing. */
export function NothingChosen(): VNode {
  const clear = (): void => refine(Object.fromEntries([...place.value.query.keys()].map((key) => [key, ""])));
  return (
    <section class="empty">
      <p>No open alert matches the filter.</p>
      <button type="button" onClick={clear}>
        Show all
      </button>
    </section>
  );
}
