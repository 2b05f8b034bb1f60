import type { VNode } from "preact";

import type { Status } from "../../../src/api/schemas/status.ts";
import { countOf } from "../../model/numbers.ts";
import { spanText } from "../../model/spans.ts";
import { Ago } from "../../parts/when.tsx";
import { status } from "../../state/status.ts";

type Sink = Status["sinks"][number];

const WORDS: Readonly<Record<Sink["state"], string>> = {
  ok: "✓ works",
  paused: "✗ asked for a pause",
  failing: "✗ fails",
  broken: "✗ is broken: mend it",
  gone: "– is not configured any more",
};

/** A tile for each sink, which chooses its messages. @param chosen The name of the chosen one; empty for none. */
export function SinkTiles({ chosen }: { readonly chosen: string }): VNode {
  return (
    <div class="tiles">
      {status.value?.sinks.map((sink) => (
        <a
          key={sink.sink}
          class="tile"
          href={sink.sink === chosen ? "/deliveries" : `/deliveries?sink=${encodeURIComponent(sink.sink)}`}
          aria-current={sink.sink === chosen ? "true" : undefined}
          data-row=""
        >
          <b>{sink.sink}</b> <small>{sink.type ?? ""}</small>
          <p class={sink.state === "ok" ? "good" : "bad"}>{WORDS[sink.state]}</p>
          <Waiting sink={sink} />
          {sink.error !== "" && <p class="fault">{sink.error}</p>}
          {sink.retryAt !== null && (
            <p>
              next try <Ago at={sink.retryAt} />
            </p>
          )}
          <Destinations sink={sink} />
        </a>
      ))}
    </div>
  );
}

function Waiting({ sink: { waiting, oldestAgeSeconds, dead } }: { readonly sink: Sink }): VNode {
  return (
    <p>
      {waiting === 0 ? "nothing waits" : countOf(waiting, "message waits", "messages wait")}
      {oldestAgeSeconds !== null && `, the oldest for ${spanText(oldestAgeSeconds * 1000)}`}
      {dead > 0 && <b class="bad">, {countOf(dead, "dead letter")}</b>}
    </p>
  );
}

function Destinations({
  sink: { destinations, destinationsOmitted },
}: {
  readonly sink: Sink;
}): VNode | null {
  if (destinations.length === 0) return null;
  return (
    <>
      {destinations.map(({ destination, state, error }) => (
        <p key={destination} class="fault">
          {destination} {state}: {error}
        </p>
      ))}
      {destinationsOmitted > 0 && <p>and {countOf(destinationsOmitted, "more destination")}</p>}
    </>
  );
}
