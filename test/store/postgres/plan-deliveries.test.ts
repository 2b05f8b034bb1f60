import { array, assert, boolean, constantFrom, property, record } from "fast-check";
import { describe, expect, it } from "vitest";

import {
  type DeliveryPlan,
  planDeliveries,
  type WaitingRow,
} from "../../../src/store/postgres/plan-deliveries.ts";
import { makeDelivery, makeNotification } from "../../support/make-delivery.ts";

const NOBODY: ReadonlySet<string> = new Set();

function waiting(over: Partial<WaitingRow> = {}): WaitingRow {
  const rest = { since: 500, opening: true, started: false, told: false, logged: undefined };
  return { seq: 1n, sink: "ops", groupKey: "g", ...rest, ...over };
}

/** State and facts of the rows that a plan adds. */
const shown = ({ added }: DeliveryPlan) =>
  added.map(({ delivery, endedAt, opening, started, since }) => ({
    id: delivery.id,
    endedAt,
    opening,
    started,
    since,
  }));

describe("planDeliveries", () => {
  it("ends what waits for the same sink and group, and nothing else", () => {
    const rows = [waiting(), waiting({ seq: 2n, sink: "mail" }), waiting({ seq: 3n, groupKey: "h" })];
    const plan = planDeliveries([makeDelivery("d", { kind: "update" })], NOBODY, rows);
    const [end] = plan.ended;
    expect(plan.ended).toHaveLength(1);
    expect(end).toEqual({ seq: 1n, state: "superseded", endedAt: 1000, notification: undefined });
    // The news of the older row counts from its own time, and its opening is still to be told.
    expect(shown(plan)).toEqual([{ id: "d", endedAt: undefined, opening: true, started: false, since: 500 }]);
  });

  it("counts a row as delivered when its receiver has the news, and begins anew with the time", () => {
    const plan = planDeliveries([makeDelivery("d")], NOBODY, [waiting({ told: true, opening: false })]);
    expect(plan.ended).toMatchObject([{ state: "delivered" }]);
    expect(shown(plan)).toMatchObject([{ since: 1000 }]);
  });

  it("stores an end that nobody needs as ended, and lets go of its group", () => {
    const plan = planDeliveries([makeDelivery("d", { kind: "resolved" })], NOBODY, [waiting()]);
    expect(shown(plan)).toMatchObject([{ id: "d", endedAt: 1000 }]);
    expect(plan.released).toEqual(["g"]);
    const sent = planDeliveries([makeDelivery("d", { kind: "resolved" })], NOBODY, [
      waiting({ started: true }),
    ]);
    expect(sent).toMatchObject({ added: [{ endedAt: undefined }], released: [] });
  });

  it("leaves everything as it is for an id that is known", () => {
    const plan = planDeliveries([makeDelivery("d")], new Set(["d"]), [waiting()]);
    expect(plan).toEqual({ ended: [], added: [], released: [] });
  });

  it("plans several deliveries at once as one after the other", () => {
    const delivery = record({
      id: constantFrom("a", "b", "c", "d", "e"),
      kind: constantFrom("firing" as const, "update" as const, "resolved" as const),
      sink: constantFrom("ops", "mail"),
      hasOther: boolean(),
    });
    assert(
      property(array(delivery, { maxLength: 8 }), (sketches) => {
        const deliveries = sketches.map(({ id, kind, sink, hasOther }, index) => ({
          ...makeDelivery(id, { kind, sink, createdAt: 1000 + index }),
          ifOpeningUnsent: hasOther ? makeNotification({ id, kind: "firing" }) : undefined,
        }));
        const rows = new Map<string, ReturnType<typeof shown>[number]>();
        let stored: readonly WaitingRow[] = [];
        for (const next of deliveries) {
          const plan = planDeliveries([next], new Set(rows.keys()), stored);
          for (const { seq, endedAt } of plan.ended) {
            const id = [...rows.keys()][Number(seq)] ?? "";
            const row = rows.get(id);
            if (row !== undefined) rows.set(id, { ...row, endedAt });
          }
          for (const row of shown(plan)) rows.set(row.id, row);
          stored = [...rows.values()].flatMap((row, index) => {
            const sink = deliveries.find(({ id }) => id === row.id)?.sink ?? "";
            return row.endedAt === undefined ? [waiting({ ...row, seq: BigInt(index), sink })] : [];
          });
        }
        expect(shown(planDeliveries(deliveries, NOBODY, []))).toEqual([...rows.values()]);
      }),
    );
  });
});
