import { networkInterfaces } from "node:os";

import { describe, expect, it } from "vitest";
import type { z } from "zod";

import { AlertPage } from "../../src/api/schemas/alert.ts";
import { DeadLetterPage, DeadLettersChanged, OpenedDeadLetter } from "../../src/api/schemas/dead-letter.ts";
import { DecisionPage } from "../../src/api/schemas/decision.ts";
import { DeliveryPage } from "../../src/api/schemas/delivery.ts";
import { GroupPage } from "../../src/api/schemas/group.ts";
import { Problem } from "../../src/api/schemas/problem.ts";
import { Status } from "../../src/api/schemas/status.ts";
import { AppBed, CRITICAL_RULES, broken, HOOK, READ_TOKEN, ROUTE, WRITE_TOKEN } from "../support/app-bed.ts";
import { HOSTILE_TEXTS } from "../support/hostile-texts.ts";

/** An answer of the service, checked against its schema: it has exactly the keys of the schema. */
async function ask<Value>(
  bed: AppBed,
  path: string,
  schema: z.ZodType<Value>,
  init: RequestInit & { readonly status?: number } = {},
): Promise<Value> {
  const { status, body } = await bed.get(`/api/v1/${path}`, init);
  expect({ path, status }).toEqual({ path, status: init.status ?? 200 });
  const document: unknown = JSON.parse(body);
  const value = schema.parse(document);
  expect(value).toEqual(document);
  return value;
}

function change(
  body: object,
  token = WRITE_TOKEN,
): { readonly method: string; readonly headers: Readonly<Record<string, string>>; readonly body: string } {
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  return { method: "POST", headers, body: JSON.stringify(body) };
}

/** A bed with one dead letter about `poison` and one message about `fine` that has arrived. */
async function withDeadLetter(bed: AppBed): Promise<void> {
  await bed.ready();
  bed.receiver.script({ status: 400 });
  bed.api.create(broken("poison"));
  await bed.until(() => bed.logged("delivery is a dead letter").length === 1);
  // The newest comes first.
  await bed.clock.sleep(1000);
  bed.api.create(broken("fine"));
  await bed.arrived(2);
  await bed.until(async () => (await ask(bed, "deliveries", DeliveryPage)).items.length === 0);
}

describe("what is open?", () => {
  it("is answered by the alerts, with the sinks that were sent each and those that accepted it", async () => {
    await using bed = await AppBed.open();
    await withDeadLetter(bed);
    // The engine hears of what the receiver accepted after the outbox.
    await bed.until(async () =>
      (await ask(bed, "alerts", AlertPage)).items.some(({ groups }) =>
        groups.some(({ accepted }) => accepted.length > 0),
      ),
    );
    const { items: found, next } = await ask(bed, "alerts", AlertPage);
    // Both may have opened at the same millisecond.
    const items = found.toSorted((a, b) => (a.labels["name"] ?? "").localeCompare(b.labels["name"] ?? ""));
    expect(next).toBeNull();
    expect(
      items.map(({ labels, groups }) => [
        labels["name"],
        groups.map(({ sent, accepted }) => [sent, accepted]),
      ]),
    ).toEqual([
      ["fine", [[["hook"], ["hook"]]]],
      ["poison", [[[], []]]],
    ]);
    expect(items[0]).toMatchObject({
      rule: "it",
      phase: "firing",
      severity: "warning",
      occurrences: 1,
      message: "fine is broken",
      objects: [{ kind: "Pod", namespace: "shop", name: "fine", occurrences: 1, clearedAt: null }],
      objectsOmitted: 0,
      resolvedAt: null,
    });
    const groups = (await ask(bed, "groups", GroupPage)).items.toSorted(
      (a, b) => b.sent.length - a.sent.length,
    );
    expect(groups).toMatchObject([
      { route: "default", alerts: { firing: 1, resolved: 0 }, sent: [{ sink: "hook", accepted: true }] },
      { route: "default", sent: [] },
    ]);
    expect(groups[0]?.fingerprints).toEqual([items[0]?.fingerprint]);
  });

  it.each([
    ["phase=firing", 2],
    ["phase=pending", 0],
    ["phase=resolved", 0],
    ["phase=all", 2],
    ["rule=it", 2],
    ["rule=other", 0],
    ["namespace=pay", 1],
    ["sink=hook&severity=warning", 2],
    ["severity=critical", 0],
    ["sink=mail", 0],
  ])("is narrowed by %s", async (query, count) => {
    await using bed = await AppBed.open();
    await bed.ready();
    bed.api.create(broken("one"));
    bed.api.create(broken("two", "pay"));
    await bed.arrived(2);
    expect((await ask(bed, `alerts?${query}`, AlertPage)).items).toHaveLength(count);
  });
});

describe("what waits?", () => {
  it("is answered by the deliveries, with what the receiver said last", async () => {
    await using bed = await AppBed.open();
    await bed.ready();
    bed.receiver.fail();
    bed.api.create(broken("web"));
    await bed.arrived(1);
    const page = async () => (await ask(bed, "deliveries?sink=hook", DeliveryPage)).items;
    await bed.until(async () => (await page())[0]?.error !== "");
    expect(await page()).toMatchObject([
      { sink: "hook", kind: "firing", title: "Broken: Pod web in shop", error: "the receiver answered 500" },
    ]);
    expect(await ask(bed, "deliveries?sink=other", DeliveryPage)).toMatchObject({ items: [] });
    const { sinks } = await ask(bed, "status", Status);
    expect(sinks).toMatchObject([{ sink: "hook", type: "webhook", waiting: 1, dead: 0 }]);
    expect(sinks[0]?.oldestAgeSeconds).toBeGreaterThan(0);
    bed.receiver.answer({ status: 200 });
    await bed.until(async () => (await page()).length === 0);
    expect((await ask(bed, "deliveries?which=ended", DeliveryPage)).items).toMatchObject([
      { state: "delivered", dueAt: null },
    ]);
  });
});

describe("why was I (not) told?", () => {
  it("is answered by the decisions, with what became of the message", async () => {
    await using bed = await AppBed.open();
    bed.configure({
      sinks: [
        { ...HOOK, minSeverity: "critical" },
        { ...HOOK, name: "all" },
      ],
      route: { ...ROUTE, sinks: ["hook", "all"] },
    });
    await bed.ready();
    bed.receiver.script({ status: 400 });
    bed.api.create(broken("web"));
    const decisions = () => ask(bed, "decisions?since=1h&rule=it&namespace=shop", DecisionPage);
    // The log is ahead of the store.
    await bed.until(async () => (await decisions()).items.some(({ delivery }) => delivery === "dead"));
    const { items } = await decisions();
    expect(items.toSorted((a, b) => (a.sink ?? "").localeCompare(b.sink ?? ""))).toMatchObject([
      { sink: "all", outcome: "notified", reason: "first", delivery: "dead", occurrences: 1 },
      {
        sink: "hook",
        outcome: "suppressed",
        reason: "min_severity",
        why: "it is less severe than the sink's minSeverity",
        delivery: null,
        deliveryId: null,
      },
    ]);
    const { lastHour } = await ask(bed, "status", Status);
    expect(lastHour).toMatchObject({
      notified: [{ reason: "first", decisions: 1, occurrences: 1 }],
      suppressed: [{ reason: "min_severity", decisions: 1, occurrences: 1 }],
    });
    expect((await ask(bed, "decisions?outcome=suppressed", DecisionPage)).items).toHaveLength(1);
    expect((await ask(bed, "decisions?rule=other", DecisionPage)).items).toEqual([]);
    expect((await ask(bed, "decisions?since=2999-01-01T00:00:00Z", DecisionPage)).items).toEqual([]);
  });
});

describe("the status", () => {
  it("shows the bridge at a glance", async () => {
    await using bed = await AppBed.open();
    await withDeadLetter(bed);
    const status = await ask(bed, "status", Status);
    expect(status).toMatchObject({
      cluster: "test",
      ready: true,
      checks: [{ name: "watch" }, { name: "store" }],
      streams: [{ scope: "core/", state: "watching", trouble: "" }],
      configured: { rules: 1, forwards: 0, routes: 1, sinks: 1 },
      sinks: [{ sink: "hook", state: "ok", waiting: 0, oldestAt: null, dead: 1 }],
      store: { writable: true, maxBytes: 1024 ** 3 },
      alerts: { pending: 0, firing: 2, resolved: 0 },
      groups: 2,
      lookUps: null,
    });
    expect(status.store.usedBytes).toBeGreaterThan(0);
    expect(status.uptimeSeconds).toBeGreaterThan(0);
  });

  it("says which stream is in trouble, and why", async () => {
    await using bed = await AppBed.open();
    await bed.ready();
    await bed.stopApi();
    await bed.until(async () => (await ask(bed, "status", Status)).streams[0]?.trouble !== "");
    expect(await ask(bed, "status", Status)).toMatchObject({ ready: false, streams: [{ state: "waiting" }] });
  });
});

describe("dead letters", () => {
  it("are listed without, and opened with what they would have said", async () => {
    await using bed = await AppBed.open();
    await withDeadLetter(bed);
    const { items } = await ask(bed, "dead-letters", DeadLetterPage);
    expect(items).toMatchObject([
      { sink: "hook", kind: "notification", error: "the receiver answered 400", attempts: 1 },
    ]);
    const opened = await ask(bed, `dead-letters/${items[0]?.id}`, OpenedDeadLetter);
    expect(opened.body).toMatchObject({
      version: "1",
      id: items[0]?.id,
      title: "Broken: Pod poison in shop",
    });
    await ask(bed, "dead-letters/unknown", Problem, { status: 404 });
  });

  it("are tried again at once, by their ids or all of a sink", async () => {
    await using bed = await AppBed.open();
    await withDeadLetter(bed);
    const [letter] = (await ask(bed, "dead-letters", DeadLetterPage)).items;
    const ids = [letter?.id ?? "", "unknown"];
    const retried = await ask(bed, "dead-letters/retry", DeadLettersChanged, change({ ids }));
    expect(retried).toEqual({ done: 1, unknown: ["unknown"], withoutSink: [] });
    await bed.arrived(3);
    expect(bed.told().at(-1)).toBe("poison");
    const again = await ask(
      bed,
      "dead-letters/retry",
      DeadLettersChanged,
      change({ all: true, sink: "hook" }),
    );
    expect(again.done).toBe(0);
  });

  it("say when they are tried again that what they tell of is over", async () => {
    await using bed = await AppBed.open();
    const resolve = "resolve: { by: [{ reason: Mended, same: [object] }] }";
    bed.write("rules.yaml", `rules: [{ name: it, match: { reason: Broken }, ${resolve} }]`);
    await withDeadLetter(bed);
    const all = change({ all: true, sink: "hook" });
    const firing = async (name: string): Promise<boolean> =>
      (await ask(bed, "alerts?phase=firing", AlertPage)).items.some(({ labels }) => labels["name"] === name);
    expect(await firing("poison")).toBe(true);
    bed.receiver.script({ status: 400 });
    expect((await ask(bed, "dead-letters/retry", DeadLettersChanged, all)).done).toBe(1);
    await bed.until(async () => (await ask(bed, "dead-letters", DeadLetterPage)).items.length === 1);
    expect(bed.receiver.bodies().at(-1)).not.toContain("Sent again by a person");
    bed.api.create(broken("poison", "shop", { reason: "Mended", type: "Normal" }));
    await bed.until(async () => !(await firing("poison")));
    expect((await ask(bed, "dead-letters/retry", DeadLettersChanged, all)).done).toBe(1);
    await bed.until(async () => (await ask(bed, "dead-letters", DeadLetterPage)).items.length === 0);
    await bed.until(() => bed.receiver.bodies().at(-1)?.includes("Sent again by a person: by then") === true);
    expect(bed.told().at(-1)).toBe("poison");
  });

  it("are dropped for good", async () => {
    await using bed = await AppBed.open();
    await withDeadLetter(bed);
    const dropped = await ask(
      bed,
      "dead-letters/drop",
      DeadLettersChanged,
      change({ all: true, sink: "hook" }),
    );
    expect(dropped.done).toBe(1);
    expect((await ask(bed, "dead-letters", DeadLetterPage)).items).toEqual([]);
    expect(bed.messages).toHaveLength(2);
  });

  it("of a sink that is gone stay where they are, and can be dropped", async () => {
    await using bed = await AppBed.open();
    await withDeadLetter(bed);
    bed.configure({ sinks: [{ ...HOOK, name: "new" }], route: { ...ROUTE, sinks: ["new"] } });
    expect((await bed.reload(WRITE_TOKEN)).status).toBe(200);
    const [letter] = (await ask(bed, "dead-letters?sink=hook", DeadLetterPage)).items;
    const ids = [letter?.id ?? ""];
    const retried = await ask(bed, "dead-letters/retry", DeadLettersChanged, change({ ids }));
    expect(retried).toEqual({ done: 0, unknown: [], withoutSink: ids });
    const all = { ...change({ all: true, sink: "hook" }), status: 409 };
    expect((await ask(bed, "dead-letters/retry", Problem, all)).error).toContain(
      'sink "hook" is not configured',
    );
    const { sinks } = await ask(bed, "status", Status);
    expect(sinks).toMatchObject([{ sink: "new" }, { sink: "hook", state: "gone", type: null, dead: 1 }]);
    expect((await ask(bed, "dead-letters/drop", DeadLettersChanged, change({ ids }))).done).toBe(1);
  });
});

describe("access", () => {
  const address = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find(({ family, internal }) => family === "IPv4" && !internal)?.address;

  it.skipIf(address === undefined)(
    "from another machine needs a token, but for health and metrics",
    async () => {
      await using bed = await AppBed.open();
      bed.configure({
        server: {
          listen: "0.0.0.0:0",
          tokens: { read: [{ file: "read-token" }], write: [{ file: "write-token" }] },
        },
      });
      await bed.start();
      const { port } = new URL(bed.address);
      const status = async (path: string, token?: string) => {
        const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
        return (await fetch(`http://${address}:${port}${path}`, { headers })).status;
      };
      expect(await status("/livez")).toBe(200);
      expect(await status("/metrics")).toBe(200);
      for (const path of ["/api/v1/status", "/api/v1/openapi.json", "/api/v1/none"]) {
        expect(await status(path)).toBe(401);
        expect(await status(path, "guess")).toBe(401);
      }
      expect(await status("/api/v1/status", READ_TOKEN)).toBe(200);
      expect(await status("/api/v1/status", WRITE_TOKEN)).toBe(200);
      expect((await fetch(`http://127.0.0.1:${port}/api/v1/status`)).status).toBe(200);
    },
  );

  it("of changes needs a write token and no foreign page", async () => {
    await using bed = await AppBed.open();
    await withDeadLetter(bed);
    const refused = async (init: RequestInit, status: number) =>
      ask(bed, "dead-letters/drop", Problem, { ...init, status });
    const all = { all: true, sink: "hook" };
    const { headers, ...bare } = change(all);
    await refused({ ...bare, headers: { "content-type": "application/json" } }, 401);
    await refused(change(all, READ_TOKEN), 403);
    await refused({ ...bare, headers: { ...headers, origin: "https://evil.example" } }, 403);
    await refused(
      { ...bare, headers: { authorization: `Bearer ${WRITE_TOKEN}`, "content-type": "text/plain" } },
      415,
    );
    expect((await ask(bed, "dead-letters", DeadLetterPage)).items).toHaveLength(1);
  });
});

describe("hostile texts of Events", () => {
  it("stay plain JSON that no browser takes for anything else", async () => {
    await using bed = await AppBed.open();
    bed.write("rules.yaml", CRITICAL_RULES);
    await bed.ready();
    // The API server takes messages of up to 1 kB.
    const texts = Object.values(HOSTILE_TEXTS).filter((text) => text.isWellFormed() && text.length < 1000);
    for (const [index, message] of texts.entries())
      bed.api.create(broken(`pod-${index}`, "shop", { message }));
    await bed.arrived(texts.length);
    const page = await ask(bed, "alerts?limit=500", AlertPage);
    expect(page.items.map(({ message }) => message).toSorted()).toEqual(texts.toSorted());
    for (const path of ["alerts", "groups", "deliveries?which=ended", "decisions"]) {
      const response = await fetch(`${bed.address}/api/v1/${path}`);
      expect(response.headers.get("content-type")).toBe("application/json; charset=utf-8");
      expect(response.headers.get("x-content-type-options")).toBe("nosniff");
      expect(response.headers.get("cache-control")).toBe("no-store");
      expect(await response.text()).not.toMatch(/[<>&]/u);
    }
  });
});
