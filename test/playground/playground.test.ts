import { describe, expect, it } from "vitest";

import { Problem } from "../../src/api/index.ts";
import { Trial } from "../../src/api/schemas/playground.ts";
import type { RawEvent } from "../../src/event/index.ts";
import { post } from "../api/ask.ts";
import { type RunningApi, startApi } from "../api/start-api.ts";
import { AppBed, broken } from "../support/app-bed.ts";
import { loadFrom, makePlayground, SLOW } from "./playground-bed.ts";

const SECTIONS = {
  kubernetes: { enrich: "off" },
  rules: [{ name: "it", match: { reason: "Broken" } }],
  sinks: [{ name: "hook", type: "webhook", url: "https://example.com" }],
  route: { sinks: ["hook"], groupWait: { critical: "0s", else: "0s" } },
};

/** The API over these Events, and over these sections of a configuration beside the usual ones. */
async function opened(events: readonly Partial<RawEvent>[], sections: object = {}): Promise<RunningApi> {
  const configuration = await loadFrom({ ...SECTIONS, ...sections });
  const playground = makePlayground({ configuration, events });
  return startApi({ configuration: () => configuration, playground });
}

async function ask(api: RunningApi, body: object, token = "write-token"): Promise<Response> {
  return fetch(`${api.url}/playground`, post(body, token));
}

/** An answer, checked against its schema. The fake clock of the API is before that of the Events. */
async function tryRules(api: RunningApi, rules: string, since = "2000-01-01T00:00:00Z"): Promise<Trial> {
  const response = await ask(api, { rules, since });
  expect(response.status).toBe(200);
  const document: unknown = await response.json();
  const trial = Trial.parse(document);
  expect(trial).toEqual(document);
  // The clock of the API stands still.
  expect(trial.ms).toBeGreaterThan(0);
  return trial;
}

async function refused(response: Promise<Response>, status: number): Promise<Problem> {
  const answer = await response;
  expect(answer.status).toBe(status);
  return Problem.parse(await answer.json());
}

const pod = (name: string): Partial<RawEvent> => ({
  reason: "Broken",
  involvedObject: { kind: "Pod", namespace: "shop", name },
});

describe("POST /playground", () => {
  it("says what rules would have made of the last hour, and what those in use made of it", async () => {
    await using api = await opened([pod("web"), pod("db"), { reason: "Pulled" }]);
    const strict = "rules: [{ name: it, match: { reason: Broken }, threshold: { count: 2, within: 5m } }]";
    expect(await tryRules(api, strict)).toMatchObject({
      events: 3,
      matched: 2,
      cut: false,
      notifications: [],
      firing: [],
      perRule: { it: { events: 2, alerts: 0, notifications: 0 } },
      size: { notifications: 0, firing: 0 },
      today: { notifications: 1, firing: 2 },
      faults: [],
    });
    expect(await tryRules(api, "rules: [{ name: pulled, match: { reason: Pulled } }]")).toMatchObject({
      matched: 1,
      notifications: [{ sink: "hook", kind: "firing", rules: ["pulled"], alerts: 1 }],
      firing: [{ rule: "pulled", labels: { name: "web" } }],
      size: { notifications: 1, firing: 1 },
      today: { notifications: 0, firing: 0 },
    });
  });

  it("names each fault with its line, and plays nothing then", async () => {
    await using api = await opened([pod("web")]);
    const rules = "rules:\n  - name: it\n    match: { raeson: Broken }\n    sinks: [nobody]\n";
    const { faults, events } = await tryRules(api, rules);
    expect(events).toBe(0);
    expect(faults.map(({ level, line, path }) => ({ level, line, path }))).toEqual([
      { level: "error", line: 3, path: "rules[0].match.raeson" },
      { level: "error", line: 4, path: "rules[0].sinks[0]" },
    ]);
  });

  it.each([
    "",
    "[",
    "rules: [builtin]",
    "rules: /etc/passwd",
    "a: &a [*a, *a]",
    "\u0000",
    "{}: !!js/function x",
  ])("answers %j with faults", async (rules) => {
    await using api = await opened([pod("web")]);
    const trial = await tryRules(api, rules);
    expect(trial).toMatchObject({ events: 0, notifications: [] });
    expect(trial.faults).not.toEqual([]);
  });

  it("plays only what came since then", async () => {
    await using api = await opened([pod("web")]);
    expect(await tryRules(api, "rules: []", "2099-01-01T00:00:00Z")).toMatchObject({ events: 0, from: null });
  });

  it("refuses a second trial at the same time, and a text of more than 32 KiB", async () => {
    const configuration = await loadFrom(SECTIONS);
    const ending = new AbortController();
    const playground = makePlayground({ configuration, events: 1000, signal: ending.signal });
    await using api = await startApi({ configuration: () => configuration, playground });
    const first = playground.play({ rules: SLOW, since: 0 });
    expect((await refused(ask(api, { rules: "rules: []" }), 409)).error).toContain("another trial runs");
    ending.abort(new Error("over"));
    await first;
    await refused(ask(api, { rules: "#".repeat(32 * 1024 + 1) }), 400);
  });

  it("is for those who may write, or by the configuration for those who may read", async () => {
    const rules = "rules: []";
    await using api = await opened([pod("web")]);
    await refused(ask(api, { rules }, "unknown"), 401);
    await refused(ask(api, { rules }, "read-token"), 403);
    await using open = await opened([pod("web")], { server: { page: { playground: "read" } } });
    const headers = { "content-type": "application/json" };
    const request = { method: "POST", headers, body: JSON.stringify({ rules }) };
    await refused(fetch(`${api.url}/playground`, request), 401);
    expect((await fetch(`${open.url}/playground`, request)).status).toBe(200);
  });

  it("has the Events of the service that runs, which tells nobody because of it", async () => {
    await using bed = await AppBed.open();
    await bed.ready();
    bed.api.create(broken("web"));
    await bed.arrived(1);
    const rules = "rules: [{ name: other, match: { reason: Broken }, severity: critical }]";
    // Time runs fast in a bed, so a slow machine may take more than the limit.
    await bed.until(async () => {
      const { body } = await bed.get("/api/v1/playground", post({ rules }));
      return Trial.parse(JSON.parse(body)).firing.some(({ rule }) => rule === "other");
    });
    expect(bed.told()).toEqual(["web"]);
  });
});
