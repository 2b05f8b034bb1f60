import { describe, expect, it } from "vitest";

import { RecentEventPage } from "../../src/api/schemas/recent-event.ts";
import { AppBed, broken, CANARY, READ_TOKEN } from "../support/app-bed.ts";

const RULES = `
rules:
  - { name: it, match: { reason: Broken } }
  - { name: killed, match: { reason: Started }, state: { container: { lastTerminated: { reason: OOMKilled } } } }
drop:
  - { name: noise, match: { reason: Noise } }
`;

async function list(bed: AppBed, query = ""): Promise<RecentEventPage> {
  const { status, body } = await bed.get(`/api/v1/events${query}`);
  expect({ status, body }).toMatchObject({ status: 200 });
  const document: unknown = JSON.parse(body);
  const page = RecentEventPage.parse(document);
  expect(page).toEqual(document);
  return page;
}

/** Objects of the Events of an answer. */
async function names(bed: AppBed, query = ""): Promise<readonly string[]> {
  return (await list(bed, query)).items.map(({ event }) => event.involvedObject.name);
}

/** A bed that has read these Events, with the rules above. */
async function opened(...events: readonly object[]): Promise<AppBed> {
  const bed = await AppBed.open();
  bed.write("rules.yaml", RULES);
  await bed.ready();
  for (const event of events) bed.api.create(event);
  await bed.until(async () => (await list(bed)).items.length === events.length);
  return bed;
}

describe("GET /events", () => {
  it("shows all Events, newest first, and what the rules of this moment make of each", async () => {
    await using bed = await opened(
      broken("web"),
      broken("web", "shop", { reason: "Noise" }),
      broken("web", "shop", { reason: "Pulled", type: "Normal" }),
      broken("web", "shop", { reason: "Started", type: "Normal" }),
    );
    const { items, next, from, at } = await list(bed);
    expect(items.map(({ event, outcome, rules }) => [event.reason, outcome, rules])).toEqual([
      ["Started", "unmatched", []],
      ["Pulled", "unmatched", []],
      ["Noise", "dropped", []],
      ["Broken", "matched", ["it"]],
    ]);
    expect(next).toBeNull();
    expect(Date.parse(from ?? "")).toBeLessThanOrEqual(Date.parse(at));
    expect(await bed.metric("tocsin_recent_events")).toBe(4);
    expect(await bed.metric("tocsin_recent_events_bytes")).toBeGreaterThan(0);
  });

  it("filters, and pages by a cursor", async () => {
    await using bed = await opened(
      broken("web"),
      broken("db", "bank"),
      broken("api", "shop", { type: "Normal", message: "all of it is Fine" }),
    );
    expect(await names(bed, "?namespace=shop")).toEqual(["api", "web"]);
    expect(await names(bed, "?type=Warning&namespace=shop")).toEqual(["web"]);
    expect(await names(bed, "?reason=Broken&q=fine")).toEqual(["api"]);
    expect(await names(bed, "?q=pod/DB")).toEqual(["db"]);
    expect(await names(bed, "?reason=Other")).toEqual([]);
    expect(await names(bed, "?since=2000-01-01T00:00:00Z&limit=2")).toEqual(["api", "db"]);
    expect(await names(bed, "?since=2999-01-01T00:00:00Z")).toEqual([]);
    const { next } = await list(bed, "?limit=2");
    expect(await names(bed, `?limit=2&cursor=${next}`)).toEqual(["web"]);
    expect((await bed.get("/api/v1/events?colour=red")).status).toBe(400);
    expect((await bed.get("/api/v1/events?since=yesterday")).status).toBe(400);
    const { next: other } = JSON.parse((await bed.get("/api/v1/rules?limit=1")).body) as { next: string };
    expect((await bed.get(`/api/v1/events?cursor=${other}`)).status).toBe(404);
  });

  it("names an Event, which `POST /explain` explains", async () => {
    await using bed = await opened(broken("web"));
    const [event] = (await list(bed)).items;
    const explain = (body: object) =>
      bed.get("/api/v1/explain", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      });
    const { status, body } = await explain({ id: event?.id });
    expect(status).toBe(200);
    expect(JSON.parse(body)).toMatchObject({ event: { uid: event?.event.uid }, rules: [{ rule: "it" }, {}] });
    expect((await explain({ id: `${event?.id}9` })).status).toBe(404);
    expect((await explain({ id: "other-1" })).status).toBe(404);
    expect((await explain({ id: event?.id, event: broken("web") })).status).toBe(400);
    expect((await explain({})).status).toBe(400);
  });

  it("gives none of the bridge's own secrets back, though an Event has them in its message", async () => {
    await using bed = await opened(broken("web"));
    // The sink has used its secrets then.
    await bed.arrived(1);
    bed.api.create(broken("db", "shop", { reason: "Other", message: `said ${CANARY}-key, no more` }));
    await bed.until(async () => (await list(bed)).items.length === 2);
    const [item] = (await list(bed)).items;
    expect(item?.event.message).toMatch(/^said .+, no more$/u);
  });

  it("needs the right to read where the API needs it", async () => {
    await using bed = await AppBed.open();
    await bed.ready();
    const from = (headers: Record<string, string>) =>
      bed.get("/api/v1/events", { headers: { "x-forwarded-for": "10.0.0.7", ...headers } });
    expect((await from({})).status).toBe(401);
    expect((await from({ authorization: "Bearer wrong" })).status).toBe(401);
    expect((await from({ authorization: `Bearer ${READ_TOKEN}` })).status).toBe(200);
    expect((await bed.get("/api/v1/events", { method: "POST" })).status).toBe(405);
  });

  it("begins with the first list of all, and after a restart with what came meanwhile", async () => {
    await using bed = await AppBed.open();
    bed.api.create(broken("web"));
    await bed.ready();
    await bed.until(async () => (await names(bed)).includes("web"));
    await bed.stop();
    bed.api.create(broken("db"));
    await bed.ready();
    await bed.until(async () => (await names(bed)).includes("db"));
  });
});
