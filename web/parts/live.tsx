import type { VNode } from "preact";

import { spanText } from "../model/spans.ts";
import { newVersion } from "../state/build.ts";
import { now } from "../state/clock.ts";
import { heardAt, type Liveness, liveness } from "../state/live.ts";

const WORDS: Readonly<Record<Liveness, { readonly word: string; readonly long: string }>> = {
  joining: { word: "joining", long: "The page asks the bridge." },
  live: { word: "live", long: "Changes are shown as they come." },
  asking: { word: "every 15 s", long: "There is no stream; the page asks every 15 seconds." },
  lost: { word: "no connection", long: "The bridge does not answer." },
};

/** How fresh the page is. */
export function Live(): VNode {
  const { word, long } = WORDS[liveness.value];
  return (
    <span class={`live ${liveness.value}`} title={long} role="status">
      <i aria-hidden="true" />
      {word}
    </span>
  );
}

/** Says that what is below is old. */
export function LostBanner(): VNode | null {
  // Its age goes on with the clock.
  void now.value;
  if (liveness.value !== "lost") return null;
  const since = heardAt.value === 0 ? "" : ` What is below is ${spanText(Date.now() - heardAt.value)} old.`;
  return (
    <div class="banner bad" role="alert">
      <p>
        <b>Connection lost:</b> the bridge does not answer.{since} The page tries again by itself.
      </p>
    </div>
  );
}

/** Says that this page is of an older version than the bridge. */
export function UpdateBanner(): VNode | null {
  if (newVersion.value === undefined) return null;
  return (
    <div class="banner" role="status">
      <p>
        Tocsin {newVersion.value} runs now; this page is of the version before.{" "}
        <button type="button" onClick={() => location.reload()}>
          Reload
        </button>
      </p>
    </div>
  );
}
