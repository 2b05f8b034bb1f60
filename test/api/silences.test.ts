import { describe, expect, it } from "vitest";
import type { z } from "zod";

import { toSilence } from "../../src/alert/suppression/silence-spec.ts";
import { Problem } from "../../src/api/schemas/problem.ts";
import { MadeSilence, Silence, SilenceList } from "../../src/api/schemas/silence.ts";
import { startFakeBridge } from "../cli/fake-bridge.ts";
import { runCommand } from "../cli/run-command.ts";
import { AppBed, broken, READ_TOKEN, WRITE_TOKEN } from "../support/app-bed.ts";

const SHOP = { match: { namespace: "shop" }, for: "2h", comment: "upgrade", author: "me" };

async function ask<Value>(
  bed: AppBed,
  path: string,
  schema: z.ZodType<Value>,
  { status = 200, ...init }: RequestInit & { readonly status?: number } = {},
): Promise<Value> {
  const answer = await bed.get(`/api/v1/silences${path}`, init);
  expect({ path, status: answer.status, body: answer.body }).toMatchObject({ path, status });
  const document: unknown = JSON.parse(answer.body);
  const value = schema.parse(document);
  expect(value).toEqual(document);
  return value;
}

function post(body: unknown, token = WRITE_TOKEN): RequestInit {
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  return { method: "POST", headers, body: JSON.stringify(body) };
}

describe("a silence that somebody makes", () => {
  it("holds at once, outlives a restart, and what it held back is told when it is ended", async () => {
    await using bed = await AppBed.open();
    await bed.ready();
    const made = await ask(bed, "", MadeSilence, post(SHOP));
    expect(made).toMatchObject({ origin: "api", state: "active", alerts: 0, usedAt: null, author: "me" });
    bed.api.create(broken("web"));
    bed.api.create(broken("db", "data"));
    await bed.arrived(1);
    await bed.stop();
    await bed.ready();
    const { items } = await ask(bed, "?state=active", SilenceList);
    expect(items).toMatchObject([{ id: made.id, alerts: 1 }]);
    expect(bed.told()).toEqual(["db"]);
    const ended = await ask(bed, `/${made.id}/expire`, Silence, post({}));
    expect(ended.state).toBe("expired");
    await bed.arrived(2);
    expect(bed.messages.map(({ trigger }) => trigger)).toEqual(["first", "silence-ended"]);
    expect((await ask(bed, "?state=active", SilenceList)).items).toEqual([]);
  });

  it("is made with a warning where no alert can have a value, and without one else", async () => {
    await using bed = await AppBed.open();
    await bed.ready();
    const match = {
      rule: "its",
      kind: "pod",
      reason: "CrashLoopBackOff",
      cluster: "other",
      namespace: "shop",
    };
    const { warnings, state } = await ask(bed, "", MadeSilence, post({ ...SHOP, match }));
    expect(state).toBe("active");
    expect(warnings).toEqual([
      { path: "match.rule", message: 'unknown rule "its"; did you mean "it"?' },
      { path: "match.kind", message: expect.stringContaining("Pod") },
      { path: "match.reason", message: expect.stringContaining("BackOff") },
      { path: "match.cluster", message: 'alerts are of cluster "test" only' },
    ]);
    const sound = { rule: "it", kind: "Pod", reason: "BackOff", cluster: "test" };
    expect((await ask(bed, "", MadeSilence, post({ ...SHOP, match: sound }))).warnings).toEqual([]);
    const argv = ["silence", "add", "--match", "kind=pod", "--for", "1h", "--comment", "c", "--author", "a"];
    const { status, stderr } = await runCommand([...argv, "--server", bed.address], {
      cwd: bed.directory,
      env: { TOCSIN_TOKEN: WRITE_TOKEN },
    });
    expect({ status, stderr }).toEqual({
      status: 0,
      stderr: expect.stringMatching(/^warning: --match kind: .*Pod/u),
    });
  });

  it("keeps its id when it is changed", async () => {
    await using bed = await AppBed.open();
    await bed.ready();
    const { id } = await ask(bed, "", MadeSilence, post(SHOP));
    const changed = await ask(bed, `?id=${id}`, MadeSilence, post({ ...SHOP, match: { namespace: "data" } }));
    expect(changed).toMatchObject({ id, match: { namespace: "data" } });
    expect((await ask(bed, "", SilenceList)).items).toHaveLength(1);
  });

  it("needs a write token", async () => {
    await using bed = await AppBed.open();
    await bed.ready();
    await ask(bed, "", Problem, { ...post(SHOP, READ_TOKEN), status: 403 });
    await ask(bed, "", Problem, { ...post(SHOP, "unknown"), status: 401 });
    expect((await ask(bed, "", SilenceList)).items).toEqual([]);
  });

  it.each([
    ["nothing to match", { ...SHOP, match: {} }, "match", /silences everything/u],
    ["a label that nothing has", { ...SHOP, match: { nam: "x" } }, "match.nam", /did you mean "name"/u],
    ["no end", { ...SHOP, for: undefined }, "", /no end/u],
    ["two ends", { ...SHOP, until: "2030-01-01T00:00:00Z" }, "for", /leave one of them out/u],
    ["too long", { ...SHOP, for: "31d" }, "until", /more than 30 days/u],
    ["a pattern that is none", { ...SHOP, match: { name: { regex: "(" } } }, "match.name.regex", /RE2/u],
    ["nobody", { ...SHOP, author: " " }, "author", /say who/u],
    ["an unknown key", { ...SHOP, owner: "x" }, "owner", /unknown key/u],
  ])("is refused with %s", async (_what, body, path, message) => {
    await using bed = await AppBed.open();
    await bed.start();
    const { faults = [] } = await ask(bed, "", Problem, { ...post(body), status: 400 });
    expect(faults).toEqual([{ path, message: expect.stringMatching(message) as string }]);
  });

  it("is answered only when it is durable, and not taken when there are too many", async () => {
    const [asked, stored] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    await using bridge = await startFakeBridge({ silence: () => (asked.resolve(), stored.promise) });
    const url = `${bridge.address}/api/v1/silences`;
    const init = post(SHOP, "write-token");
    let answered = false;
    const answer = fetch(url, init).finally(() => (answered = true));
    await asked.promise;
    // Other requests have come and gone meanwhile.
    for (let other = 0; other < 3; other++) expect((await fetch(url)).status).toBe(200);
    expect(answered).toBe(false);
    stored.resolve();
    expect((await answer).status).toBe(200);
    const made = toSilence({ match: {}, comment: "x", author: "me" }, "s", 0);
    await bridge.keep({ silences: Array.from({ length: 1000 }, (_, n) => ({ ...made, id: `s${n}` })) });
    const refused = await fetch(url, init);
    expect([refused.status, await refused.text()]).toEqual([
      409,
      expect.stringContaining("too many silences"),
    ]);
  });

  it("that is not there is said to be so; one of the configuration is not changed", async () => {
    await using bed = await AppBed.open();
    bed.configure({
      silences: [{ name: "lab", match: { namespace: "lab" }, untilResolved: true, comment: "known" }],
    });
    await bed.ready();
    await ask(bed, "/nope/expire", Problem, { ...post({}), status: 404 });
    await ask(bed, "?id=nope", Problem, { ...post(SHOP), status: 404 });
    await bed.until(async () => (await ask(bed, "", SilenceList)).items.length === 1);
    const { error } = await ask(bed, "/config%2Flab/expire", Problem, { ...post({}), status: 409 });
    expect(error).toBe("config/lab stands in the configuration: change it there");
    await ask(bed, "?id=config%2Flab", Problem, { ...post(SHOP), status: 409 });
  });
});
