import { describe, expect, it } from "vitest";

import { AlertPage, type ListedAlert, ListedAlertPage } from "../../src/api/schemas/alert.ts";
import { silentLogger } from "../../src/lib/log.ts";
import { makeAlert, makeMember } from "../alert/make.ts";
import { AppBed, broken, CRITICAL_RULES } from "../support/app-bed.ts";
import { makePolicy } from "../support/engine-bed.ts";
import { alertChanges } from "../support/entity-changes.ts";
import { START } from "../support/event-sketch.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { HOSTILE_TEXTS } from "../support/hostile-texts.ts";
import { OwnedStore } from "../support/owned-store.ts";
import { isWholeCheck } from "../support/rounds.ts";
import { ask } from "./ask.ts";
import { makeConfiguration, storeParts } from "./make-bridge.ts";
import { startApi } from "./start-api.ts";

const RULES = 'rules: [{ name: it, match: { reason: BackOff }, title: "Crashing: {{ alert.objects[0] }}" }]';

/** The list of a bridge without an engine. */
interface List extends AsyncDisposable {
  page(query: string): Promise<{ readonly items: readonly ListedAlert[]; readonly next: string | null }>;
}

/** A bridge over a store with so many alerts, three of each moment. */
async function listOf(count: number): Promise<List> {
  await using stack = new AsyncDisposableStack();
  const options = { path: ":memory:", clock: new FakeClock(START), log: silentLogger };
  const store = stack.adopt(await OwnedStore.open(options), (opened) => opened.close());
  const alerts = Array.from({ length: count }, (_, index) =>
    makeAlert(`f${String(index).padStart(5, "0")}`, {
      openedAt: START + Math.floor(index / 3),
      members: [makeMember(`web-${index}`)],
    }),
  );
  await store.commit({ entities: alertChanges(alerts) });
  const configuration = { ...makeConfiguration(), policy: makePolicy({ rules: RULES }) };
  const api = stack.use(await startApi({ ...storeParts(store.host), configuration: () => configuration }));
  const owned = stack.move();
  return {
    page: async (query) => {
      const response = await fetch(`${api.url}/alerts?view=list${query}`);
      expect(response.status).toBe(200);
      return ListedAlertPage.parse(await response.json());
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** The names of all alerts of a list, page by page. */
async function walk(list: List, query: string): Promise<readonly string[]> {
  const names: string[] = [];
  for (let cursor = ""; ;) {
    const { items, next } = await list.page(query + cursor);
    names.push(...items.map(({ title }) => title.replace("Crashing: Pod/web-", "")));
    if (next === null) return names;
    cursor = `&cursor=${next}`;
  }
}

describe("the list view of alerts", () => {
  it.runIf(isWholeCheck)("has 5000 in one answer, newest first", async () => {
    await using list = await listOf(5020);
    const { items, next } = await list.page("&limit=5000");
    expect([items.length, next === null]).toEqual([5000, false]);
    expect(new Set(items.map(({ fingerprint }) => fingerprint)).size).toBe(5000);
    expect(items.map(({ openedAt }) => openedAt)).toEqual(
      items.map(({ openedAt }) => openedAt).toSorted((a, b) => (a < b ? 1 : -1)),
    );
    expect((await list.page(`&limit=5000&cursor=${next}`)).items).toHaveLength(20);
  });

  it.each([1, 7, 100, 101, 250])("shows each once over pages of %i", async (limit) => {
    await using list = await listOf(250);
    const names = await walk(list, `&limit=${limit}`);
    expect(names.toSorted()).toEqual(Array.from({ length: 250 }, (_, index) => String(index)).toSorted());
  });

  it.each([1, 3, 50])("finds every alert with a text once, over pages of %i", async (limit) => {
    await using list = await listOf(350);
    const names = await walk(list, `&limit=${limit}&q=CRASHING:%20pod/WEB-7`);
    const wanted = Array.from({ length: 350 }, (_, index) => String(index)).filter((name) =>
      name.startsWith("7"),
    );
    expect(names.toSorted()).toEqual(wanted.toSorted());
  });

  it.each([
    ["a label", "q=node-1", 3],
    ["the rule", "q=it", 3],
    ["an object", "q=web-2", 1],
    ["the message", "q=failed%20container", 3],
    ["nothing", "q=elsewhere", 0],
  ])("finds a text in %s", async (_, query, count) => {
    await using list = await listOf(3);
    expect((await list.page(`&${query}`)).items).toHaveLength(count);
  });

  it("leaves out what a list does not show, and is else the same as the whole view", async () => {
    await using bed = await AppBed.open();
    await bed.ready();
    bed.api.create(broken("web", "shop", { message: "x".repeat(900) }));
    await bed.arrived(1);
    await bed.until(async () => (await ask(bed, "alerts", AlertPage)).items[0]?.sinks[0]?.state === "told");
    const [listed] = (await ask(bed, "alerts?view=list", ListedAlertPage)).items;
    const [whole] = (await ask(bed, "alerts?view=whole", AlertPage)).items;
    const left = ["text", "next", "state", "stillOpen", "objects", "objectsOmitted", "toCome"];
    expect(
      Object.keys(whole ?? {})
        .filter((key) => !Object.hasOwn(listed ?? {}, key))
        .toSorted(),
    ).toEqual(left.toSorted());
    expect(listed?.message).toHaveLength(200);
    expect(whole).toMatchObject({ ...listed, message: "x".repeat(900) });
  });

  it("keeps hostile texts plain, in titles too, and makes no command of them", async () => {
    await using bed = await AppBed.open();
    bed.write("rules.yaml", CRITICAL_RULES);
    await bed.ready();
    const texts = Object.values(HOSTILE_TEXTS).filter((text) => text.isWellFormed() && text.length < 1000);
    for (const [index, text] of texts.entries()) {
      const involvedObject = { kind: "Pod", namespace: "shop", name: text.slice(0, 60) };
      bed.api.create(broken(`pod-${index}`, "shop", { message: text, involvedObject }));
    }
    await bed.until(async () => {
      const { items } = await ask(bed, "alerts?view=list&limit=5000", ListedAlertPage);
      return items.reduce((sum, { occurrences }) => sum + occurrences, 0) === texts.length;
    });
    const { body } = await bed.get("/api/v1/alerts?view=list&limit=5000");
    expect(body).not.toMatch(/[<>&]/u);
    for (const { title } of ListedAlertPage.parse(JSON.parse(body)).items) {
      expect(title).not.toMatch(/\p{Cc}/u);
      expect(title.length).toBeLessThanOrEqual(300);
    }
    const { items } = await ask(bed, "alerts?limit=500", AlertPage);
    const commands = items.flatMap(({ next }) => next);
    expect(commands.filter((command) => !/^kubectl -n shop [a-z0-9 ./=-]+$/u.test(command))).toEqual([]);
  });
});
