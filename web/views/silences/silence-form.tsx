import { useSignal } from "@preact/signals";
import type { VNode } from "preact";
import { useEffect, useRef } from "preact/hooks";

import type { MadeSilence } from "../../../src/api/schemas/silence.ts";
import { draftOf, DURATIONS, previewOf, requestOf, type SilenceDraft } from "../../model/silence-draft.ts";
import { Problem } from "../../parts/answered.tsx";
import { type ApiError, send } from "../../state/api.ts";
import { turn } from "../../state/live.ts";
import { me, withRight } from "../../state/me.ts";
import { go } from "../../state/place.ts";
import { LabelRows } from "./label-rows.tsx";
import { PreviewOf } from "./preview-of.tsx";

/** The form of a new silence. @param named Labels that it begins with. */
export function SilenceForm({ named }: { readonly named: Readonly<Record<string, string>> }): VNode {
  const draft = useSignal(draftOf(named, me.value?.user ?? ""));
  const problem = useSignal<ApiError | undefined>(undefined);
  const change = (part: Partial<SilenceDraft>): void => {
    draft.value = { ...draft.value, ...part };
  };
  const make = (): void => {
    const request = requestOf({ ...draft.value, author: me.value?.user ?? draft.value.author });
    if (request === undefined) return;
    withRight(
      async () => {
        await send<MadeSilence>("POST", "/silences", request);
        turn("silences");
        go("/silences");
      },
      (said) => {
        problem.value = said;
      },
    );
  };
  return (
    <form
      class="panel silence-form"
      aria-label="New silence"
      onSubmit={(event) => {
        event.preventDefault();
        make();
      }}
    >
      <h2>Mute alerts where</h2>
      <LabelRows labels={draft.value.labels} onChange={(labels) => change({ labels })} />
      <Durations draft={draft.value} onChange={change} />
      <Reason draft={draft.value} onChange={change} />
      <PreviewOf request={previewOf(draft.value)} />
      <Problem problem={problem.value} />
      <p class="buttons">
        <button type="submit" class="main">
          Silence
        </button>
        <a class="button" href="/silences">
          Cancel
        </a>
      </p>
    </form>
  );
}

interface PartProps {
  readonly draft: SilenceDraft;
  readonly onChange: (part: Partial<SilenceDraft>) => void;
}

function Durations({ draft, onChange }: PartProps): VNode {
  return (
    <fieldset class="choices">
      <legend>For</legend>
      {Object.entries(DURATIONS).map(([lasts, words]) => (
        <label key={lasts} class="choice">
          <input
            type="radio"
            name="lasts"
            checked={draft.lasts === lasts}
            // The keys of the table are the durations.
            onChange={() => onChange({ lasts: lasts as SilenceDraft["lasts"] })}
          />
          {words}
        </label>
      ))}
    </fieldset>
  );
}

function Reason({ draft, onChange }: PartProps): VNode {
  const field = useRef<HTMLInputElement>(null);
  // All else is filled in by the link that led here.
  useEffect(() => field.current?.focus(), []);
  return (
    <div class="reason-line">
      <label>
        <span>Why (others will read this)</span>
        <input
          ref={field}
          required
          maxLength={1000}
          value={draft.comment}
          onInput={(event) => onChange({ comment: event.currentTarget.value })}
        />
      </label>
      {(me.value?.user ?? null) === null && (
        <label>
          <span>Who you are</span>
          <input
            required
            maxLength={200}
            autocomplete="name"
            value={draft.author}
            onInput={(event) => onChange({ author: event.currentTarget.value })}
          />
        </label>
      )}
    </div>
  );
}
