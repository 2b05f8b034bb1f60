import { describe, expect, it } from "vitest";

import { AppBed, broken, READ_TOKEN, WRITE_TOKEN } from "../../support/app-bed.ts";

const HOUR = 3_600_000;

interface Asking {
  readonly method?: "GET" | "POST" | "DELETE";
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Asks as somebody with a write token. */
async function ask(
  bed: AppBed,
  path: string,
  { method = "GET", body, headers = {} }: Asking = {},
): Promise<{ readonly status: number; readonly body: unknown }> {
  const answer = await bed.get(`/api/v2${path}`, {
    method,
    headers: {
      authorization: `Basic ${Buffer.from(`anybody:${WRITE_TOKEN}`).toString("base64")}`,
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: answer.status, body: answer.body === "" ? undefined : JSON.parse(answer.body) };
}

function silence(bed: AppBed, over: object = {}): object {
  const now = bed.clock.now();
  return {
    matchers: [{ name: "namespace", value: "shop", isRegex: false, isEqual: true }],
    startsAt: new Date(now).toISOString(),
    endsAt: new Date(now + 2 * HOUR).toISOString(),
    createdBy: "anna",
    comment: "upgrade",
    ...over,
  };
}

async function makeSilence(bed: AppBed, over: object = {}): Promise<string> {
  const { status, body } = await ask(bed, "/silences", { method: "POST", body: silence(bed, over) });
  expect({ status, body }).toEqual({ status: 200, body: { silenceID: expect.any(String) } });
  // As the line before has found.
  return (body as { silenceID: string }).silenceID;
}

async function bedWithAlerts(): Promise<AppBed> {
  const bed = await AppBed.open();
  await bed.ready();
  bed.api.create(broken("web"));
  bed.api.create(broken("db", "data"));
  await bed.arrived(2);
  return bed;
}

/** The parts of a silence that tests look at. */
interface Shown {
  readonly id: string;
  readonly comment: string;
  readonly createdBy: string;
  readonly startsAt: string;
  readonly endsAt: string;
  readonly status: { readonly state: string };
}

async function silences(bed: AppBed, query = ""): Promise<readonly Shown[]> {
  const { status, body } = await ask(bed, `/silences${query}`);
  expect(status).toBe(200);
  // Conformance is held against the description of Alertmanager in test/receivers.
  return body as readonly Shown[];
}

describe("alerts", () => {
  it("are those that fire, by fingerprint, with the rule as alertname", async () => {
    await using bed = await bedWithAlerts();
    const { status, body } = await ask(bed, "/alerts");
    expect(status).toBe(200);
    // The expectation below says what it is.
    const alerts = body as { fingerprint: string; labels: { name: string } }[];
    expect(alerts.map(({ fingerprint }) => fingerprint)).toEqual(
      alerts.map(({ fingerprint }) => fingerprint).toSorted(),
    );
    expect(alerts.find(({ labels }) => labels.name === "web")).toEqual({
      labels: {
        alertname: "it",
        cluster: "test",
        kind: "Pod",
        name: "web",
        namespace: "shop",
        reason: "Broken",
        severity: "warning",
        type: "Warning",
        workload: "Pod/web",
      },
      annotations: {
        summary: expect.stringContaining("web"),
        description: "web is broken",
        objects: "Pod/web",
        count: "1",
        first_seen: expect.any(String),
        last_seen: expect.any(String),
      },
      receivers: [{ name: "hook" }],
      fingerprint: expect.stringMatching(/^[0-9a-f]{20}$/u),
      startsAt: expect.any(String),
      updatedAt: expect.any(String),
      endsAt: expect.any(String),
      status: { state: "active", silencedBy: [], inhibitedBy: [], mutedBy: [] },
    });
  });
});

describe("silences", () => {
  it("are made, changed, replaced and ended, and hold as those of /api/v1", async () => {
    await using bed = await bedWithAlerts();
    const id = await makeSilence(bed);
    const [first] = await silences(bed);
    expect(first).toMatchObject({ id, createdBy: "anna", comment: "upgrade", status: { state: "active" } });
    expect((await ask(bed, `/silence/${id}`)).body).toEqual(first);
    const held = await ask(bed, "/alerts?active=false");
    expect(held.body).toMatchObject([{ labels: { name: "web" }, status: { silencedBy: [id] } }]);
    const v1 = await bed.get("/api/v1/silences");
    expect(JSON.parse(v1.body)).toMatchObject({
      items: [{ id, author: "anna", match: { namespace: "shop" } }],
    });

    const endsAt = new Date(bed.clock.now() + 9 * HOUR).toISOString();
    expect(await makeSilence(bed, { ...first, endsAt, comment: "longer" })).toBe(id);
    expect(await silences(bed)).toMatchObject([{ id, endsAt, comment: "longer", startsAt: first?.startsAt }]);

    const matchers = [{ name: "alertname", value: "it", isRegex: false }];
    const other = await makeSilence(bed, { ...first, matchers, endsAt });
    expect(other).not.toBe(id);
    expect(await silences(bed)).toMatchObject([
      { id: other, status: { state: "active" } },
      { id, status: { state: "expired" } },
    ]);
    expect((await silences(bed, "?expired=false")).map((one) => one.id)).toEqual([other]);
    expect((await silences(bed, "?filter=alertname=it")).map((one) => one.id)).toEqual([other]);
    expect(await silences(bed, "?filter=alertname=~it")).toEqual([]);

    expect(await ask(bed, `/silence/${other}`, { method: "DELETE" })).toEqual({
      status: 200,
      body: undefined,
    });
    expect((await silences(bed, "?active=false&pending=false")).length).toBe(2);
    // A second time is no fault in Alertmanager either.
    expect((await ask(bed, `/silence/${other}`, { method: "DELETE" })).status).toBe(200);
    expect((await ask(bed, "/alerts?silenced=false")).body).toHaveLength(2);
  });

  it("come in the order of Alertmanager", async () => {
    await using bed = await bedWithAlerts();
    const at = (hours: number): string => new Date(bed.clock.now() + hours * HOUR).toISOString();
    for (const [comment, startsAt, endsAt] of [
      ["second", at(0), at(5)],
      ["first", at(0), at(3)],
      ["fourth", at(4), at(5)],
      ["third", at(2), at(9)],
    ])
      await makeSilence(bed, { comment, startsAt, endsAt });
    expect((await silences(bed)).map(({ comment }) => comment)).toEqual([
      "first",
      "second",
      "third",
      "fourth",
    ]);
  });

  it("of the configuration are shown, and can be found by their id, but not changed here", async () => {
    await using bed = await AppBed.open();
    bed.configure({
      silences: [
        {
          name: "nights",
          match: { namespace: "shop" },
          schedule: { zone: "UTC", times: ["18:00-08:00"] },
          comment: "batch",
        },
      ],
    });
    await bed.ready();
    const [shown] = await silences(bed);
    expect(shown).toMatchObject({
      id: "config/nights",
      createdBy: "configuration",
      comment: "batch [Tocsin: holds in some hours only]",
      endsAt: "9999-12-31T23:59:59.000Z",
    });
    for (const path of ["/silence/config%2Fnights", "/silence/config/nights"]) {
      expect((await ask(bed, path)).body).toEqual(shown);
      expect(await ask(bed, path, { method: "DELETE" })).toEqual({
        status: 500,
        body: "config/nights stands in the configuration: change it there",
      });
    }
    const edited = await ask(bed, "/silences", { method: "POST", body: { ...shown, comment: "mine" } });
    expect(edited).toEqual({ status: 400, body: expect.stringContaining("stands in the configuration") });
  });

  it("are refused in words where they are wrong", async () => {
    await using bed = await AppBed.open();
    await bed.ready();
    for (const [over, status, words] of [
      [{ comment: "" }, 400, "comment: empty: say why"],
      [{ matchers: [{ name: "pod", value: "x", isRegex: false }] }, 400, 'pod: unknown label "pod"'],
      [{ matchers: "all" }, 400, "matchers"],
      [{ id: "other" }, 404, "silence other not found"],
    ] as const) {
      const refused = await ask(bed, "/silences", { method: "POST", body: silence(bed, over) });
      expect(refused).toEqual({ status, body: expect.stringContaining(words) });
    }
    for (const method of ["GET", "DELETE"] as const)
      expect(await ask(bed, "/silence/other", { method })).toEqual({ status: 404, body: undefined });
    expect(await silences(bed)).toEqual([]);
  });
});

describe("everything else", () => {
  it("is the status, the sinks, and a refusal", async () => {
    await using bed = await AppBed.open();
    await bed.ready();
    expect((await ask(bed, "/receivers")).body).toEqual([{ name: "hook", labels: {} }]);
    expect((await ask(bed, "/receivers?receiver_matchers=team=sre")).body).toEqual([]);
    expect((await ask(bed, "/status")).body).toMatchObject({
      cluster: { status: "disabled", peers: [] },
      versionInfo: { version: expect.stringMatching(/^0\.35\.0\+tocsin\.\d+\.\d+\.\d+/u) },
      config: { original: expect.stringMatching(/^# .*\n$/u) },
      uptime: expect.any(String),
    });
    const alerts = [{ labels: { alertname: "x" } }];
    expect(await ask(bed, "/alerts", { method: "POST", body: alerts })).toEqual({
      status: 400,
      body: expect.stringContaining("takes no alerts"),
    });
    expect((await ask(bed, "/alerts", { method: "DELETE" })).status).toBe(405);
    expect((await ask(bed, "/other")).status).toBe(404);
    expect((await bed.get("/api/v2/status", { method: "HEAD" })).status).toBe(200);
  });
});

describe("access", () => {
  const change = { method: "DELETE" } as const;
  const basic = (token: string, user = "anybody"): Readonly<Record<string, string>> => ({
    authorization: `Basic ${Buffer.from(`${user}:${token}`).toString("base64")}`,
  });
  const FROM_AFAR = { "x-forwarded-for": "192.0.2.1" };

  it.each<[string, Asking, number]>([
    ["reading on the machine needs nothing", { headers: {} }, 200],
    ["reading from elsewhere needs a token", { headers: FROM_AFAR }, 401],
    ["which may be a password", { headers: { ...FROM_AFAR, ...basic(READ_TOKEN) } }, 200],
    ["with any user, or none", { headers: { ...FROM_AFAR, ...basic(WRITE_TOKEN, "") } }, 200],
    ["or a bearer", { headers: { ...FROM_AFAR, authorization: `Bearer ${READ_TOKEN}` } }, 200],
    ["but not a wrong one", { headers: { ...FROM_AFAR, ...basic("wrong") } }, 401],
    ["nor the user", { headers: { ...FROM_AFAR, ...basic("", READ_TOKEN) } }, 401],
    ["a change needs a write token", { ...change, headers: {} }, 401],
    ["and no other", { ...change, headers: basic(READ_TOKEN) }, 403],
    ["so it is allowed", { ...change, headers: basic(WRITE_TOKEN) }, 404],
    [
      "also from a page behind a proxy that has the token",
      { ...change, headers: { ...basic(WRITE_TOKEN), origin: "https://karma.example" } },
      404,
    ],
    ["never from one without", { ...change, headers: { origin: "https://evil.example" } }, 403],
  ])("%s", async (_, { headers = {}, ...asking }, status) => {
    await using bed = await AppBed.open();
    await bed.ready();
    const { method = "GET" } = asking;
    const answer = await bed.get("/api/v2/silence/x", { method, headers });
    expect(answer.status === 404 && asking.method !== "DELETE" ? 200 : answer.status).toBe(status);
  });

  it("a body must call itself JSON", async () => {
    await using bed = await AppBed.open();
    await bed.ready();
    const headers = { "content-type": "text/plain" };
    const refused = await ask(bed, "/silences", { method: "POST", body: silence(bed), headers });
    expect(refused.status).toBe(415);
  });
});

it("takes the user that a proxy names for the author of a silence", async () => {
  await using bed = await AppBed.open();
  bed.configure({
    server: {
      listen: "127.0.0.1:0",
      tokens: { write: [WRITE_TOKEN] },
      proxy: { from: ["127.0.0.1"] },
    },
  });
  await bed.ready();
  const headers = { "x-forwarded-user": "ada" };
  const { status } = await ask(bed, "/silences", { method: "POST", body: silence(bed), headers });
  expect(status).toBe(200);
  expect((await silences(bed)).map(({ createdBy }) => createdBy)).toEqual(["ada"]);
});
