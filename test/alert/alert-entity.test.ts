import { expect, it } from "vitest";

import { AlertEntity } from "../../src/alert/alert-entity.ts";
import { toAlertRow } from "../../src/alert/alert-rows.ts";
import { AlertShelf } from "../../src/alert/alert-shelf.ts";
import { toEntity } from "../../src/alert/entity-kinds.ts";
import { KeptAlert } from "../../src/alert/kept-alert.ts";
import { makeAlert } from "./make.ts";

const alert = makeAlert("a", {
  openedAt: 7,
  labels: { cluster: "test", namespace: "shop" },
  destinations: [
    { groupKey: "g", sinks: ["ops", "pager"] },
    { groupKey: "h", sinks: ["ops"] },
  ],
});

it("says of an alert that rests what its row says", () => {
  const kept = KeptAlert.of(alert, new AlertShelf());
  kept.rest();
  const { kind, key, version, cluster, state, columns } = new AlertEntity(kept);
  const expected = toEntity("alert", toAlertRow(alert));
  expect({ kind, key, version, cluster, state }).toEqual({
    kind: "alert",
    key: "a",
    version: expected.version,
    cluster: "test",
    state: toAlertRow(alert),
  });
  expect(expected).toMatchObject({ kind, key, version, cluster });
  for (const entity of [{ columns }, expected]) {
    expect(entity.columns).toMatchObject({
      rule: alert.rule,
      severity: alert.severity,
      phase: alert.phase,
      namespace: "shop",
      openedAt: 7,
      sinks: ["ops", "pager"],
      groups: ["g", "h"],
    });
  }
});

it("has no columns for a tombstone, which no list shows", () => {
  const tombstone = { ...alert, isTombstone: true };
  expect(new AlertEntity(tombstone).columns).toBeUndefined();
  expect(toEntity("alert", toAlertRow(tombstone)).columns).toBeUndefined();
});
