import { useSignal } from "@preact/signals";
import type { VNode } from "preact";

import { PageHead } from "../../parts/page-head.tsx";
import { place } from "../../state/place.ts";
import { EventList } from "./event-list.tsx";
import { ExplanationOf } from "./explanation-of.tsx";
import { PasteBox } from "./paste-box.tsx";

/** Any Event of the last hour, and why it did, or did not, lead to a message. `?id=` is the chosen Event. */
export function WhyView(): VNode {
  const pasted = useSignal("");
  const id = place.value.query.get("id") ?? "";
  const body = id === "" ? pasted.value : JSON.stringify({ id });
  return (
    <>
      <PageHead title="Why, or why not?">
        <p class="lead">Choose an Event: each rule says whether it is its business, clause by clause.</p>
      </PageHead>
      <div class="columns">
        <div>
          <EventList chosen={id} />
          <PasteBox
            onExplain={(event) => {
              pasted.value = JSON.stringify({ event });
            }}
          />
        </div>
        <div aria-live="polite">
          {body === "" ? <p class="empty">No Event is chosen.</p> : <ExplanationOf body={body} />}
        </div>
      </div>
    </>
  );
}
