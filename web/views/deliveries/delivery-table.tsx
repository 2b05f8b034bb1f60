import type { VNode } from "preact";

import type { Delivery } from "../../../src/api/schemas/delivery.ts";
import { countOf } from "../../model/numbers.ts";
import { Ago, When } from "../../parts/when.tsx";
import { Wide } from "../../parts/wide.tsx";

const GOOD: ReadonlySet<Delivery["state"]> = new Set(["delivered"]);
const BAD: ReadonlySet<Delivery["state"]> = new Set(["dead", "expired"]);

/** Messages, newest first. */
export function DeliveryTable({ deliveries }: { readonly deliveries: readonly Delivery[] }): VNode {
  return (
    <Wide of="Messages">
      <table class="stacked">
        <thead>
          <tr>
            <th scope="col">made</th>
            <th scope="col">sink</th>
            <th scope="col">kind</th>
            <th scope="col">message</th>
            <th scope="col">state</th>
          </tr>
        </thead>
        <tbody>
          {deliveries.map((delivery) => (
            <tr key={delivery.id}>
              <td>
                <When at={delivery.createdAt} />
              </td>
              <td>{delivery.sink}</td>
              <td>{delivery.kind}</td>
              <td class="text">
                {delivery.title}
                {delivery.error !== "" && <p class="fault">{delivery.error}</p>}
              </td>
              <td>
                <StateOf delivery={delivery} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Wide>
  );
}

function StateOf({ delivery: { state, attempts, dueAt } }: { readonly delivery: Delivery }): VNode {
  const tone = GOOD.has(state) ? "good" : BAD.has(state) ? "bad" : "";
  return (
    <>
      <span class={tone}>{state}</span>
      {attempts > 1 && <small> after {countOf(attempts, "try", "tries")}</small>}
      {dueAt !== null && (
        <small>
          {" "}
          next <Ago at={dueAt} />
        </small>
      )}
    </>
  );
}
