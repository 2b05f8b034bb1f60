import { request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

import { expect, it } from "vitest";

import { silentLogger } from "../../src/lib/log.ts";
import { openSqliteStore, type Queries } from "../../src/store/index.ts";
import { makeAlert } from "../alert/make.ts";
import { alertChanges } from "../support/entity-changes.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { makeDelivery } from "../support/make-delivery.ts";
import { OwnedStore } from "../support/owned-store.ts";
import { until } from "../support/until.ts";
import { storeParts } from "./make-bridge.ts";
import { startApi } from "./start-api.ts";

/** Rounds of the loop of events in which a list that goes on would be read. */
const ROUNDS = 50;

it.each([
  { title: "a search of deliveries", path: "deliveries?q=nothing" },
  { title: "a search of alerts", path: "alerts?q=nothing" },
  {
    title: "the preview of a silence",
    path: "silences/preview",
    body: { match: { namespace: "x" }, for: "2h", comment: "c", author: "a" },
  },
])("$title ends when its caller goes", async ({ path, body }) => {
  const host = await openSqliteStore({ path: ":memory:", clock: new FakeClock(), log: silentLogger });
  const store = await OwnedStore.of(host);
  await store.commit({ deliveries: [makeDelivery("d")], entities: alertChanges([makeAlert("a")]) });
  const reads = { count: 0 };
  // Lists without an end: their first page again and again.
  const next = [0, "x"];
  const queries: Queries = {
    ...host.queries,
    deliveries: async (query) => {
      reads.count += 1;
      return { ...(await host.queries.deliveries({ ...query, after: undefined })), next };
    },
    alerts: async (query) => {
      reads.count += 1;
      return { ...(await host.queries.alerts({ ...query, after: undefined })), next };
    },
    labels: async (query) => {
      reads.count += 1;
      return { ...(await host.queries.labels({ ...query, after: undefined })), next };
    },
  };
  await using api = await startApi({ ...storeParts(host), queries });
  const headers = { "content-type": "application/json" };
  const asked = request(`${api.url}/${path}`, { agent: false, headers, method: body ? "POST" : "GET" });
  asked.on("error", () => undefined);
  asked.end(body && JSON.stringify(body));
  await until(() => reads.count > 0);
  asked.destroy();
  await until(async () => {
    const before = reads.count;
    for (let round = 0; round < ROUNDS; round++) await sleep(0);
    return reads.count === before;
  });
  // The server goes on to answer others.
  expect((await fetch(`${api.url}/status`)).status).toBe(200);
  await store.close();
});
