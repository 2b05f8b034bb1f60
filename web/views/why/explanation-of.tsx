import { useSignal } from "@preact/signals";
import type { VNode } from "preact";

import type { Explanation } from "../../../src/api/schemas/explanation.ts";
import { failedClauses, isTelling, nearestRules } from "../../model/nearest-rules.ts";
import { countOf } from "../../model/numbers.ts";
import { Problem } from "../../parts/answered.tsx";
import { useAnswer } from "../../parts/use-answer.ts";
import { When } from "../../parts/when.tsx";
import { ClauseTable } from "./clause-table.tsx";

/** The answer to `POST /explain`. @param body Of the request, as JSON. */
export function ExplanationOf({ body }: { readonly body: string }): VNode {
  const { answer, problem, again } = useAnswer<Explanation>("/explain", undefined, body);
  return (
    <>
      <Problem problem={problem} again={again} />
      {answer !== undefined && problem === undefined && (
        <>
          <Summary explanation={answer} />
          <Rules rules={answer.rules} />
        </>
      )}
    </>
  );
}

function Summary({
  explanation: { event, summary, alerts, notes },
}: {
  readonly explanation: Explanation;
}): VNode {
  return (
    <section class="panel summary">
      <p>
        <code>{event.reason}</code>{" "}
        <small>
          {event.involvedObject.kind} {event.involvedObject.name}
        </small>
      </p>
      <h2>{summary}</h2>
      {alerts.map((alert) => (
        <AlertOf key={`${alert.fingerprint} ${alert.route}`} alert={alert} />
      ))}
      {notes.map((note) => (
        <p key={note}>{note}</p>
      ))}
    </section>
  );
}

function AlertOf({ alert }: { readonly alert: Explanation["alerts"][number] }): VNode {
  const { open, rule, route, sinks, heldBackBy, fingerprint } = alert;
  return (
    <div class="to-alert">
      <p>
        {open === undefined ? (
          <>It would open an alert</>
        ) : (
          <a href={`/alerts/${encodeURIComponent(fingerprint)}`}>
            The open alert since <When at={open.since} />, {countOf(open.occurrences, "occurrence")}
          </a>
        )}{" "}
        · rule <code>{rule}</code>
        {route !== "" && (
          <>
            {" "}
            · route <code>{route}</code>
          </>
        )}{" "}
        · {sinks.length === 0 ? "no sink" : sinks.join(", ")}
      </p>
      {heldBackBy.map(({ reason, detail }) => (
        <p key={reason + detail}>
          held back by <b>{reason}</b>: {detail}
        </p>
      ))}
    </div>
  );
}

function Rules({ rules }: Pick<Explanation, "rules">): VNode {
  const showsAll = useSignal(false);
  const nearest = nearestRules(rules);
  const telling = nearest.filter(isTelling);
  const shown = showsAll.value ? nearest : telling;
  return (
    <section class="panel">
      <header class="filter-line">
        <h2>Rules, nearest first</h2>
        <label class="check">
          <input
            type="checkbox"
            checked={showsAll.value}
            onChange={(event) => {
              showsAll.value = event.currentTarget.checked;
            }}
          />{" "}
          all {rules.length}
        </label>
      </header>
      {shown.length === 0 && <p class="none">No rule names this reason.</p>}
      {shown.map((rule, place) => (
        <details key={rule.rule} open={rule.matched || place === 0}>
          <summary>
            <b class={rule.matched ? "good" : ""}>
              {rule.matched ? "✓" : "✗"} {rule.rule}
            </b>{" "}
            <small>
              {rule.matched ? "matches" : countOf(failedClauses(rule), "clause fails", "clauses fail")}
              {rule.otherAlternatives > 0 &&
                `, and ${countOf(rule.otherAlternatives, "other alternative")} of it`}
            </small>
          </summary>
          <ClauseTable clauses={rule.clauses} />
        </details>
      ))}
    </section>
  );
}
