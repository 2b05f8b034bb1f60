import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";

import { describe, expect, it } from "vitest";

import { Leases } from "../../src/demo/events-api/leases.ts";
import { startEventsApi } from "../../src/demo/index.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { until } from "../support/until.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;

function event(name: string, change: object = {}): object {
  return {
    metadata: { name, namespace: "shop" },
    involvedObject: { kind: "Pod", namespace: "shop", name: "web" },
    count: 1,
    ...change,
  };
}

/** A watch whose reader does not read yet. */
async function pausedWatch(url: string): Promise<IncomingMessage> {
  const watch = request(`${url}/api/v1/events?watch=1&resourceVersion=1`);
  watch.end();
  const [response] = (await once(watch, "response")) as [IncomingMessage];
  return response;
}

/** Some turns of the event loop, in which sockets are served. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setTimeout(resolve, 1));
}

describe("Leases", () => {
  it("lets keys expire late and together: within 5 % of the time to live they share a lease", () => {
    const leases = new Leases(100 * SECOND);
    leases.renew("b", 0);
    leases.renew("a", 4 * SECOND);
    leases.renew("c", 6 * SECOND);
    expect(leases.nextExpiryAt).toBe(105 * SECOND);
    expect(leases.expire(104 * SECOND)).toEqual([]);
    expect(leases.expire(105 * SECOND)).toEqual([["a", "b"]]);
    expect(leases.expire(111 * SECOND)).toEqual([["c"]]);
    expect(leases.nextExpiryAt).toBeUndefined();
  });

  it("gives a lease to at most 1000 keys", () => {
    const leases = new Leases(100 * SECOND);
    for (let index = 0; index < 1001; index++) leases.renew(String(index), 0);
    expect(leases.expire(105 * SECOND).map((keys) => keys.length)).toEqual([1000, 1]);
  });

  it("renews: the key leaves its old lease", () => {
    const leases = new Leases(100 * SECOND);
    leases.renew("a", 0);
    leases.renew("a", 50 * SECOND);
    expect(leases.expire(105 * SECOND)).toEqual([]);
    expect(leases.expire(155 * SECOND)).toEqual([["a"]]);
  });
});

describe("the embedded storage", () => {
  it("compacts every five minutes what is older than five minutes", async () => {
    const clock = new FakeClock();
    await using api = await startEventsApi({ clock });
    const { resourceVersion } = api.create(event("a"));
    await clock.advance(5 * MINUTE);
    api.patch("shop", "a", { count: 2 });
    expect(api.stats().compactedRevision).toBeLessThan(Number(resourceVersion));
    await clock.advance(5 * MINUTE);
    expect(api.stats().compactedRevision).toBe(Number(resourceVersion));
    await clock.advance(5 * MINUTE);
    expect(api.stats().compactedRevision).toBe(api.stats().revision);
  });

  it("gives a late reader everything, also what is compacted meanwhile", async () => {
    await using api = await startEventsApi({ clock: new FakeClock() });
    const stream = await pausedWatch(api.url);
    for (let index = 0; index < 2000; index++) api.create(event(`a${index}`, { message: "x".repeat(8000) }));
    await turns();
    api.compact();
    api.create(event("z"));
    let text = "";
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      text += chunk.toString();
      if (text.includes('"name":"z"')) break;
    }
    expect(text.trimEnd().split("\n")).toHaveLength(2001);
  });

  it("bounds its history by number, whatever its age, and cuts off readers that are further behind", async () => {
    await using api = await startEventsApi({ clock: new FakeClock(), historyLimit: 1000 });
    const stream = await pausedWatch(api.url);
    const cut = new Promise<Error>((resolve) => stream.once("error", resolve));
    for (let index = 0; index < 12; index++) api.create(event(`big${index}`, { message: "x".repeat(1e6) }));
    await turns();
    expect(api.stats().streams).toBe(1);
    api.create(event("a"));
    for (let count = 2; count <= 1010; count++) api.patch("shop", "a", { count });
    expect(api.stats().history).toBeLessThanOrEqual(1000);
    expect(api.stats().events).toBe(13);
    await until(() => api.stats().streams === 0);
    stream.resume();
    expect((await cut).message).toBe("aborted");
  });

  it("forgets deleted Events at compaction, and knows a name that is used again", async () => {
    await using api = await startEventsApi({ clock: new FakeClock() });
    for (const name of ["a", "b", "c"]) api.create(event(name));
    api.remove("shop", "b");
    api.create(event("z"));
    api.compact();
    api.create(event("b"));
    const response = await fetch(`${api.url}/api/v1/namespaces/shop/events?limit=3`);
    const list = (await response.json()) as { items: { metadata: { name: string } }[]; metadata: object };
    expect(list.items.map(({ metadata }) => metadata.name)).toEqual(["a", "b", "c"]);
    expect(list.metadata).toMatchObject({ remainingItemCount: 1 });
  });

  it("keeps uid and times of what is recorded, and lets another uid replace it", async () => {
    await using api = await startEventsApi({ clock: new FakeClock() });
    const metadata = { name: "a", namespace: "shop", uid: "u-1", creationTimestamp: "2020-01-01T00:00:00Z" };
    api.record({ ...event("a"), metadata });
    const url = `${api.url}/api/v1/namespaces/shop/events`;
    expect(await (await fetch(`${url}/a`)).json()).toMatchObject({ metadata });
    const from = api.stats().revision;
    api.record({ ...event("a", { count: 2 }), metadata: { ...metadata, uid: "u-2" } });
    const stream = await fetch(`${url}?watch=1&resourceVersion=${from}&timeoutSeconds=1`);
    const reader = stream.body?.getReader();
    const { value } = (await reader?.read()) ?? {};
    const types = new TextDecoder()
      .decode(value)
      .trimEnd()
      .split("\n")
      .map((line) => (JSON.parse(line) as { type: string }).type);
    expect(types).toEqual(["DELETED", "ADDED"]);
    await reader?.cancel();
  });
});

describe("the faults of the embedded API", () => {
  it("refuses everything with a status, until told otherwise", async () => {
    await using api = await startEventsApi({ clock: new FakeClock() });
    api.refuse(429);
    const refused = await fetch(`${api.url}/api/v1/events`);
    expect(refused.status).toBe(429);
    expect(refused.headers.get("retry-after")).toBe("1");
    expect(await refused.json()).toMatchObject({ kind: "Status", code: 429, reason: "TooManyRequests" });
    api.refuse(undefined);
    expect((await fetch(`${api.url}/api/v1/events`)).status).toBe(200);
  });

  it("puts a text on open streams, and cuts them", async () => {
    await using api = await startEventsApi({ clock: new FakeClock() });
    const stream = await fetch(`${api.url}/api/v1/events?watch=1&resourceVersion=1`);
    const reader = stream.body?.getReader();
    api.writeToStreams('{"type":"ERR');
    expect(new TextDecoder().decode((await reader?.read())?.value)).toBe('{"type":"ERR');
    expect(api.stats().streams).toBe(1);
    api.destroyStreams();
    await expect(reader?.read()).rejects.toThrow("terminated");
  });

  it("tells the time of its own clock, and ends streams at its own time", async () => {
    const clock = new FakeClock(Date.parse("2030-01-01T00:00:00Z"));
    await using api = await startEventsApi({ clock });
    const stream = await fetch(`${api.url}/api/v1/events?watch=1&timeoutSeconds=60`);
    expect(stream.headers.get("date")).toBe("Tue, 01 Jan 2030 00:00:00 GMT");
    await clock.advance(60 * SECOND);
    expect(await stream.text()).toBe("");
  });

  it("leaves no timer and no connection behind when it stops", async () => {
    const clock = new FakeClock();
    const api = await startEventsApi({ clock });
    api.create(event("a"));
    const stream = await fetch(`${api.url}/api/v1/events?watch=1&resourceVersion=${api.stats().revision}`);
    await api.stop();
    expect(await stream.text()).toBe("");
    await clock.advance(0);
    expect(clock.pending).toBe(0);
    await expect(fetch(`${api.url}/version`)).rejects.toThrow("fetch failed");
  });
});
