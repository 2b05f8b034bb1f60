import type { VNode } from "preact";

import type { AlertDetail } from "../../../src/api/schemas/alert-detail.ts";
import { countText } from "../../model/numbers.ts";
import { Ago } from "../../parts/when.tsx";
import { Wide } from "../../parts/wide.tsx";

/** Its objects, the one with the newest Event first. */
export function ObjectTable({
  alert: { objects, objectsOmitted, objectCount },
}: {
  readonly alert: AlertDetail;
}): VNode | null {
  if (objectCount < 2) return null;
  return (
    <section>
      <h2>Objects ({countText(objectCount)})</h2>
      <Wide of="Objects">
        <table>
          <thead>
            <tr>
              <th scope="col">object</th>
              <th scope="col" class="number">
                count
              </th>
              <th scope="col">last</th>
            </tr>
          </thead>
          <tbody>
            {objects.map(({ kind, name, container, occurrences, lastSeenAt, clearedAt }) => (
              <tr key={`${kind}/${name}/${container}`} class={clearedAt === null ? "" : "over"}>
                <td class="text">
                  <small>{kind}</small> {name} <em>{container}</em>
                </td>
                <td class="number">{countText(occurrences)}×</td>
                <td>{clearedAt === null ? <Ago at={lastSeenAt} /> : <>✓ cleared</>}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Wide>
      {objectsOmitted > 0 && <p class="lead">and {countText(objectsOmitted)} more</p>}
    </section>
  );
}
