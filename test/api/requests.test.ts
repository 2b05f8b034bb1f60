import { afterEach, describe, expect, it } from "vitest";

import type { Bridge } from "../../src/api/index.ts";
import { TocsinError } from "../../src/lib/errors.ts";
import { silentLogger } from "../../src/lib/log.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { makeDelivery } from "../support/make-delivery.ts";
import { OwnedStore } from "../support/owned-store.ts";
import { makeConfiguration, storeParts } from "./make-bridge.ts";
import { type RunningApi, startApi } from "./start-api.ts";

const started: RunningApi[] = [];

afterEach(async () => {
  for (const api of started.splice(0)) await api[Symbol.asyncDispose]();
});

/** The API over a bridge of the test's own; answers its address. */
async function start(over: Partial<Bridge> = {}): Promise<string> {
  const api = await startApi(over);
  started.push(api);
  return api.url;
}

async function openStore(): Promise<OwnedStore> {
  return OwnedStore.open({ path: ":memory:", clock: new FakeClock(1000), log: silentLogger });
}

function post(url: string, body: string, type = "application/json"): Promise<Response> {
  const headers = { authorization: "Bearer write-token", "content-type": type };
  return fetch(url, { method: "POST", headers, body });
}

/** The answer of every list. */
interface AnyPage {
  readonly items: readonly { readonly id: string }[];
  readonly next: string | null;
}

/** All ids of a list, page by page; `between` is done before each further page. */
async function walk(url: string, between: () => Promise<void> = () => Promise.resolve()): Promise<string[]> {
  const ids: string[] = [];
  let cursor = "";
  for (;;) {
    const response = await fetch(url + cursor);
    // Conformance is held elsewhere.
    const { items, next } = (await response.json()) as AnyPage;
    ids.push(...items.map(({ id }) => id));
    if (next === null) return ids;
    cursor = `&cursor=${next}`;
    await between();
  }
}

describe("a request that is not right", () => {
  it.each([
    ["alerts?limit=0", ["limit: too small: expected number to be >=1"]],
    ["groups?limit=501", ["limit: too big: expected number to be <=500"]],
    ["alerts?view=list&limit=5001", ["limit: too big: expected number to be <=5000"]],
    ["alerts?limit=ten", ["limit: expected a number"]],
    ["alerts?rule=", ["rule: empty"]],
    ["alerts?rule=a&rule=b", ["rule: expected a text, not a list"]],
    ["alerts?namespce=shop", ['namespce: unknown key "namespce"; did you mean "namespace"?']],
    ["status?verbose=1", ['verbose: unknown key "verbose"']],
    [
      "decisions?since=yesterday",
      ['since: neither a duration nor a time: "yesterday" (write 1h, 7d or 2026-06-01T10:00:00Z)'],
    ],
    [
      "deliveries?which=some&limit=-1",
      [
        'which: invalid option: expected one of "open"|"ended"',
        "limit: too small: expected number to be >=1",
      ],
    ],
  ])("is answered with all that is wrong: %s", async (path, faults) => {
    const response = await fetch(`${await start()}/${path}`);
    expect(response.status).toBe(400);
    const problem = (await response.json()) as { readonly faults: { path: string; message: string }[] };
    expect(problem.faults.map((fault) => `${fault.path}: ${fault.message}`)).toEqual(faults);
  });

  it.each([
    ["groups?cursor=%00%ff", "not a cursor; it is the next of the page before"],
    ["alerts?cursor=nothing", "not a cursor; it is the next of the page before"],
    ["decisions?cursor=WzFd", "the cursor belongs to another list; begin without one"],
    ["alerts?cursor=WzFd", "the cursor belongs to another list; begin without one"],
    ["dead-letters?cursor=WzFd", "the cursor belongs to another list; begin without one"],
  ])("for a page that is not there is 404: %s", async (path, message) => {
    const response = await fetch(`${await start()}/${path}`);
    expect(response.status).toBe(404);
    expect(await response.json()).toEqual({
      error: "there is no such page",
      faults: [{ path: "cursor", message }],
    });
  });

  it("needs no body, and no type of one, where there is nothing to say", async () => {
    const url = `${await start()}/silences/none/expire`;
    const response = await fetch(url, { method: "POST", headers: { authorization: "Bearer write-token" } });
    expect(response.status).toBe(404);
  });

  it.each([
    { title: "no JSON", body: "{", status: 400 },
    { title: "no object", body: "3", status: 400 },
    { title: "nothing", body: "", status: 400 },
    { title: "no choice", body: "{}", status: 400 },
    { title: "two choices", body: '{"ids":["a"],"all":true,"sink":"ops"}', status: 400 },
    { title: "no ids", body: '{"ids":[]}', status: 400 },
    {
      title: "too many ids",
      body: JSON.stringify({ ids: Array.from({ length: 501 }, () => "a") }),
      status: 400,
    },
    { title: "all without a sink", body: '{"all":true}', status: 400 },
    { title: "far too much", body: " ".repeat(70_000), status: 413 },
  ])("has a body with $title", async ({ body, status }) => {
    const response = await post(`${await start()}/dead-letters/retry`, body);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ error: expect.any(String) });
  });

  it("has a body that does not call itself JSON, as a form's", async () => {
    const response = await post(
      `${await start()}/dead-letters/drop`,
      "ids=a",
      "application/x-www-form-urlencoded",
    );
    expect(response.status).toBe(415);
  });
});

describe("methods and paths", () => {
  it.each([
    { method: "DELETE", path: "alerts", status: 405, allow: "GET, HEAD" },
    { method: "POST", path: "status", status: 405, allow: "GET, HEAD" },
    { method: "GET", path: "dead-letters/retry", status: 405, allow: "POST" },
    { method: "POST", path: "openapi.json", status: 405, allow: "GET, HEAD" },
    { method: "DELETE", path: "silences", status: 405, allow: "GET, HEAD, POST" },
    { method: "GET", path: "nothing", status: 404, allow: null },
    { method: "GET", path: "alerts/x", status: 404, allow: null },
  ])("$method $path is answered with $status as JSON", async ({ method, path, status, allow }) => {
    const response = await fetch(`${await start()}/${path}`, { method });
    expect(response.status).toBe(status);
    expect(response.headers.get("allow")).toBe(allow);
    expect(await response.json()).toMatchObject({ error: expect.any(String) });
  });

  it("HEAD says what GET would, without a body", async () => {
    const response = await fetch(`${await start()}/status`, { method: "HEAD" });
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("application/json; charset=utf-8");
    expect(await response.text()).toBe("");
  });
});

describe("pages", () => {
  it("of deliveries show each once, although more come meanwhile", async () => {
    const store = await openStore();
    const add = (id: string, createdAt: number): Promise<void> =>
      store.commit({ deliveries: [makeDelivery(id, { groupKey: id, createdAt })] });
    for (let index = 0; index < 7; index++) await add(`d${index}`, 1000 + index);
    const base = await start(storeParts(store.host));
    let added = 0;
    const ids = await walk(`${base}/deliveries?limit=2`, () => add(`late${added++}`, 5000));
    expect(ids).toEqual(["d6", "d5", "d4", "d3", "d2", "d1", "d0"]);
    await store.close();
  });

  it("of dead letters show each once, and all of a sink are retried over pages", async () => {
    const store = await openStore();
    const ids = Array.from({ length: 1203 }, (_, index) => `d${String(index).padStart(4, "0")}`);
    await store.commit({ deliveries: ids.map((id) => makeDelivery(id, { groupKey: id })) });
    await (await store.outbox()).buryOrphans(2000);
    let rung = 0;
    store.host.bell.on("sink/ops", () => (rung += 1));
    const base = await start({
      ...storeParts(store.host),
      configuration: () => makeConfiguration(["ops"]),
    });
    expect(await walk(`${base}/dead-letters?limit=500`)).toEqual(ids.toReversed());
    const response = await post(`${base}/dead-letters/retry`, '{"all":true,"sink":"ops"}');
    expect(await response.json()).toEqual({ done: 1203, unknown: [], withoutSink: [] });
    expect(rung).toBeGreaterThan(0);
    expect(await store.queries.depths()).toMatchObject([{ sink: "ops", waiting: 1203, dead: 0 }]);
    await store.close();
  });
});

it("hides secrets in what receivers and servers said", async () => {
  const store = await openStore();
  await store.commit({
    deliveries: [makeDelivery("d1"), makeDelivery("d2", { groupKey: "h" })],
  });
  await store.lease();
  const error = "the receiver said: canary";
  await store.settle([
    { id: "d1", outcome: "dead", at: 1000, error },
    { id: "d2", outcome: "retry", at: 1000, dueAt: 2000, started: true, error },
  ]);
  const base = await start({
    ...storeParts(store.host),
    configuration: () => makeConfiguration(["ops"]),
    delivery: {
      status: () => [
        {
          sink: "ops",
          state: "failing",
          error,
          waitMs: 100,
          running: 0,
          destinationsOmitted: 0,
          destinations: [{ destination: error, state: "broken", error, waitMs: 5 }],
        },
      ],
    },
    streams: () => [
      { scope: "core/", state: "waiting", trouble: error, lastMessageAt: 0, resourceVersion: "" },
    ],
    scrub: (text) => text.replaceAll("canary", "[redacted]"),
  });
  for (const path of ["status", "deliveries", "deliveries?which=ended", "dead-letters", "dead-letters/d1"]) {
    const text = await (await fetch(`${base}/${path}`)).text();
    expect(text).toContain("[redacted]");
    expect(text).not.toContain("canary");
  }
  await store.close();
});

it("says 503 when the store does not answer, and nothing of why", async () => {
  const store = await openStore();
  const fail = (): Promise<never> =>
    Promise.reject(new TocsinError("ERR_STORE", "disk I/O error at /secret/path"));
  const base = await start({ queries: { ...store.queries, deliveries: fail } });
  const response = await fetch(`${base}/deliveries`);
  expect(response.status).toBe(503);
  expect(await response.text()).not.toContain("secret");
  await store.close();
});

describe("deliveries", () => {
  const found = async (url: string): Promise<readonly string[]> => walk(url);

  it.each([1, 3, 100])("are found by a text and a time, each once over pages of %i", async (limit) => {
    const store = await openStore();
    for (let index = 0; index < 450; index++) {
      const id = `d${index}`;
      await store.commit({ deliveries: [makeDelivery(id, { groupKey: id, createdAt: 1000 + index })] });
    }
    const base = `${await start(storeParts(store.host))}/deliveries?limit=${limit}`;
    expect(await found(`${base}&q=FIRING%20D44`)).toEqual([
      "d449",
      "d448",
      "d447",
      "d446",
      "d445",
      "d444",
      "d443",
      "d442",
      "d441",
      "d440",
      "d44",
    ]);
    expect(await found(`${base}&since=${new Date(1448).toISOString()}`)).toEqual(["d449", "d448"]);
    expect(await found(`${base}&since=${new Date(1448).toISOString()}&q=d448`)).toEqual(["d448"]);
    expect(await found(`${base}&q=nothing`)).toEqual([]);
    await store.close();
  });

  it("that have ended count from their end", async () => {
    const store = await openStore();
    await store.commit({ deliveries: [makeDelivery("d1"), makeDelivery("d2", { groupKey: "h" })] });
    await store.lease();
    await store.settle([
      { id: "d1", outcome: "dead", at: 2000, error: "refused by policy" },
      { id: "d2", outcome: "delivered", at: 3000 },
    ]);
    const base = `${await start(storeParts(store.host))}/deliveries?which=ended`;
    expect(await found(`${base}&since=${new Date(2500).toISOString()}`)).toEqual(["d2"]);
    expect(await found(`${base}&q=By%20Policy`)).toEqual(["d1"]);
    await store.close();
  });
});
