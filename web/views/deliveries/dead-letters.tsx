import { useSignal } from "@preact/signals";
import type { VNode } from "preact";

import type {
  DeadLetter,
  DeadLetterChoice,
  DeadLettersChanged,
  OpenedDeadLetter,
} from "../../../src/api/schemas/dead-letter.ts";
import { countOf } from "../../model/numbers.ts";
import { whyUnchanged } from "../../model/why-unchanged.ts";
import { More, Problem } from "../../parts/answered.tsx";
import { useAnswer } from "../../parts/use-answer.ts";
import { usePages } from "../../parts/use-pages.ts";
import { When } from "../../parts/when.tsx";
import { type ApiError, send } from "../../state/api.ts";
import { turn, turns } from "../../state/live.ts";
import { canChange, withRight } from "../../state/me.ts";
import { readStatus } from "../../state/status.ts";

/** Messages that were given up. @param bySink Part of a query, with its `&`; empty for all sinks. */
export function DeadLetters({ bySink }: { readonly bySink: string }): VNode {
  const { items, problem, more, again } = usePages<DeadLetter>(
    `/dead-letters?limit=50${bySink}`,
    turns.deliveries.value,
  );
  const sinks = [...new Set(items?.map(({ sink }) => sink))];
  return (
    <section class="panel">
      <h2>
        Dead letters
        {items !== undefined && items.length > 0 && (
          <small>
            {" "}
            {countOf(items.length, "message")}
            {more && " and more"}
          </small>
        )}
      </h2>
      <Problem problem={problem} again={again} />
      {items?.length === 0 && <p class="none">None. Nothing was given up.</p>}
      {items?.map((letter) => (
        <Letter key={letter.id} letter={letter} />
      ))}
      <More more={more}>Older dead letters</More>
      {items !== undefined &&
        items.length > 1 &&
        sinks.map((sink) => (
          <p key={sink} class="buttons">
            <Change choice={{ all: true, sink }} of={`all of ${sink}`} sink={sink} />
          </p>
        ))}
    </section>
  );
}

function Letter({
  letter: { id, sink, title, error, attempts, buriedAt },
}: {
  readonly letter: DeadLetter;
}): VNode {
  const isOpen = useSignal(false);
  return (
    <article class="letter">
      <p>
        <b class="text">{title}</b>
      </p>
      <p>
        <small>
          {sink} · given up <When at={buriedAt} /> after {countOf(attempts, "try", "tries")}
        </small>
      </p>
      <p class="fault">{error}</p>
      <p class="buttons">
        <button
          type="button"
          aria-expanded={isOpen.value}
          onClick={() => {
            isOpen.value = !isOpen.value;
          }}
        >
          {isOpen.value ? "Close" : "Open"}
        </button>
        <Change choice={{ ids: [id] }} of="" sink={sink} />
      </p>
      {isOpen.value && <Body id={id} />}
    </article>
  );
}

function Body({ id }: { readonly id: string }): VNode {
  const { answer, problem } = useAnswer<OpenedDeadLetter>(`/dead-letters/${encodeURIComponent(id)}`);
  return (
    <>
      <Problem problem={problem} />
      {answer !== undefined && <pre class="sunk">{JSON.stringify(answer.body, undefined, 2)}</pre>}
    </>
  );
}

interface ChangeProps {
  readonly choice: DeadLetterChoice;
  /** What the buttons name; empty for the one beside them. */
  readonly of: string;
  readonly sink: string;
}

/** Both things that can be done with dead letters; dropping is asked twice, since nothing brings them back. */
function Change({ choice, of, sink }: ChangeProps): VNode | null {
  const isSure = useSignal(false);
  const unchanged = useSignal("");
  const problem = useSignal<ApiError | undefined>(undefined);
  if (!canChange.value) return null;
  const change = (what: "retry" | "drop"): void =>
    withRight(
      async () => {
        const changed = await send<DeadLettersChanged>("POST", `/dead-letters/${what}`, choice);
        unchanged.value = whyUnchanged(changed, sink);
        turn("deliveries");
        await readStatus();
      },
      (said) => {
        problem.value = said;
      },
    );
  return (
    <>
      <button type="button" onClick={() => change("retry")}>
        Try {of} again
      </button>
      <button
        type="button"
        class={isSure.value ? "grave" : ""}
        onClick={() => {
          if (isSure.value) change("drop");
          isSure.value = !isSure.value;
        }}
      >
        {isSure.value ? `Really drop ${of || "it"}?` : `Drop ${of}`}
      </button>
      {unchanged.value !== "" && <p role="status">{unchanged.value}</p>}
      <Problem problem={problem.value} />
    </>
  );
}
