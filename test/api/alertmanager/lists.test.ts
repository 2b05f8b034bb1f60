import { setImmediate } from "node:timers/promises";

import { afterEach, describe, expect, it } from "vitest";

import type { AlertState, Silence } from "../../../src/alert/index.ts";
import { ToldAlert } from "../../../src/alert/index.ts";
import { toAnnotations } from "../../../src/api/alertmanager/to-annotations.ts";
import { type Bridge, createHttpServer, type HttpServer } from "../../../src/api/index.ts";
import { TocsinError } from "../../../src/lib/errors.ts";
import { silentLogger } from "../../../src/lib/log.ts";
import { Metrics } from "../../../src/lib/metrics.ts";
import { toApiAlert } from "../../../src/sinks/alertmanager/to-api-alert.ts";
import type { Queries } from "../../../src/store/index.ts";
import { makeAlert, makeGroup } from "../../alert/make.ts";
import { makePolicy, START } from "../../support/engine-bed.ts";
import { alertChanges, together, toEntityChanges } from "../../support/entity-changes.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { HOSTILE_TEXTS } from "../../support/hostile-texts.ts";
import { OwnedStore } from "../../support/owned-store.ts";
import { makeBridge, makeConfiguration, storeParts } from "../make-bridge.ts";

const started: HttpServer[] = [];
const opened: OwnedStore[] = [];

afterEach(async () => {
  for (const server of started.splice(0)) await server.stop();
  for (const store of opened.splice(0)) await store.close();
});

interface Scene {
  readonly alerts: readonly AlertState[];
  readonly silences?: readonly Silence[];
  readonly over?: Partial<Bridge>;
  readonly policy?: Parameters<typeof makePolicy>[0];
  /** Wraps the queries. */
  readonly watch?: (queries: Queries) => Queries;
}

/** The API over these alerts, each in the groups of its destinations; answers its address. */
async function start({ alerts, silences = [], over, policy, watch }: Scene): Promise<string> {
  const clock = new FakeClock();
  const store = await OwnedStore.open({ path: ":memory:", clock, log: silentLogger });
  opened.push(store);
  const keys = new Set(alerts.flatMap(({ destinations }) => destinations.map(({ groupKey }) => groupKey)));
  const groups = [...keys].map((key) =>
    makeGroup({ key, route: key.split("/")[0] ?? "", labels: { rule: "it", namespace: key, kind: "" } }),
  );
  const kinds = { group: { put: groups, forget: [] }, silence: { put: silences, forget: [] } };
  await store.commit({ entities: together(alertChanges(alerts), toEntityChanges(kinds)) });
  const parts = storeParts(store.host);
  const configuration = {
    ...makeConfiguration(["ops", "pager"]),
    policy: makePolicy(policy ?? { rules: "rules: [{ name: it, match: { reason: BackOff } }]" }),
  };
  const bridge = await makeBridge({
    ...parts,
    queries: watch?.(parts.queries) ?? parts.queries,
    configuration: () => configuration,
    ...over,
  });
  const server = createHttpServer({
    listen: { host: "127.0.0.1", port: 0 },
    access: () => ({ localRead: true, read: [], write: [] }),
    health: { live: () => [], ready: () => [] },
    metrics: new Metrics(),
    reload: () => Promise.resolve({ ok: true, findings: [] }),
    bridge,
    clock,
    log: silentLogger,
  });
  started.push(server);
  await server.start();
  return `${server.address}/api/v2`;
}

interface ShownAlert {
  readonly fingerprint: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly receivers: readonly { readonly name: string }[];
  readonly status: {
    readonly state: string;
    readonly silencedBy: readonly string[];
    readonly inhibitedBy: readonly string[];
    readonly mutedBy: readonly string[];
  };
}

interface ShownGroup {
  readonly labels: Readonly<Record<string, string>>;
  readonly receiver: { readonly name: string };
  readonly alerts: readonly ShownAlert[];
}

async function get<Document>(url: string): Promise<Document> {
  const answer = await fetch(url);
  expect([answer.status, answer.headers.get("content-type")]).toEqual([
    200,
    expect.stringMatching(/^application\/json/u),
  ]);
  // Conformance is held against the description of Alertmanager in test/receivers.
  return (await answer.json()) as Document;
}

async function names(url: string): Promise<readonly string[]> {
  return (await get<readonly ShownAlert[]>(url)).map(({ fingerprint }) => fingerprint);
}

function alert(fingerprint: string, over: Partial<AlertState> = {}): AlertState {
  return { ...makeAlert(fingerprint, over), fingerprint };
}

function silence(id: string, over: Partial<Silence> = {}): Silence {
  return {
    id,
    origin: "api",
    match: { namespace: "shop" },
    from: 0,
    until: START + 3_600_000,
    untilResolved: false,
    schedule: undefined,
    author: "anna",
    comment: "upgrade",
    createdAt: START,
    usedAt: undefined,
    ...over,
  };
}

const LABELS = makeAlert("x").labels;
const CAUSE = { by: "node", sources: ["c"], until: undefined };
const SOME = [
  alert("a", { destinations: [{ groupKey: "root/1", sinks: ["ops"] }] }),
  alert("b", {
    labels: { ...LABELS, namespace: "data" },
    destinations: [
      { groupKey: "root/1", sinks: ["ops", "pager"] },
      { groupKey: "night/2", sinks: ["mail"] },
    ],
  }),
  alert("c", { labels: { ...LABELS, namespace: "infra", kind: "Node" }, destinations: [] }),
  alert("d", {
    labels: { ...LABELS, namespace: "infra" },
    inhibited: CAUSE,
    destinations: [{ groupKey: "root/1", sinks: ["pager"] }],
  }),
  alert("p", { phase: "pending" }),
  alert("r", { phase: "resolved", resolvedAt: START }),
];

describe("the list of alerts", () => {
  it.each([
    ["", ["a", "b", "c", "d"]],
    ["?filter=alertname=it&filter=namespace=~shop|data", ["a", "b"]],
    ["?filter=kind=Node", ["c"]],
    ["?filter=pod=", ["a", "b", "c", "d"]],
    ["?filter=rule=it", []],
    ["?silenced=false", ["b", "c", "d"]],
    ["?inhibited=false", ["a", "b", "c"]],
    ["?active=false", ["a", "d"]],
    ["?active=false&silenced=false", ["d"]],
    ["?unprocessed=false", ["a", "b", "c", "d"]],
    ["?receiver=pager", ["b", "d"]],
    ["?receiver=p", []],
    ["?receiver=ops|mail", ["a", "b"]],
    ["?receiver=", ["a", "b", "c", "d"]],
    ["?receiver_matchers=team=", ["a", "b", "d"]],
    ["?receiver_matchers=team=sre", []],
    ["?accesscontrol=true", ["a", "b", "c", "d"]],
  ])("has those that fire and pass %s", async (query, expected) => {
    const url = await start({ alerts: SOME, silences: [silence("s")] });
    expect(await names(`${url}/alerts${query}`)).toEqual(expected);
  });

  it.each([
    ["?filter=foo", "filter: bad matcher format: foo"],
    ["?filter=foo=~(", "filter: not an RE2 expression"],
    ["?receiver=(", "receiver: not an RE2 expression"],
    ["?silenced=maybe", "silenced: expected true or false"],
    [`?${"filter=a=b&".repeat(51)}`, "at most 50"],
  ])("refuses %s in words", async (query, words) => {
    const url = await start({ alerts: [] });
    for (const path of ["alerts", "alerts/groups"]) {
      const answer = await fetch(`${url}/${path}${query}`);
      expect([answer.status, await answer.json()]).toEqual([400, expect.stringContaining(words)]);
    }
  });

  it("says what holds an alert back: every silence that is on, and causes", async () => {
    const silences = [
      silence("on"),
      silence("broad", { match: { namespace: { regex: "^sh" } } }),
      silence("other", { match: { namespace: "data", kind: "Node" } }),
      silence("over", { until: START - 1 }),
      silence("later", { from: START + 1000 }),
      silence("hours", { schedule: { zone: "UTC", times: ["00:00-01:00"] } }),
      silence("these-hours", { schedule: { zone: "UTC", times: ["09:00-11:00"] } }),
    ];
    const url = await start({ alerts: SOME, silences });
    const shown = await get<readonly ShownAlert[]>(`${url}/alerts`);
    expect(shown.map(({ fingerprint, status }) => [fingerprint, status])).toEqual([
      [
        "a",
        { state: "suppressed", silencedBy: ["broad", "on", "these-hours"], inhibitedBy: [], mutedBy: [] },
      ],
      ["b", { state: "active", silencedBy: [], inhibitedBy: [], mutedBy: [] }],
      ["c", { state: "active", silencedBy: [], inhibitedBy: [], mutedBy: [] }],
      ["d", { state: "suppressed", silencedBy: [], inhibitedBy: ["c"], mutedBy: [] }],
    ]);
  });

  it("believes the engine about causes that hold an alert back no more", async () => {
    const url = await start({ alerts: SOME, over: { conditionOf: () => "firing" } });
    expect(await names(`${url}/alerts?inhibited=false`)).toEqual(["a", "b", "c", "d"]);
  });

  it("has labels without empty ones and names that every program takes, and texts without terminal escapes", async () => {
    const hostile = Object.values(HOSTILE_TEXTS);
    const alerts = hostile.map((text, index) => {
      const { event } = makeAlert("x");
      const labels = { ...LABELS, container: "", note: text };
      return alert(`h${String(index).padStart(3, "0")}`, { labels, event: { ...event, message: text } });
    });
    const url = await start({ alerts });
    const text = await (await fetch(`${url}/alerts`)).text();
    expect(text).not.toMatch(/[<>&]/u);
    // As above.
    const shown = JSON.parse(text) as readonly ShownAlert[];
    expect(shown.map(({ labels }) => labels["note"])).toEqual(
      hostile.map((value) => (value === "" ? undefined : value)),
    );
    for (const { labels, ...rest } of shown) {
      expect(Object.values(labels)).not.toContain("");
      expect(Object.keys(labels).filter((name) => !/^[a-zA-Z_]\w*$/u.test(name))).toEqual([]);
      const { annotations } = rest as unknown as { annotations: Readonly<Record<string, string>> };
      // oxlint-disable-next-line no-control-regex -- they must not be there
      expect(Object.values(annotations).join("")).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/u);
    }
    for (const value of hostile.slice(0, 5)) {
      const filter = encodeURIComponent(`note=${JSON.stringify(value)}`);
      expect((await get<readonly ShownAlert[]>(`${url}/alerts?filter=${filter}`)).length).toBe(1);
    }
  });

  it("uses the annotations of the sink for Alertmanager", () => {
    const state = makeAlert("a", { runbook: "https://r.example", dashboard: "https://d.example" });
    const { rules } = makePolicy({ rules: "rules: [{ name: it, match: { reason: BackOff } }]" });
    const notified = ToldAlert.of(
      state,
      { key: "", labels: {}, alerts: 1 },
      { rule: (name) => rules.byName.get(name), now: START },
    );
    const use = { own: new Map(), cluster: "test", now: START, lastsMs: 1, page: null };
    const evidence = {
      at: notified.startsAt,
      summary: "the node has no disk left",
      facts: [],
      containers: [],
      workload: null,
      changes: [],
    };
    for (const alert of [notified, { ...notified, evidence, text: "other words" }])
      expect(toAnnotations(alert)).toEqual(toApiAlert(alert, use).annotations);
  });
});

describe("the groups of alerts", () => {
  it("are one for each group and sink, and have also what no route takes", async () => {
    const url = await start({ alerts: SOME, silences: [silence("s")] });
    const groups = await get<readonly ShownGroup[]>(`${url}/alerts/groups`);
    expect(
      groups.map(({ labels, receiver, alerts }) => [
        labels["namespace"] ?? "",
        receiver.name,
        alerts.map(({ fingerprint, status }) => `${fingerprint} ${status.state}`),
      ]),
    ).toEqual([
      ["night/2", "mail", ["b active"]],
      ["root/1", "ops", ["a suppressed", "b active"]],
      ["root/1", "pager", ["b active", "d suppressed"]],
      ["", "", ["c active"]],
    ]);
    expect(groups[1]?.labels).toEqual({ alertname: "it", namespace: "root/1" });
    expect(groups[0]?.alerts[0]?.receivers).toEqual([{ name: "mail" }, { name: "ops" }, { name: "pager" }]);
  });

  it.each([
    ["?receiver=ops", ["ops a,b"]],
    ["?filter=namespace=data", ["mail b", "ops b", "pager b"]],
    ["?silenced=false&receiver=ops", ["ops b"]],
    ["?active=false", ["ops a", "pager d"]],
    ["?filter=namespace=none", []],
  ])("have what passes %s, and none is empty", async (query, expected) => {
    const url = await start({ alerts: SOME, silences: [silence("s")] });
    const groups = await get<readonly ShownGroup[]>(`${url}/alerts/groups${query}`);
    expect(
      groups.map(
        ({ receiver, alerts }) =>
          `${receiver.name} ${alerts.map(({ fingerprint }) => fingerprint).join(",")}`,
      ),
    ).toEqual(expected);
  });

  it("say which intervals mute them, and leave them out where that is asked for", async () => {
    const policy = {
      rules: "rules: [{ name: it, match: { reason: BackOff } }]",
      sinks: [{ name: "ops" }, { name: "mail" }],
      timeIntervals:
        'mornings: { zone: UTC, times: ["09:00-12:00"] }\nevenings: { zone: UTC, times: ["18:00-20:00"] }',
      route:
        "sinks: [ops]\nroutes: [{ name: night, match: { namespace: data }, sinks: [mail], mute: [mornings, evenings] }]",
    };
    const url = await start({ alerts: SOME, policy });
    const all = await get<readonly ShownGroup[]>(`${url}/alerts/groups?receiver=mail`);
    expect(all[0]?.alerts[0]?.status).toMatchObject({ state: "suppressed", mutedBy: ["mornings"] });
    expect(await get(`${url}/alerts/groups?receiver=mail&muted=false`)).toEqual([]);
  });
});

describe("lists of many alerts", () => {
  const MANY = 1200;
  const alerts = Array.from({ length: MANY }, (_, index) =>
    alert(`f${String(index).padStart(5, "0")}`, {
      openedAt: index,
      destinations: [{ groupKey: `root/${index % 500}`, sinks: ["ops", "pager"] }],
    }),
  );

  it.each(["alerts", "alerts/groups"])("read and write %s in pages, and other work goes on", async (path) => {
    const read: number[] = [];
    const watch = (queries: Queries): Queries => ({
      ...queries,
      labels: (query) => {
        read.push(query.limit);
        return queries.labels(query);
      },
      alerts: (query) => {
        read.push(query.limit);
        return queries.alerts(query);
      },
      groupsByKey: (keys, fingerprints) => {
        read.push(keys.length);
        return queries.groupsByKey(keys, fingerprints);
      },
    });
    const url = await start({ alerts, watch });
    let turns = 0;
    const over = new AbortController();
    const other = (async () => {
      while (!over.signal.aborted) {
        await setImmediate();
        turns++;
      }
    })();
    const shown = await get<readonly (ShownAlert | ShownGroup)[]>(`${url}/${path}`);
    over.abort();
    await other;
    const inGroups = shown.flatMap((one) => ("alerts" in one ? one.alerts : [one]));
    expect(inGroups.length).toBe(path === "alerts" ? MANY : 2 * MANY);
    expect(shown.length).toBe(path === "alerts" ? MANY : 1000);
    expect(Math.max(...read)).toBeLessThanOrEqual(250);
    expect(turns).toBeGreaterThanOrEqual(read.length);
  });

  it("leave out what ends while they are written, and no group is empty then", async () => {
    const gone = new Set(["f00000", "f00001", "f01199"]);
    let whole = 0;
    const watch = (queries: Queries): Queries => ({
      ...queries,
      alerts: async (query) => {
        const page = await queries.alerts(query);
        whole++;
        // After the groups are known.
        return whole <= 12 ? page : { ...page, rows: page.rows.filter((row) => !gone.has(row.fingerprint)) };
      },
    });
    const alone = alerts.map((each) => ({
      ...each,
      destinations: [{ groupKey: `root/${each.fingerprint}`, sinks: ["ops"] }],
    }));
    const groups = await get<readonly ShownGroup[]>(`${await start({ alerts: alone, watch })}/alerts/groups`);
    expect(groups.length).toBe(MANY - gone.size);
    expect(groups.every((group) => group.alerts.length === 1)).toBe(true);
  });

  it("break off where the store fails, and are no whole document then", async () => {
    let whole = 0;
    const watch = (queries: Queries): Queries => ({
      ...queries,
      alerts: async (query) => {
        whole++;
        if (whole > 2) throw new TocsinError("ERR_STORE", "no");
        return queries.alerts(query);
      },
    });
    const url = await start({ alerts, watch });
    await expect(get(`${url}/alerts`)).rejects.toThrow("terminated");
    const answer = await fetch(`${url}/alerts/groups`);
    expect([answer.status, await answer.json()]).toEqual([503, expect.stringContaining("store")]);
  });
});
