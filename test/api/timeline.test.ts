import { describe, expect, it } from "vitest";

import type { AlertState } from "../../src/alert/index.ts";
import { AlertPage } from "../../src/api/schemas/alert.ts";
import { Problem } from "../../src/api/schemas/problem.ts";
import { MadeSilence } from "../../src/api/schemas/silence.ts";
import { TimelinePage, type TimelineRow } from "../../src/api/schemas/timeline.ts";
import { toInstant } from "../../src/api/views/instant.ts";
import { ownRows, toTimeline } from "../../src/api/views/timeline.ts";
import { silentLogger } from "../../src/lib/log.ts";
import { makeAlert, makeMember } from "../alert/make.ts";
import { AppBed, broken, HOOK, ROUTE } from "../support/app-bed.ts";
import { makePolicy } from "../support/engine-bed.ts";
import { alertChanges } from "../support/entity-changes.ts";
import { START } from "../support/event-sketch.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { OwnedStore } from "../support/owned-store.ts";
import { ask, post } from "./ask.ts";
import { makeConfiguration, storeParts } from "./make-bridge.ts";
import { startApi } from "./start-api.ts";

/** The timeline of the only alert; empty before it is open. */
async function timeline(bed: AppBed): Promise<readonly TimelineRow[]> {
  const [alert] = (await ask(bed, "alerts?phase=all", AlertPage)).items;
  if (alert === undefined) return [];
  return (await ask(bed, `alerts/${alert.fingerprint}/timeline`, TimelinePage)).items;
}

/** `kind sink: text` of each row, oldest first. */
async function told(bed: AppBed): Promise<readonly string[]> {
  return (await timeline(bed)).toReversed().map(({ kind, sink, text }) => `${kind} ${sink ?? "-"}: ${text}`);
}

const BEGIN = [
  "seen -: first seen on Pod shop/web",
  "matched -: rule it matched",
  "fired -: it fires",
  "grouped -: by the routes of now it goes to hook (default)",
];

describe("the timeline of an alert", () => {
  it("says when it was seen, fired, told and accepted, each once", async () => {
    await using bed = await AppBed.open();
    await bed.ready();
    bed.api.create(broken("web"));
    await bed.until(async () => (await timeline(bed)).some(({ kind }) => kind === "delivered"));
    expect(await told(bed)).toEqual([
      ...BEGIN,
      "notified hook: the first message about this group",
      "delivered hook: its receiver accepted it",
    ]);
    const rows = await timeline(bed);
    expect(rows.map(({ at }) => at)).toEqual(rows.map(({ at }) => at).toSorted((a, b) => (a < b ? 1 : -1)));
    const [delivered, notified] = rows;
    expect(notified).toMatchObject({ occurrences: 1, deliveryId: bed.messages[0]?.id });
    expect(delivered?.deliveryId).toBe(bed.messages[0]?.id);
  });

  it("says what the receiver answered while a message waits, and that it came after all", async () => {
    await using bed = await AppBed.open();
    await bed.ready();
    bed.receiver.fail();
    bed.api.create(broken("web"));
    await bed.until(async () =>
      /^retry hook: not delivered yet: the receiver answered 500, \d+ attempts?; the next is due at 2\S+Z$/u.test(
        (await told(bed)).at(-1) ?? "",
      ),
    );
    bed.receiver.answer({ status: 200 });
    await bed.until(async () =>
      /^delivered hook: its receiver accepted it after \d+ attempts? that failed$/u.test(
        (await told(bed)).at(-1) ?? "",
      ),
    );
  });

  it("says that a message is a dead letter, and why none was made", async () => {
    await using bed = await AppBed.open();
    bed.configure({
      sinks: [HOOK, { ...HOOK, name: "pager", minSeverity: "critical" }],
      route: { ...ROUTE, sinks: ["hook", "pager"] },
    });
    await bed.ready();
    bed.receiver.script({ status: 400 });
    bed.api.create(broken("web"));
    await bed.until(async () => (await timeline(bed)).some(({ kind }) => kind === "dead"));
    expect(await told(bed)).toEqual(
      expect.arrayContaining([
        "grouped -: by the routes of now it goes to hook, pager (default)",
        "held pager: it is less severe than the sink's minSeverity",
        "notified hook: the first message about this group",
        "dead hook: it is a dead letter: the receiver answered 400",
      ]),
    );
  });

  it("says which silence matches", async () => {
    await using bed = await AppBed.open();
    await bed.ready();
    bed.api.create(broken("web"));
    await bed.arrived(1);
    const body = { match: { namespace: "shop" }, for: "2h", comment: "up<b>grade", author: "me" };
    const { id, until } = await ask(bed, "silences", MadeSilence, post(body));
    await ask(bed, "silences", MadeSilence, post({ ...body, match: { namespace: "other" } }));
    const rows = await told(bed);
    expect(rows.filter((row) => row.startsWith("silenced"))).toEqual([
      `silenced -: silence ${id} of me matches it until ${until}: up<b>grade`,
    ]);
  });

  it.each<{ how: Partial<AlertState>; text: string }>([
    { how: { resolvedBy: { how: "event", reason: "Fine" } }, text: "it ended: Fine seen" },
    {
      how: { resolvedBy: { how: "healthy", reason: "", what: "3 of 3 pods ready" } },
      text: "it ended: 3 of 3 pods ready",
    },
    {
      how: { resolvedBy: { how: "deleted", reason: "", atLatest: true } },
      text: "it ended at the latest: object deleted",
    },
    {
      how: { resolvedBy: { how: "quiet", reason: "" }, quietMs: 600_000 },
      text: "no longer seen: quiet for 10 min",
    },
  ])("says how it ended, and that it ended before: $text", ({ how, text }) => {
    const past = { at: START - 50, endedAt: START - 100, proof: undefined, ranMs: 0 };
    const ended = { phase: "resolved", resolvedAt: START + 90, endedAt: START + 80, ends: [past] } as const;
    const rows = ownRows(makeAlert("f", { ...ended, ...how }), { rule: undefined, silences: [], now: START });
    expect(toTimeline(rows).filter(({ kind }) => kind === "resolved")).toMatchObject([
      { at: toInstant(START + 80), text },
      { at: toInstant(START - 100), text: "it ended before, and began anew" },
    ]);
  });

  it("says what its rule demands, as of now", () => {
    const rules =
      "rules: [{ name: it, match: { reason: BackOff }, threshold: { count: 3, within: 10m, distinct: 2 }, for: 5m }]";
    const rule = makePolicy({ rules }).rules.byName.get("it");
    const rows = ownRows(makeAlert("f", { firedAt: START }), { rule, silences: [], now: START });
    expect(rows.find(({ kind }) => kind === "fired")?.text).toBe(
      "it fires; its rule now asks for 3 within 10 min, 2 different objects within 10 min, 5 min without a pause",
    );
  });

  it("has each row once over pages, in order", async () => {
    const store = await OwnedStore.open({ path: ":memory:", clock: new FakeClock(START), log: silentLogger });
    const alert = makeAlert("f", {
      openedAt: START,
      firedAt: START + 3,
      lastSeenAt: START + 30,
      occurrences: 9,
      members: [makeMember("web")],
    });
    const decisions = Array.from({ length: 23 }, (_, index) => ({
      at: START + 5 + Math.floor(index / 2),
      rule: "it",
      fingerprint: index === 7 ? "other" : "f",
      groupKey: "g",
      namespace: "shop",
      sink: "ops",
      outcome: "suppressed" as const,
      reason: "repeat",
      occurrences: index,
      deliveryId: "",
    }));
    await store.commit({ entities: alertChanges([alert]), decisions });
    await using api = await startApi({ ...storeParts(store.host), configuration: () => makeConfiguration() });
    const rows: TimelineRow[] = [];
    let cursor = "";
    for (;;) {
      const response = await fetch(`${api.url}/alerts/f/timeline?limit=4${cursor}`);
      const page = TimelinePage.parse(await response.json());
      rows.push(...page.items);
      if (page.next === null) break;
      cursor = `&cursor=${page.next}`;
    }
    expect(rows.filter(({ kind }) => kind === "held")).toHaveLength(22);
    expect(rows.filter(({ kind }) => kind !== "held").map(({ kind }) => kind)).toEqual([
      "seen",
      "grouped",
      "fired",
      "matched",
      "seen",
    ]);
    expect(rows.map(({ at }) => at)).toEqual(rows.map(({ at }) => at).toSorted((a, b) => (a < b ? 1 : -1)));
    const wrong = await fetch(`${api.url}/alerts/f/timeline?cursor=WzFd`);
    expect([wrong.status, Problem.parse(await wrong.json()).error]).toEqual([404, "there is no such page"]);
    await store.close();
  });
});
