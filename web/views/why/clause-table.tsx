import type { VNode } from "preact";

import type { ExplainedRule } from "../../model/nearest-rules.ts";
import { Wide } from "../../parts/wide.tsx";

/** Each clause of a rule: what it wants and what the Event has. */
export function ClauseTable({ clauses }: Pick<ExplainedRule, "clauses">): VNode {
  return (
    <Wide of="Clauses">
      <table class="clauses">
        <thead>
          <tr>
            <th scope="col">holds</th>
            <th scope="col">clause</th>
            <th scope="col">the rule wants</th>
            <th scope="col">the Event has</th>
          </tr>
        </thead>
        <tbody>
          {clauses.map(({ path, ok, expected, actual }) => (
            <tr key={path + expected} class={ok ? "" : "failed"}>
              <td class={ok ? "good" : "bad"}>{ok ? "✓ yes" : "✗ no"}</td>
              <td>
                <code>{path}</code>
              </td>
              <td>{expected}</td>
              <td>
                <code>{actual}</code>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Wide>
  );
}
