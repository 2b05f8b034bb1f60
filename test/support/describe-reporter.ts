import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { openClient } from "../../src/kube/index.ts";
import {
  createReporterWith,
  type Report,
  type ReportError,
  type Reporter,
  type ReporterOptions,
} from "../../src/reporter/index.ts";
import { FakeClock } from "./fake-clock.ts";
import { FaultyProxy, type Upstream } from "./faulty-proxy.ts";
import { kubeconfigFor } from "./kubeconfig.ts";
import { until } from "./until.ts";

type Json = Record<string, any>; // oxlint-disable-line typescript/no-explicit-any -- Events are looked at by expect

/** The server that Events are written to. */
export interface ReporterApi extends Upstream {
  stop(): Promise<void>;
}

/** The tests of the reporter on any server of the Events API; only its clock is faked. */
export function describeReporter(name: string, start: () => Promise<ReporterApi>): void {
  describe(`reporter: ${name}`, () => {
    const directory = mkdtempSync(join(tmpdir(), "tocsin-reporter-"));
    let api: ReporterApi;
    let proxy: FaultyProxy;
    let clock: FakeClock;
    let errors: ReportError[];
    let namespace: string;
    let spaces = 0;
    const open: Reporter[] = [];

    beforeAll(async () => {
      api = await start();
    });
    afterAll(async () => {
      rmSync(directory, { recursive: true });
      await api?.stop();
    });
    beforeEach(async () => {
      clock = new FakeClock();
      errors = [];
      proxy = await FaultyProxy.start(api);
      namespace = `reporter-${++spaces}`;
      await api.request("/api/v1/namespaces", post({ metadata: { name: namespace } }));
    });
    afterEach(async () => {
      // Reporters that a test left open give up at once.
      const closing = open.splice(0).map((reporter) => reporter.close({ withinMs: 0 }));
      await clock.advance(0);
      await Promise.all(closing);
      await proxy[Symbol.asyncDispose]();
    });

    function newReporter(options: Partial<ReporterOptions> = {}): Reporter {
      const kubeconfig = join(directory, "config");
      writeFileSync(kubeconfig, JSON.stringify(kubeconfigFor(proxy.url)));
      const reporter = createReporterWith(
        {
          component: "shop.example/injector",
          instance: "injector-1",
          onError: (error) => errors.push(error),
          ...options,
        },
        { clock, random: () => 0.5, client: openClient({ kubeconfig, context: "" }, { env: {}, clock }) },
      );
      open.push(reporter);
      return reporter;
    }

    const failure = (change: Partial<Report> = {}): Report => ({
      regarding: { apiVersion: "apps/v1", kind: "Deployment", namespace, name: "web", uid: "uid-1" },
      reason: "InjectionFailed",
      action: "Inject",
      note: "no database",
      ...change,
    });

    async function stored(inNamespace = namespace): Promise<readonly Json[]> {
      const answer = await api.request(`/api/v1/namespaces/${inNamespace}/events`);
      return ((await answer.json()) as Json)["items"] as Json[];
    }

    /** Waits, on the real clock, until nothing is waiting; moves no time. */
    const quiet = (reporter: Reporter): Promise<true> => until(() => reporter.counters().waiting === 0);

    describe("what is written", () => {
      it("is an Event of the new API, at once", async () => {
        const reporter = newReporter();
        const event = await reporter.report(
          failure({ severity: "critical", annotations: { "shop.example/order": "4711" } }),
        ).settled;
        expect(event).toMatchObject({ namespace, count: 1 });
        expect(event.name).toMatch(/^web\.[0-9a-f]{16}$/u);
        const [only, ...more] = await stored();
        expect(more).toEqual([]);
        expect(only).toMatchObject({
          metadata: {
            name: event.name,
            uid: event.uid,
            resourceVersion: event.resourceVersion,
            annotations: { "tocsin.dev/severity": "critical", "shop.example/order": "4711" },
          },
          involvedObject: { apiVersion: "apps/v1", kind: "Deployment", namespace, name: "web", uid: "uid-1" },
          reason: "InjectionFailed",
          action: "Inject",
          message: "no database",
          type: "Warning",
          eventTime: "2026-06-01T10:00:00.000000Z",
          reportingComponent: "shop.example/injector",
          reportingInstance: "injector-1",
          source: {},
        });
        expect(only?.["series"]).toBeUndefined();
      });

      it("is an Event of core/v1 where that is asked for", async () => {
        const reporter = newReporter({ api: "core" });
        await reporter.report(failure({ type: "Normal" })).settled;
        await clock.advance(2500);
        const { count } = await reporter.report(failure({ type: "Normal" })).settled;
        expect(count).toBe(2);
        expect(await stored()).toMatchObject([
          {
            reason: "InjectionFailed",
            action: "Inject",
            message: "no database",
            type: "Normal",
            count: 2,
            firstTimestamp: "2026-06-01T10:00:00Z",
            lastTimestamp: "2026-06-01T10:00:02Z",
            eventTime: null,
            source: { component: "shop.example/injector", host: "injector-1" },
            reportingComponent: "shop.example/injector",
          },
        ]);
        expect(proxy.requests.every(({ path }) => path.startsWith("/api/v1/namespaces/"))).toBe(true);
      });

      it("lies in default for an object without namespace", async () => {
        const reporter = newReporter();
        const { name: written } = await reporter.report(
          failure({ regarding: { kind: "Node", name: "node-1" } }),
        ).settled;
        const found = (await stored("default")).find((event) => event["metadata"].name === written);
        expect(found?.["involvedObject"]).toEqual({ kind: "Node", name: "node-1" });
      });

      it("has a UUID for a name where the object's own is no part of one", async () => {
        const reporter = newReporter();
        const event = await reporter.report(
          failure({ regarding: { kind: "User", namespace, name: "system:admin" } }),
        ).settled;
        expect(event.name).toMatch(/^[0-9a-f]{8}-[0-9a-f-]{27}$/u);
      });

      it("loses its middle beyond 1,024 bytes, between characters", async () => {
        const reporter = newReporter();
        await reporter.report(failure({ note: "Zürich 🔔 ".repeat(400) })).settled;
        const [event] = await stored();
        const note = String(event?.["message"]);
        expect(Buffer.byteLength(note)).toBeLessThanOrEqual(1024);
        expect(Buffer.byteLength(note)).toBeGreaterThan(1015);
        expect(note).toMatch(/^(Zürich 🔔 )+[^�]*…[^�]*(Zürich 🔔 )+$/u);
      });

      it("names a second object", async () => {
        const reporter = newReporter();
        await reporter.report(
          failure({ related: { kind: "Pod", apiVersion: "v1", namespace, name: "web-1" } }),
        ).settled;
        expect(await stored()).toMatchObject([{ related: { kind: "Pod", name: "web-1" } }]);
      });
    });

    describe("a series", () => {
      it("tells the second occurrence at once and further ones every 30 s", async () => {
        const reporter = newReporter();
        await reporter.report(failure()).settled;
        await clock.advance(1000);
        expect(await reporter.report(failure()).settled).toMatchObject({ count: 2 });
        for (let more = 0; more < 5; more++) reporter.report(failure());
        const last = reporter.report(failure());
        await clock.advance(29_999);
        expect(proxy.writes()).toEqual(["POST", "PATCH 2"]);
        await clock.advance(1);
        expect(await last.settled).toMatchObject({ count: 8 });
        expect(proxy.writes()).toEqual(["POST", "PATCH 2", "PATCH 8"]);
        const [event, ...others] = await stored();
        expect(others).toEqual([]);
        expect(event?.["series"]).toEqual({ count: 8, lastObservedTime: "2026-06-01T10:00:01.000000Z" });
        expect(reporter.counters()).toMatchObject({
          accepted: 8,
          sent: 1,
          merged: 7,
          waiting: 0,
          requests: 3,
        });
      });

      it("is one write for what is reported in one go", async () => {
        const reporter = newReporter();
        const handles = Array.from({ length: 1000 }, () => reporter.report(failure()));
        expect(await handles[999]?.settled).toMatchObject({ count: 1000 });
        expect(await handles[0]?.settled).toMatchObject({ count: 1000 });
        expect(proxy.writes()).toEqual(["POST 1000"]);
        expect(await stored()).toMatchObject([{ series: { count: 1000 } }]);
      });

      it("is another for another note, type, object or action, unless notes are merged", async () => {
        const changes: Partial<Report>[] = [
          {},
          { note: "another" },
          { type: "Normal" },
          { action: "Remove" },
          { regarding: { kind: "Deployment", namespace, name: "web", uid: "uid-2" } },
        ];
        const apart = newReporter();
        for (const change of changes) apart.report(failure(change));
        await quiet(apart);
        expect(await stored()).toHaveLength(5);
        const merging = newReporter({ mergeNotes: true });
        for (const change of changes) merging.report(failure(change));
        await quiet(merging);
        expect(merging.counters()).toMatchObject({ sent: 4, merged: 1 });
        expect(await stored()).toHaveLength(9);
      });

      it("ends six minutes after its last occurrence", async () => {
        const reporter = newReporter();
        const first = await reporter.report(failure()).settled;
        await clock.advance(5 * 60_000);
        expect(await reporter.report(failure()).settled).toMatchObject({ name: first.name });
        await clock.advance(7 * 60_000);
        const next = await reporter.report(failure()).settled;
        expect(next.name).not.toBe(first.name);
        expect(next.count).toBe(1);
      });

      it("goes on under its name and with its count when the Event has expired", async () => {
        const reporter = newReporter();
        const first = await reporter.report(failure()).settled;
        await api.request(`/api/v1/namespaces/${namespace}/events/${first.name}`, { method: "DELETE" });
        const second = await reporter.report(failure()).settled;
        expect(second).toMatchObject({ name: first.name, count: 2 });
        expect(second.uid).not.toBe(first.uid);
        expect(await stored()).toMatchObject([
          { eventTime: "2026-06-01T10:00:00.000000Z", series: { count: 2 } },
        ]);
      });

      it("is paced per object, type and reason: 25 at once, then one every ten seconds", async () => {
        const reporter = newReporter();
        for (let note = 0; note < 28; note++) reporter.report(failure({ note: `note ${note}` }));
        reporter.report(failure({ reason: "Other" }));
        await until(() => reporter.counters().sent === 26);
        expect(proxy.requests).toHaveLength(26);
        await clock.advance(9_999);
        expect(reporter.counters().waiting).toBe(3);
        for (const sent of [27, 28, 29]) {
          await clock.advance(sent === 27 ? 1 : 10_000);
          await until(() => reporter.counters().sent === sent);
        }
        expect(await stored()).toHaveLength(29);
      });
    });

    describe("what comes while a write is under way", () => {
      /** Holds the next request back until it is let go; what is reported meanwhile waits for the next write. */
      function holdNext(): () => void {
        const held = Promise.withResolvers<void>();
        proxy.before = () => {
          proxy.before = undefined;
          return held.promise;
        };
        return held.resolve;
      }

      it("is told right after the first write, and 30 s after a later one", async () => {
        const reporter = newReporter();
        let letGo = holdNext();
        const first = reporter.report(failure());
        await until(() => proxy.requests.length === 1);
        const second = reporter.report(failure());
        letGo();
        expect(await first.settled).toMatchObject({ count: 1 });
        expect(await second.settled).toMatchObject({ count: 2 });

        const third = reporter.report(failure());
        letGo = holdNext();
        await clock.advance(30_000);
        await until(() => proxy.requests.length === 3);
        const fourth = reporter.report(failure());
        letGo();
        expect(await third.settled).toMatchObject({ count: 3 });
        await clock.advance(29_999);
        expect(reporter.counters().waiting).toBe(1);
        await clock.advance(1);
        expect(await fourth.settled).toMatchObject({ count: 4 });
      });

      it("fails with a first write that is refused", async () => {
        const reporter = newReporter({ queueLimit: 1 });
        const letGo = holdNext();
        proxy.next({ status: 422, reason: "Invalid", afterwards: true });
        const first = reporter.report(failure());
        await until(() => proxy.requests.length === 1);
        const second = reporter.report(failure());
        letGo();
        await expect(first.settled).rejects.toMatchObject({ failure: "refused", occurrences: 2 });
        await expect(second.settled).rejects.toMatchObject({ failure: "refused" });
        expect(reporter.counters()).toMatchObject({ accepted: 2, failed: 2, waiting: 0 });
        // Failed and written reports make room.
        for (const note of ["a", "b"]) await reporter.report(failure({ note })).settled;
      });

      it("is told although a write between was refused", async () => {
        const reporter = newReporter();
        await reporter.report(failure()).settled;
        proxy.next({ status: 403, reason: "Forbidden" });
        const second = reporter.report(failure());
        await until(() => proxy.requests.length === 2);
        const third = reporter.report(failure());
        await expect(second.settled).rejects.toMatchObject({ status: 403 });
        await clock.advance(30_000);
        expect(await third.settled).toMatchObject({ count: 3 });
      });
    });

    describe("bounds", () => {
      it("keeps 4,096 series, and forgets the one that was quiet longest when it is all told", async () => {
        const reporter = newReporter({ queueLimit: 5000 });
        proxy.standing = () => "hang";
        const about = (pod: number): Report =>
          failure({ regarding: { kind: "Pod", namespace, name: `web-${pod}` } });
        for (let pod = 0; pod < 4096; pod++) expect(reporter.report(about(pod)).refused).toBeUndefined();
        expect(reporter.report(about(4096)).refused).toMatchObject({
          failure: "full",
          message: expect.stringContaining("4096 series wait already"),
        });
        expect(reporter.report(about(17)).refused).toBeUndefined();
      });

      it("paces counts as well as Events", async () => {
        const reporter = newReporter();
        for (let note = 0; note < 25; note++) reporter.report(failure({ note: `note ${note}` }));
        await until(() => reporter.counters().sent === 25);
        reporter.report(failure({ note: "note 3" }));
        await clock.advance(9_999);
        expect(proxy.requests).toHaveLength(25);
        await clock.advance(1);
        await quiet(reporter);
        expect(proxy.writes().at(-1)).toBe("PATCH 2");
      });

      it("does not take waiting for its pace as time in which the server failed", async () => {
        const reporter = newReporter({ giveUpAfterMs: 5000 });
        for (let note = 0; note < 26; note++) reporter.report(failure({ note: `note ${note}` }));
        await until(() => reporter.counters().sent === 25);
        proxy.next("reset");
        await clock.advance(10_000);
        await until(() => reporter.counters().retries === 1);
        await clock.advance(250);
        await quiet(reporter);
        expect(reporter.counters()).toMatchObject({ sent: 26, failed: 0 });
      });
    });

    describe("trouble", () => {
      it("keeps its order", async () => {
        const reporter = newReporter();
        proxy.standing = () => "reset";
        for (let note = 0; note < 20; note++) reporter.report(failure({ note: `note ${note}` }));
        await until(() => reporter.counters().retries === 8);
        proxy.standing = () => "pass";
        await clock.advance(250);
        await quiet(reporter);
        // Which of eight connections is the quickest is open.
        const notes = proxy.requests.slice(8, 20).map(({ body }) => String(body.note));
        expect(notes).toEqual(expect.arrayContaining(Array.from({ length: 8 }, (_, note) => `note ${note}`)));
      });

      it("waits longer each time, and begins anew after a success", async () => {
        const reporter = newReporter();
        const limited = { status: 429, reason: "TooManyRequests" } as const;
        let retries = 0;
        const waits = async (pauses: readonly number[]): Promise<void> => {
          proxy.next(...pauses.map(() => limited));
          const handle = reporter.report(failure());
          for (const pause of pauses) {
            retries += 1;
            await until(() => reporter.counters().retries === retries);
            const asked = proxy.requests.length;
            await clock.advance(pause - 1);
            expect(proxy.requests).toHaveLength(asked);
            await clock.advance(1);
          }
          await handle.settled;
        };
        await waits([250, 500, 1000]);
        await waits([250]);
      });

      it.each([undefined, "nightly"])(
        "does not go round and round when names are always taken (%s)",
        async (dedupeKey) => {
          const reporter = newReporter();
          proxy.standing = ({ method }) =>
            method === "POST"
              ? { status: 409, reason: "AlreadyExists" }
              : { status: 404, reason: "NotFound" };
          reporter.report(failure({ dedupeKey }));
          await until(() => reporter.counters().retries === 1);
          await sleep(50);
          expect(proxy.requests.filter(({ method }) => method === "POST")).toHaveLength(10);
        },
      );

      it("asks for the same name again when nobody has it after all", async () => {
        const reporter = newReporter();
        proxy.next({ status: 409, reason: "AlreadyExists" });
        await reporter.report(failure()).settled;
        const [first, read, second] = proxy.requests;
        expect(read?.body).toEqual({});
        expect(second?.body.metadata.name).toBe(first?.body.metadata.name);
      });

      it.each(["lose-answer", "reset"] as const)("%s: makes one Event all the same", async (fault) => {
        const reporter = newReporter();
        proxy.next(fault);
        const handle = reporter.report(failure());
        await until(() => reporter.counters().retries === 1);
        await clock.advance(250);
        expect(await handle.settled).toMatchObject({ count: 1 });
        proxy.next(fault);
        const second = reporter.report(failure());
        await until(() => reporter.counters().retries === 2);
        await clock.advance(250);
        expect(await second.settled).toMatchObject({ count: 2 });
        expect(await stored()).toMatchObject([{ series: { count: 2 } }]);
        expect(errors).toEqual([]);
      });

      it("catches up with what came while the answer was lost", async () => {
        const reporter = newReporter();
        proxy.next("lose-answer");
        reporter.report(failure());
        await until(() => reporter.counters().retries === 1);
        const third = [reporter.report(failure()), reporter.report(failure())].at(-1);
        await clock.advance(250);
        expect(await third?.settled).toMatchObject({ count: 3 });
        expect(proxy.writes()).toEqual(["POST", "POST 3", "PATCH", "PATCH 3"]);
        expect(await stored()).toMatchObject([{ series: { count: 3 } }]);
      });

      it("takes another name where a stranger has the one it chose", async () => {
        const reporter = newReporter();
        proxy.before = async ({ method, path, body }) => {
          if (method !== "POST") return;
          proxy.before = undefined;
          const taken = { ...body, metadata: { ...body.metadata, annotations: {} }, note: "a stranger's" };
          expect((await api.request(path, post(taken))).status).toBe(201);
        };
        const event = await reporter.report(failure()).settled;
        const events = await stored();
        expect(new Set(events.map(({ message }) => message))).toEqual(
          new Set(["a stranger's", "no database"]),
        );
        expect(events.find(({ message }) => message === "no database")?.["metadata"].name).toBe(event.name);
      });

      it("tries a 409 on a patch again", async () => {
        const reporter = newReporter();
        await reporter.report(failure()).settled;
        proxy.next({ status: 409, reason: "Conflict" });
        const handle = reporter.report(failure());
        await until(() => reporter.counters().retries === 1);
        await clock.advance(250);
        expect(await handle.settled).toMatchObject({ count: 2 });
      });

      it("heeds 429 without Retry-After by itself, and others are not held back", async () => {
        const reporter = newReporter();
        proxy.next({ status: 429, reason: "TooManyRequests" });
        const limited = reporter.report(failure());
        await until(() => reporter.counters().retries === 1);
        await reporter.report(failure({ note: "another" })).settled;
        expect(reporter.counters()).toMatchObject({ sent: 1, waiting: 1 });
        await clock.advance(249);
        expect(reporter.counters().waiting).toBe(1);
        await clock.advance(1);
        await limited.settled;
        expect(await stored()).toHaveLength(2);
      });

      it("tries 408 again as well", async () => {
        const reporter = newReporter();
        proxy.next({ status: 408 });
        const handle = reporter.report(failure());
        await until(() => reporter.counters().retries === 1);
        await clock.advance(250);
        await handle.settled;
      });

      it("waits as long as Retry-After says", async () => {
        const reporter = newReporter();
        proxy.next({ status: 503, headers: { "retry-after": "7" } });
        const handle = reporter.report(failure());
        await until(() => reporter.counters().retries === 1);
        await clock.advance(6_999);
        expect(proxy.requests).toHaveLength(1);
        await clock.advance(1);
        await handle.settled;
      });

      it("loses and doubles nothing while the API server is down for five minutes", async () => {
        const reporter = newReporter();
        proxy.standing = () => "reset";
        const handles = Array.from({ length: 40 }, (_, index) =>
          reporter.report(failure({ regarding: { kind: "Pod", namespace, name: `web-${index % 20}` } })),
        );
        for (let seconds = 0; seconds < 300; seconds += 5) await clock.advance(5000);
        expect(reporter.counters()).toMatchObject({ waiting: 40, failed: 0 });
        // One probe of eight at a time, not twenty.
        expect(proxy.requests.length).toBeLessThan(8 * 40);
        proxy.standing = () => "pass";
        await clock.advance(30_000);
        await quiet(reporter);
        const events = await Promise.all(handles.map((handle) => handle.settled));
        expect(new Set(events.map((event) => event.name)).size).toBe(20);
        expect((await stored()).map((event) => event["series"].count)).toEqual(Array(20).fill(2));
        expect(errors).toEqual([]);
      });

      it("gives up after 15 minutes, and says so of every one", async () => {
        const reporter = newReporter();
        proxy.standing = () => "reset";
        const handles = Array.from({ length: 100 }, (_, index) =>
          reporter.report(failure({ regarding: { kind: "Pod", namespace, name: `web-${index}` } })),
        );
        for (let seconds = 0; seconds < 895; seconds += 5) await clock.advance(5000);
        expect(reporter.counters().failed).toBe(0);
        const asked = proxy.requests.length;
        for (let seconds = 895; seconds < 960; seconds += 5) await clock.advance(5000);
        // Not once more for each of them.
        expect(proxy.requests.length - asked).toBeLessThanOrEqual(16);
        await expect(Promise.all(handles.map((handle) => handle.settled))).rejects.toMatchObject({
          failure: "gave-up",
          occurrences: 1,
        });
        expect(reporter.counters()).toMatchObject({ accepted: 100, failed: 100, waiting: 0 });
        expect(errors.map((error) => error.failure)).toEqual(Array(100).fill("gave-up"));
        expect(errors[0]?.message).toMatch(
          /^InjectionFailed about Pod reporter-\d+\/web-\d+: given up after 15 min: /u,
        );
      });

      it.each([
        ["a namespace that is being deleted", 403, { reason: "Forbidden", cause: "NamespaceTerminating" }],
        ["no permission", 403, { reason: "Forbidden" }],
        ["an Event that is not valid", 422, { reason: "Invalid" }],
        ["credentials that are not known, also when read anew", 401, { reason: "Unauthorized" }],
      ])("surfaces %s", async (_, status, fields) => {
        const reporter = newReporter();
        const fault = { status, message: "said by the server", ...fields };
        proxy.next(fault, ...(status === 401 ? [fault] : []));
        const handle = reporter.report(failure());
        await expect(handle.settled).rejects.toMatchObject({ failure: "refused", status, occurrences: 1 });
        expect(errors).toHaveLength(1);
        expect(errors[0]?.message).toContain("said by the server");
        expect(reporter.counters()).toMatchObject({ accepted: 1, failed: 1, waiting: 0, retries: 0 });
        expect(await reporter.report(failure()).settled).toMatchObject({ count: 1 });
      });

      it("surfaces a namespace that is not there", async () => {
        const reporter = newReporter();
        const handle = reporter.report(
          failure({ regarding: { kind: "Pod", namespace: "nowhere", name: "web" } }),
        );
        await expect(handle.settled).rejects.toMatchObject({ failure: "refused", status: 404 });
      });

      it("keeps the count of an Event that may be made but not changed", async () => {
        const reporter = newReporter();
        await reporter.report(failure()).settled;
        proxy.next({ status: 403, reason: "Forbidden" });
        await expect(reporter.report(failure()).settled).rejects.toMatchObject({ failure: "refused" });
        const third = reporter.report(failure());
        await clock.advance(30_000);
        expect(await third.settled).toMatchObject({ count: 3 });
        expect(reporter.counters()).toMatchObject({ accepted: 3, sent: 1, merged: 1, failed: 1 });
      });

      it("refuses what has no room, and says so", async () => {
        const reporter = newReporter({ queueLimit: 3 });
        proxy.standing = () => "hang";
        for (let note = 0; note < 3; note++) {
          expect(reporter.report(failure({ note: `note ${note}` })).refused).toBeUndefined();
        }
        const refused = reporter.report(failure({ note: "one too many" }));
        expect(refused.refused).toMatchObject({ failure: "full" });
        await expect(refused.settled).rejects.toBe(refused.refused);
        // Another occurrence of what waits needs no room.
        expect(reporter.report(failure({ note: "note 0" })).refused).toBeUndefined();
        expect(errors).toEqual([refused.refused]);
        expect(reporter.counters()).toMatchObject({ accepted: 4, rejected: 1, waiting: 4 });
      });

      it("is not the host's when the host's own functions fail", async () => {
        const reporter = newReporter({
          onError: () => {
            throw new Error("a host's own");
          },
          onRetry: () => {
            throw new Error("a host's own");
          },
        });
        expect(reporter.report(failure({ reason: "" })).refused).toBeDefined();
        proxy.next("reset", { status: 422 });
        const handle = reporter.report(failure());
        await until(() => reporter.counters().retries === 1);
        await clock.advance(250);
        await expect(handle.settled).rejects.toMatchObject({ status: 422 });
      });
    });

    describe("closing", () => {
      it("writes what waits, without pauses", async () => {
        const reporter = newReporter();
        // Earlier failures were reported earlier.
        proxy.next({ status: 422, reason: "Invalid" });
        await expect(reporter.report(failure({ note: "refused" })).settled).rejects.toBeDefined();
        await reporter.report(failure()).settled;
        await reporter.report(failure()).settled;
        for (let more = 0; more < 10; more++) reporter.report(failure());
        for (let note = 0; note < 30; note++) reporter.report(failure({ note: `note ${note}` }));
        expect(await reporter.close()).toEqual({ undelivered: [] });
        const counts = (await stored()).map((event) => event["series"]?.count ?? 1) as number[];
        expect(counts.toSorted((a, b) => b - a)).toEqual([12, ...Array<number>(30).fill(1)]);
        expect(clock.pending).toBe(0);
      });

      it("says what it could not write in its time", async () => {
        const reporter = newReporter();
        await reporter.report(failure()).settled;
        proxy.standing = () => "reset";
        reporter.report(failure());
        reporter.report(failure());
        const other = reporter.report(failure({ note: "another" }));
        const closing = reporter.close();
        for (let seconds = 0; seconds < 10; seconds++) await clock.advance(1000);
        const { undelivered } = await closing;
        expect(undelivered).toMatchObject([
          { failure: "closed", occurrences: 2 },
          { failure: "closed", occurrences: 1 },
        ]);
        await expect(other.settled).rejects.toBe(undelivered[1]);
        expect(errors).toEqual(undelivered);
        expect(reporter.counters()).toMatchObject({ accepted: 4, sent: 1, failed: 3, waiting: 0 });
        expect(reporter.report(failure()).refused).toMatchObject({ failure: "closed" });
        expect(await reporter.close()).toEqual({ undelivered });
        expect(clock.pending).toBe(0);
      });

      it.each([429, 503])("does not heed a long Retry-After of %d", async (status) => {
        const reporter = newReporter();
        proxy.next({ status, headers: { "retry-after": "60" } });
        reporter.report(failure());
        const closing = reporter.close();
        await until(() => reporter.counters().retries === 1);
        await clock.advance(1000);
        expect(await closing).toEqual({ undelivered: [] });
      });

      it("survives a server that takes longer than there is time", async () => {
        const reporter = newReporter();
        proxy.standing = () => "hang";
        const handle = reporter.report(failure());
        await until(() => proxy.requests.length === 1);
        const closing = reporter.close({ withinMs: 2000 });
        await clock.advance(2000);
        expect((await closing).undelivered).toMatchObject([{ failure: "closed" }]);
        await expect(handle.settled).rejects.toMatchObject({ failure: "closed" });
      });
    });

    describe("a dedupe key", () => {
      const keyed = (change: Partial<Report> = {}): Report => failure({ dedupeKey: "nightly", ...change });

      it.each(["events", "core"] as const)("makes one Event of several processes (%s)", async (apiName) => {
        const names = new Set<string>();
        for (let process = 1; process <= 3; process++) {
          const reporter = newReporter({ api: apiName });
          const event = await reporter.report(keyed({ note: `run ${process}` })).settled;
          names.add(event.name);
          expect(event.count).toBe(process);
          await reporter.close();
          await clock.advance(60_000);
        }
        expect([...names]).toEqual([expect.stringMatching(/^web\.[0-9a-f]{20}$/u)]);
        const [event, ...others] = await stored();
        expect(others).toEqual([]);
        // Only the older API lets the newest text be shown.
        expect(event?.["message"]).toBe(apiName === "core" ? "run 3" : "run 1");
      });

      it("counts everyone when all come at once", async () => {
        const reporters = Array.from({ length: 6 }, () => newReporter());
        const handles = reporters.map((reporter) => reporter.report(keyed()));
        const ended = Promise.all(handles.map((handle) => handle.settled));
        // Slowly, so that no request runs into its deadline.
        while (reporters.some((reporter) => reporter.counters().waiting > 0)) {
          await sleep(5);
          await clock.advance(50);
        }
        const events = await ended;
        expect(new Set(events.map(({ count }) => count))).toEqual(new Set([1, 2, 3, 4, 5, 6]));
        expect(await stored()).toMatchObject([{ series: { count: 6 } }]);
      });

      it("counts once what was written although the answer was lost", async () => {
        for (let process = 1; process <= 2; process++) {
          const reporter = newReporter();
          proxy.next("pass", "lose-answer");
          const handle = reporter.report(keyed());
          await until(() => reporter.counters().retries === 1);
          reporter.report(keyed());
          await clock.advance(250);
          await handle.settled;
          await reporter.close();
        }
        expect(await stored()).toMatchObject([{ series: { count: 4 } }]);
      });

      it("counts once what the server wrote although it said that it failed", async () => {
        await newReporter().report(keyed()).settled;
        const reporter = newReporter();
        proxy.next("pass", { status: 504, afterwards: true });
        const handle = reporter.report(keyed());
        await until(() => reporter.counters().retries === 1);
        await clock.advance(250);
        expect(await handle.settled).toMatchObject({ count: 2 });
      });

      it("knows a lone first occurrence again whose answer was lost", async () => {
        const reporter = newReporter();
        proxy.next("pass", "lose-answer");
        const handle = reporter.report(keyed());
        await until(() => reporter.counters().retries === 1);
        await clock.advance(250);
        expect(await handle.settled).toMatchObject({ count: 1 });
        expect(proxy.writes()).toEqual(["PATCH", "POST", "PATCH"]);
      });

      it("is of one object, reason and component alone", async () => {
        const reporter = newReporter();
        reporter.report(keyed());
        reporter.report(keyed({ reason: "Other" }));
        reporter.report(keyed({ regarding: { kind: "Deployment", namespace, name: "shop" } }));
        await quiet(reporter);
        const other = newReporter({ component: "other" });
        await other.report(keyed()).settled;
        expect(await stored()).toHaveLength(4);
      });
    });

    it("says which version the server has", async () => {
      expect(await newReporter().serverVersion()).toMatch(/^v\d+\.\d+\.\d+/u);
    });
  });
}

function post(body: unknown): RequestInit {
  return { method: "POST", body: JSON.stringify(body), headers: { "Content-Type": "application/json" } };
}
