import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

import { afterAll, expect, it } from "vitest";

import { silentLogger } from "../../../src/lib/log.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { makeDelivery, makeNotification } from "../../support/make-delivery.ts";
import { makeAlert, makeEvidence } from "../../support/notifications.ts";
import { OwnedStore } from "../../support/owned-store.ts";

const folder = mkdtempSync(join(tmpdir(), "tocsin-store-"));
afterAll(() => rmSync(folder, { recursive: true }));

const ENDS = ["delivered", "dead", "expired", "superseded"] as const;
const LOG = { object: "Pod/web-1", container: "app", lines: ["panic: the order of the rows"] };

it("a row has lines of logs while it waits, and none when it has ended, however it ended", async () => {
  const path = join(folder, "tocsin.db");
  const store = await OwnedStore.open({ path, clock: new FakeClock(1000), log: silentLogger });
  const alerts = [makeAlert(), makeAlert({ evidence: { ...makeEvidence(), logs: [LOG] } })];
  const deliver = (id: string, groupKey: string) => ({
    ...makeDelivery(id, { groupKey }),
    notification: makeNotification({ id, alerts }),
  });
  await store.commit({ deliveries: ENDS.map((end) => deliver(end, end)) });
  await store.commit({ deliveries: [deliver("newer", "superseded")] });
  const leased = await store.lease();
  expect(leased.map(({ notification }) => notification.alerts)).toEqual(leased.map(() => alerts));
  await store.settle([
    { id: "delivered", outcome: "delivered", at: 1000, receiver: undefined },
    { id: "dead", outcome: "dead", at: 1000, error: "refused" },
    { id: "expired", outcome: "expired", at: 1000 },
  ]);
  await store.close();
  const without = [makeAlert(), makeAlert({ evidence: makeEvidence() })];
  expect(bodies(path)).toEqual({
    ...Object.fromEntries(ENDS.map((end) => [end, without])),
    newer: alerts,
  });
});

/** The alerts of each row of the file. */
function bodies(path: string): Readonly<Record<string, unknown>> {
  const database = new DatabaseSync(path, { readOnly: true });
  const rows = database.prepare("SELECT id, notification ->> '$.alerts' AS alerts FROM delivery").all();
  database.close();
  return Object.fromEntries(rows.map(({ id, alerts }) => [String(id), JSON.parse(String(alerts))]));
}
