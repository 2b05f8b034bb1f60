import { expect, it } from "vitest";

import type { AlertState, Silence } from "../../src/alert/index.ts";
import { GroupSilencer } from "../../src/delivery/index.ts";
import { makeAlert, makeGroup } from "../alert/make.ts";
import { START } from "../support/engine-bed.ts";
import { alertChanges, toEntityChanges, together } from "../support/entity-changes.ts";
import { DeliveryBed } from "./delivery-bed.ts";

const HOUR_MS = 3_600_000;

/** A silencer over a store that has these alerts in the group `g`. */
async function open(alerts: readonly AlertState[]) {
  const bed = await DeliveryBed.open();
  await bed.commit({
    entities: together(
      alertChanges(alerts),
      toEntityChanges({ group: { put: [makeGroup({})], forget: [] } }),
    ),
  });
  const made: Silence[] = [];
  const silencer = new GroupSilencer({
    queries: bed.store.host.queries,
    silence: async ({ silence }) => void made.push(silence),
    labels: () => ({ names: new Set(["rule", "workload"]), rules: new Set(["it"]), cluster: "test" }),
    clock: bed.clock,
  });
  return { silencer, made, [Symbol.asyncDispose]: () => bed.close() };
}

it("a group is critical by any of its firing alerts, however many there are", async () => {
  const many = Array.from({ length: 150 }, (_, index) => makeAlert(`${1000 + index}`, { openedAt: START }));
  const critical = makeAlert("9999", { severity: "critical", openedAt: START - HOUR_MS });
  await using bed = await open([...many, critical]);
  expect(await bed.silencer.find("g")).toMatchObject({ severity: "critical" });
});

it("a critical alert that is over does not make its group critical", async () => {
  const over = makeAlert("b", { severity: "critical", phase: "resolved", resolvedAt: START });
  await using bed = await open([makeAlert("a"), over]);
  expect(await bed.silencer.find("g")).toMatchObject({ severity: "warning" });
});

it("a group that nobody knows, or whose alerts are over, is none", async () => {
  await using bed = await open([makeAlert("a", { phase: "resolved", resolvedAt: START })]);
  expect(await bed.silencer.find("g")).toBeUndefined();
  expect(await bed.silencer.find("other")).toBeUndefined();
});
