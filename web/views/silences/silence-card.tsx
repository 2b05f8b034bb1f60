import { useSignal } from "@preact/signals";
import type { VNode } from "preact";

import type { MadeSilence, Silence } from "../../../src/api/schemas/silence.ts";
import { longerSilence } from "../../model/longer-silence.ts";
import { endText, matchText, useText } from "../../model/silence-words.ts";
import { Problem } from "../../parts/answered.tsx";
import { When } from "../../parts/when.tsx";
import { type ApiError, send } from "../../state/api.ts";
import { now } from "../../state/clock.ts";
import { turn } from "../../state/live.ts";
import { canChange, withRight } from "../../state/me.ts";

/** One silence: what it mutes, why, who made it, until when. */
export function SilenceCard({ silence }: { readonly silence: Silence }): VNode {
  const { state, comment, author, origin, createdAt } = silence;
  return (
    <article class={`panel silence ${state}`}>
      <p>
        <span class={state === "active" ? "badge good" : "badge"}>{state}</span>{" "}
        <code>{matchText(silence)}</code>
      </p>
      <p>
        <b class="text">{comment}</b> <small>{author || origin}</small>
      </p>
      <p class="lead">
        {[endText(silence, now.value), useText(silence)].filter(Boolean).join(" · ")}
        {createdAt !== null && (
          <>
            {" "}
            · made <When at={createdAt} />
          </>
        )}
      </p>
      {origin === "api" && <Changes silence={silence} />}
      {origin === "config" && <p class="lead">It stands in the configuration.</p>}
      {origin === "annotation" && <p class="lead">It stands on an object.</p>}
    </article>
  );
}

const TWO_HOURS_MS = 2 * 3_600_000;

function Changes({ silence }: { readonly silence: Silence }): VNode | null {
  const problem = useSignal<ApiError | undefined>(undefined);
  if (!canChange.value || silence.state === "expired") return null;
  const change = (path: string, body?: object): void =>
    withRight(
      async () => {
        await send<MadeSilence>("POST", path, body);
        turn("silences");
      },
      (said) => {
        problem.value = said;
      },
    );
  const { id } = silence;
  const longer = longerSilence(silence, TWO_HOURS_MS);
  return (
    <>
      <p class="buttons">
        {longer !== undefined && (
          <button type="button" onClick={() => change(`/silences?id=${encodeURIComponent(id)}`, longer)}>
            Two hours more
          </button>
        )}
        <button type="button" onClick={() => change(`/silences/${encodeURIComponent(id)}/expire`)}>
          End it now
        </button>
      </p>
      <Problem problem={problem.value} />
    </>
  );
}
