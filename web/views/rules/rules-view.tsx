import type { VNode } from "preact";

import type { CountedRule } from "../../../src/api/schemas/rule.ts";
import { chooseRules, RULE_CHOICES, type RuleChoice } from "../../model/choose-rules.ts";
import { countOf } from "../../model/numbers.ts";
import { More, Problem } from "../../parts/answered.tsx";
import { PageHead } from "../../parts/page-head.tsx";
import { SearchField } from "../../parts/search-field.tsx";
import { usePages } from "../../parts/use-pages.ts";
import { turns } from "../../state/live.ts";
import { place, refine } from "../../state/place.ts";
import { RuleTable } from "./rule-table.tsx";

/** The rules in use, with what they did. */
export function RulesView(): VNode {
  const { query } = place.value;
  const { items, problem, more, again } = usePages<CountedRule>("/rules?limit=500", turns.config.value);
  const choice = query.get("which") ?? "";
  const chosen = chooseRules(items ?? [], {
    text: query.get("q") ?? "",
    choice: isChoice(choice) ? choice : "all",
  });
  return (
    <>
      <PageHead title="Rules">
        {items !== undefined && <p class="lead">{countOf(chosen.length, "rule")}</p>}
        <a href="/playground">Try a rule</a>
      </PageHead>
      <div class="filter-line">
        <SearchField label="Filter by name, description, sink" parameter="q" />
      </div>
      <p class="chips">
        {Object.entries(RULE_CHOICES).map(([which, words]) => (
          <button
            key={which}
            type="button"
            class="chip small"
            aria-pressed={which === (isChoice(choice) ? choice : "all")}
            onClick={() => refine({ which: which === "all" ? "" : which })}
          >
            {words}
          </button>
        ))}
      </p>
      <Problem problem={problem} again={again} />
      {items !== undefined && chosen.length === 0 && <p class="empty">No rule is like that.</p>}
      {chosen.length > 0 && <RuleTable rules={chosen} />}
      <More more={more}>More rules</More>
    </>
  );
}

function isChoice(word: string): word is RuleChoice {
  return Object.hasOwn(RULE_CHOICES, word);
}
