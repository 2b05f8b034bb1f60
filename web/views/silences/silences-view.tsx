import type { VNode } from "preact";

import type { Silence, SilenceList } from "../../../src/api/schemas/silence.ts";
import { silencedLabels } from "../../model/silence-link.ts";
import { Problem } from "../../parts/answered.tsx";
import { PageHead } from "../../parts/page-head.tsx";
import { useAnswer } from "../../parts/use-answer.ts";
import { turns } from "../../state/live.ts";
import { canChange } from "../../state/me.ts";
import { place } from "../../state/place.ts";
import { SilenceCard } from "./silence-card.tsx";
import { SilenceForm } from "./silence-form.tsx";

/** Silences, and the form of a new one: `?match=label=value` fills it in, `?new=1` shows it empty. */
export function SilencesView(): VNode {
  const { query } = place.value;
  const isNew = query.has("match") || query.has("new");
  const { answer, problem, again } = useAnswer<SilenceList>("/silences", turns.silences.value);
  return (
    <>
      <PageHead title="Silences">
        {!isNew && canChange.value && (
          <a class="button main" href="/silences?new=1" data-key="n">
            New silence
          </a>
        )}
      </PageHead>
      {isNew && <SilenceForm key={query.getAll("match").join("&")} named={silencedLabels(query)} />}
      <Problem problem={problem} again={again} />
      {answer?.items.length === 0 && <p class="empty">Nothing is silenced.</p>}
      {answer?.items.toSorted(byState).map((silence) => (
        <SilenceCard key={silence.id} silence={silence} />
      ))}
    </>
  );
}

const STATES: readonly Silence["state"][] = ["active", "pending", "expired"];

function byState(a: Silence, b: Silence): number {
  return STATES.indexOf(a.state) - STATES.indexOf(b.state);
}
