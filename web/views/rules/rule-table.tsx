import type { VNode } from "preact";

import type { CountedRule } from "../../../src/api/schemas/rule.ts";
import { countText } from "../../model/numbers.ts";
import { clockText, spanText } from "../../model/spans.ts";
import { MarkWord } from "../../parts/mark-icon.tsx";
import { Wide } from "../../parts/wide.tsx";
import { WithCode } from "../../parts/with-code.tsx";
import { now } from "../../state/clock.ts";

/** Rules as rows. */
export function RuleTable({ rules }: { readonly rules: readonly CountedRule[] }): VNode {
  const most = Math.max(1, ...rules.map(({ stats }) => stats.occurrences));
  return (
    <Wide of="Rules">
      <table class="stacked rules">
        <thead>
          <tr>
            <th scope="col">rule</th>
            <th scope="col">severity</th>
            <th scope="col">fires</th>
            <th scope="col">ends</th>
            <th scope="col">{sinceText(rules[0]?.stats, now.value)}</th>
            <th scope="col" class="number">
              messages
            </th>
            <th scope="col" class="number">
              open
            </th>
          </tr>
        </thead>
        <tbody>
          {rules.map((rule) => (
            <RuleRow key={rule.name} rule={rule} most={most} />
          ))}
        </tbody>
      </table>
    </Wide>
  );
}

/** @param most Occurrences of the busiest rule, for the length of the bar. */
function RuleRow({ rule, most }: { readonly rule: CountedRule; readonly most: number }): VNode {
  const open = rule.alerts.firing + rule.alerts.pending;
  return (
    <tr>
      <th scope="row">
        <code>{rule.name}</code>
        <small>
          <br />
          <WithCode text={rule.description} />
          {rule.fallback && " (only when no other rule matches)"}
        </small>
        {rule.yaml !== null && (
          <details>
            <summary>
              {rule.source === null ? "as written" : `${rule.source.file}:${rule.source.line}`}
            </summary>
            <pre class="sunk">{rule.yaml}</pre>
            <a href={`/playground?rule=${encodeURIComponent(rule.name)}`}>Change it in the playground</a>
          </details>
        )}
      </th>
      <td>{rule.severity === null ? <small>of the Event</small> : <MarkWord mark={rule.severity} />}</td>
      <td>{firesText(rule)}</td>
      <td>
        <WithCode text={rule.resolve.text} />
      </td>
      <td class="work">
        <svg class="meter" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
          <path d={`M0 3H${(100 * rule.stats.occurrences) / most}`} />
        </svg>{" "}
        {countText(rule.stats.occurrences)}
      </td>
      <td class="number messages">{rule.stats.messages === 0 ? "–" : countText(rule.stats.messages)}</td>
      <td class="number">
        {open === 0 ? "–" : <a href={`/?q=${encodeURIComponent(rule.name)}`}>{countText(open)}</a>}
      </td>
    </tr>
  );
}

/** Slightly less than the seven days of the statistics, whose begin is that of half an hour. */
const ALL_OF_IT_MS = 6.9 * 86_400_000;

/** Of which time the occurrences are. */
function sinceText(stats: CountedRule["stats"] | undefined, at: number): string {
  if (stats === undefined) return "";
  if (stats.activitySince === null) return "not counted";
  const since = Date.parse(stats.activitySince);
  return at - since >= ALL_OF_IT_MS ? "in 7 days" : `since ${clockText(since, at)}`;
}

function firesText({ threshold: { count, withinMs, distinct }, forMs }: CountedRule): string {
  const counted = count <= 1 ? "at once" : `${countText(count)} within ${spanText(withinMs)}`;
  const objects = distinct > 1 ? `, on ${countText(distinct)} objects` : "";
  return counted + objects + (forMs > 0 ? `, for ${spanText(forMs)}` : "");
}
