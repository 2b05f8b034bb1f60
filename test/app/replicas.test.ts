import { describe, expect, it } from "vitest";

import { AppBed, broken, CRITICAL_RULES, HOOK, ROUTE } from "../support/app-bed.ts";
import { startReceiver } from "../support/fake-receiver.ts";
import { type BedReplica, openReplicas, type ReplicaPair } from "../support/replica-bed.ts";

const ALL = ["engine/0", "sink/hook", "house"] as const;

/** Two replicas; the first one holds everything. */
async function twoReplicas(bed: AppBed): Promise<ReplicaPair> {
  bed.write("rules.yaml", CRITICAL_RULES);
  const pair = await openReplicas(bed);
  const { a, b } = pair;
  await a.replica.start();
  await b.replica.start();
  await bed.until(async () => (await a.get("/readyz")).status === 200);
  return pair;
}

/** Has an Event written, and waits until a receiver has its message. */
async function tell(bed: AppBed, name: string): Promise<void> {
  bed.api.create(broken(name));
  await bed.until(() => bed.told().includes(name));
}

/** Waits until this replica has the engine, and follows the Events. */
async function follows(bed: AppBed, { get }: BedReplica): Promise<void> {
  await bed.until(async () => {
    const { status, body } = await get("/readyz");
    return status === 200 && !body.includes("standby");
  });
}

describe("two replicas", () => {
  it("have one engine between them: the other is ready, answers, and waits", async () => {
    await using bed = await AppBed.open();
    await using pair = await twoReplicas(bed);
    const { a, b } = pair;
    await tell(bed, "web");
    expect((await b.get("/readyz")).body).toContain("standby: another process follows the events");
    expect((await b.get("/readyz")).status).toBe(200);
    expect((await b.get("/livez")).status).toBe(200);
    for (const { get } of [a, b])
      expect(JSON.parse((await get("/api/v1/alerts")).body)).toMatchObject({
        items: [{ labels: { name: "web" } }],
      });
    expect((await a.get("/metrics")).body).toContain('tocsin_alerts{state="firing"} 1');
    const { body } = await b.get("/metrics");
    expect(body).not.toMatch(/^tocsin_alerts\{/mu);
    expect(bed.told()).toEqual(["web"]);
  });

  it("hand the engine over: it is loaded anew, nothing is lost or told twice, and sinks go on where they are", async () => {
    await using bed = await AppBed.open();
    await using pair = await twoReplicas(bed);
    const { a, b } = pair;
    await tell(bed, "first");
    await a.lose("engine/0");
    await follows(bed, b);
    expect((await a.get("/readyz")).body).toContain("standby");
    expect((await a.get("/metrics")).body).not.toMatch(/^tocsin_(?:alerts|watch_position_age_seconds)\{/mu);
    await tell(bed, "second");
    await b.lose("engine/0");
    await follows(bed, a);
    await tell(bed, "third");
    expect((await a.get("/metrics")).body).toContain('tocsin_alerts{state="firing"} 3');
    // A message that came again would be sent before that of a later Event.
    await tell(bed, "last");
    expect(bed.told()).toEqual(["first", "second", "third", "last"]);
  });

  it("hand a sink over, with what waits for it", async () => {
    await using bed = await AppBed.open();
    await using pair = await twoReplicas(bed);
    const { a, b } = pair;
    bed.receiver.answer({ status: 503 });
    bed.api.create(broken("waits"));
    await bed.arrived(1);
    await a.lose("sink/hook");
    await bed.until(() => a.log().includes("another process holds a sink now"));
    bed.receiver.reset();
    bed.receiver.answer({ status: 200 });
    // Only what is stored as delivered is not sent again.
    const waiting = /^tocsin_deliveries\{sink="hook",state="waiting"\} [1-9]/mu;
    await bed.until(async () => !waiting.test((await b.get("/metrics")).body));
    await b.lose("sink/hook");
    await tell(bed, "next");
    expect(bed.told()).toEqual(["waits", "next"]);
  });

  it("lose whatever they hold in the middle of a storm, and everybody is told of everything by one message", async () => {
    await using bed = await AppBed.open();
    await using pair = await twoReplicas(bed);
    const both = [pair.a, pair.b];
    const names = Array.from({ length: 60 }, (_, index) => `pod-${index}`);
    for (const [index, name] of names.entries()) {
      bed.api.create(broken(name));
      if (index % 6 !== 5) continue;
      await bed.until(() => bed.told().length >= index / 2);
      const lost = ALL[((index / 6) % ALL.length) | 0] ?? "house";
      // The one that does not hold it has none to lose.
      for (const { lose } of both) await lose(lost).catch(() => undefined);
    }
    await bed.until(() => new Set(bed.told()).size === names.length);
    const ids = new Map<string, Set<string>>();
    for (const { id, alerts } of bed.messages) {
      const name = alerts[0]?.labels["name"] ?? "";
      ids.set(name, (ids.get(name) ?? new Set()).add(id));
    }
    expect([...ids.values()].filter((ofName) => ofName.size !== 1)).toEqual([]);
  });

  it("go on without the one that ends", async () => {
    await using bed = await AppBed.open();
    await using pair = await twoReplicas(bed);
    const { a, b } = pair;
    await tell(bed, "first");
    await a.replica.stop();
    await follows(bed, b);
    await tell(bed, "second");
    expect(bed.told()).toEqual(["first", "second"]);
  });

  it("use the configuration that the standby has read meanwhile, once that one has the engine", async () => {
    await using bed = await AppBed.open();
    await using pair = await twoReplicas(bed);
    const { a, b } = pair;
    bed.write("rules.yaml", CRITICAL_RULES.replace("Broken", "Other"));
    expect(await b.replica.reload()).toMatchObject({ ok: true });
    await tell(bed, "first");
    await a.lose("engine/0");
    await follows(bed, b);
    bed.api.create(broken("old"));
    bed.api.create(broken("new", "shop", { reason: "Other" }));
    await bed.until(() => bed.told().includes("new"));
    expect(bed.told()).toEqual(["first", "new"]);
  });

  it("send one heartbeat between them", async () => {
    await using deadMan = await startReceiver();
    await using bed = await AppBed.open({ speed: 50 });
    bed.configure({ heartbeat: { url: deadMan.url, every: "30s" }, sinks: [HOOK], route: ROUTE });
    await using pair = await twoReplicas(bed);
    const { a, b } = pair;
    const taken = (replica: BedReplica): boolean => replica.log().includes("the heartbeat is taken");
    await bed.until(() => taken(a));
    expect(taken(b)).toBe(false);
    await a.lose("house");
    await bed.until(() => taken(b));
  });
});
