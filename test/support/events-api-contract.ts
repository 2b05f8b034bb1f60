import { afterAll, beforeAll, describe, expect, it } from "vitest";

/** A server that is held to the contract. */
export interface EventsApiUnderTest {
  /** Asks the server; paths start with `/`. */
  request(path: string, init?: RequestInit): Promise<Response>;
  /** Forgets history before this version. */
  compact(resourceVersion: string): Promise<void>;
  stop(): Promise<void>;
}

/** As above, with a way to make written Events expire. */
export interface ExpiringEventsApi extends EventsApiUnderTest {
  /** Resolves when the time to live of everything written so far is over. */
  letExpire(): Promise<void>;
}

type Json = Record<string, any>; // oxlint-disable-line typescript/no-explicit-any -- answers are looked at by expect

interface Answer {
  readonly code: number;
  readonly body: Json;
  readonly text: string;
}

const CORE = "/api/v1";
const NEW = "/apis/events.k8s.io/v1";
const MERGE = "application/merge-patch+json";
const STRATEGIC = "application/strategic-merge-patch+json";
const LINE_WITHIN_MS = 10_000;
/** Long enough for a line that must not come. */
const QUIET_MS = 300;

/** The tests that every server of the Events API passes, the embedded one and the real one. */
export function describeEventsApi(name: string, start: () => Promise<EventsApiUnderTest>): void {
  describe(`Events API: ${name}`, () => {
    let api: EventsApiUnderTest;
    let spaces = 0;
    const open: Watch[] = [];

    beforeAll(async () => {
      api = await start();
    });
    afterAll(async () => {
      for (const watch of open) watch.close();
      await api?.stop();
    });

    async function call(
      method: string,
      path: string,
      body?: unknown,
      type = "application/json",
    ): Promise<Answer> {
      const init =
        body === undefined
          ? { method }
          : { method, body: JSON.stringify(body), headers: { "Content-Type": type } };
      const response = await api.request(path, init);
      const text = await response.text();
      let parsed: Json = {};
      try {
        parsed = JSON.parse(text) as Json;
      } catch {
        // Not every refusal is JSON.
      }
      return { code: response.status, body: withoutManagedFields(parsed), text };
    }

    async function newNamespace(): Promise<string> {
      const namespace = `contract-${++spaces}`;
      const { code } = await call("POST", `${CORE}/namespaces`, { metadata: { name: namespace } });
      expect(code).toBe(201);
      return namespace;
    }

    const eventsIn = (namespace: string, base = CORE): string => `${base}/namespaces/${namespace}/events`;

    async function create(namespace: string, change: Json = {}): Promise<Json> {
      const { code, body } = await call("POST", eventsIn(namespace), legacyEvent(namespace, change));
      expect({ code, body }).toMatchObject({ code: 201 });
      return body;
    }

    async function patch(event: Json, change: Json): Promise<Json> {
      const path = `${eventsIn(event["metadata"].namespace)}/${event["metadata"].name}`;
      const { code, body } = await call("PATCH", path, change, MERGE);
      expect(code).toBe(200);
      return body;
    }

    async function watch(path: string): Promise<Watch> {
      const opened = await openWatch(api, path);
      open.push(opened);
      return opened;
    }

    async function currentVersion(): Promise<string> {
      const { body } = await call("GET", `${CORE}/events?limit=1`);
      return body["metadata"].resourceVersion;
    }

    describe("shape", () => {
      it("prints a legacy Event in both groups as the other side expects it", async () => {
        const namespace = await newNamespace();
        const created = await create(namespace, { metadata: { name: "web.1", labels: { team: "a" } } });
        const metadata = {
          name: "web.1",
          namespace,
          uid: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f-]{27}$/u),
          resourceVersion: expect.stringMatching(/^[1-9]\d*$/u),
          creationTimestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/u),
          labels: { team: "a" },
        };
        const reference = { kind: "Pod", namespace, name: "web", uid: "u-1", apiVersion: "v1" };
        expect(created).toEqual({
          kind: "Event",
          apiVersion: "v1",
          metadata,
          involvedObject: reference,
          reason: "BackOff",
          message: "Back-off",
          source: { component: "kubelet", host: "node-1" },
          firstTimestamp: "2026-06-01T10:00:00Z",
          lastTimestamp: "2026-06-01T10:00:05Z",
          count: 1,
          type: "Warning",
          eventTime: null,
          reportingComponent: "",
          reportingInstance: "",
        });
        const { body } = await call("GET", `${eventsIn(namespace, NEW)}/web.1`);
        expect(body).toEqual({
          kind: "Event",
          apiVersion: "events.k8s.io/v1",
          metadata: created["metadata"],
          eventTime: null,
          reason: "BackOff",
          regarding: reference,
          note: "Back-off",
          type: "Warning",
          deprecatedSource: { component: "kubelet", host: "node-1" },
          deprecatedFirstTimestamp: "2026-06-01T10:00:00Z",
          deprecatedLastTimestamp: "2026-06-01T10:00:05Z",
          deprecatedCount: 1,
        });
      });

      it("prints a new-style Event in both groups", async () => {
        const namespace = await newNamespace();
        const { code, body } = await call("POST", eventsIn(namespace, NEW), newStyleEvent(namespace));
        expect({ code, body }).toMatchObject({ code: 201 });
        expect(Object.keys(body)).toEqual([
          "kind",
          "apiVersion",
          "metadata",
          "eventTime",
          "reportingController",
          "reportingInstance",
          "action",
          "reason",
          "regarding",
          "note",
          "type",
          "deprecatedSource",
          "deprecatedFirstTimestamp",
          "deprecatedLastTimestamp",
        ]);
        const core = await call("GET", `${eventsIn(namespace)}/web.2`);
        expect(core.body).toEqual({
          kind: "Event",
          apiVersion: "v1",
          metadata: body["metadata"],
          involvedObject: body["regarding"],
          reason: "FailedScheduling",
          message: "no nodes",
          source: {},
          firstTimestamp: null,
          lastTimestamp: null,
          type: "Warning",
          eventTime: "2026-06-01T10:00:00.000123Z",
          action: "Scheduling",
          reportingComponent: "default-scheduler",
          reportingInstance: "default-scheduler-1",
        });
        expect(Object.keys(core.body)).toEqual([
          "kind",
          "apiVersion",
          "metadata",
          "involvedObject",
          "reason",
          "message",
          "source",
          "firstTimestamp",
          "lastTimestamp",
          "type",
          "eventTime",
          "action",
          "reportingComponent",
          "reportingInstance",
        ]);
      });

      it("cuts fractions of first and last time, and prints them in UTC", async () => {
        const namespace = await newNamespace();
        const created = await create(namespace, {
          firstTimestamp: "2026-06-01T10:00:00.987Z",
          lastTimestamp: "2026-06-01T12:00:01+02:00",
        });
        expect(created).toMatchObject({
          firstTimestamp: "2026-06-01T10:00:00Z",
          lastTimestamp: "2026-06-01T10:00:01Z",
        });
      });

      it("escapes what Go escapes, so that a line is one line", async () => {
        const namespace = await newNamespace();
        await create(namespace, { metadata: { name: "odd" }, message: "<a>&\u2028\u2029\n" });
        const { text, body } = await call("GET", `${eventsIn(namespace)}/odd`);
        expect(text).toContain(String.raw`\u003ca\u003e\u0026\u2028\u2029\n`);
        expect(body["message"]).toBe("<a>&\u2028\u2029\n");
      });

      it("drops unknown fields and empty ones", async () => {
        const namespace = await newNamespace();
        const created = await create(namespace, {
          nonsense: 1,
          count: 0,
          reason: "",
          action: "",
          related: null,
        });
        for (const key of ["nonsense", "count", "reason", "action", "related"])
          expect(created).not.toHaveProperty(key);
      });

      it("lists items without kind and apiVersion, an empty list as an empty array", async () => {
        const namespace = await newNamespace();
        const empty = await call("GET", eventsIn(namespace));
        expect(empty.body).toMatchObject({ kind: "EventList", apiVersion: "v1", items: [] });
        expect(Object.keys(empty.body["metadata"])).toEqual(["resourceVersion"]);
        await create(namespace);
        const { body } = await call("GET", eventsIn(namespace, NEW));
        expect(body).toMatchObject({ kind: "EventList", apiVersion: "events.k8s.io/v1" });
        expect(body["items"]).toHaveLength(1);
        expect(body["items"][0]).not.toHaveProperty("kind");
        expect(body["items"][0]).toHaveProperty("regarding");
      });

      it("tells its version and the uid of kube-system", async () => {
        expect((await call("GET", "/version")).body["gitVersion"]).toMatch(/^v1\.\d+/u);
        const first = await call("GET", `${CORE}/namespaces/kube-system`);
        const second = await call("GET", `${CORE}/namespaces/kube-system`);
        expect(first.body["metadata"].uid).toMatch(/^[0-9a-f-]{36}$/u);
        expect(second.body["metadata"].uid).toBe(first.body["metadata"].uid);
      });
    });

    describe("list", () => {
      it("gives all pages of one list the state of one version while writes go on", async () => {
        const namespace = await newNamespace();
        for (const letter of "abcdefg") await create(namespace, { metadata: { name: letter } });
        const first = await call("GET", `${eventsIn(namespace)}?limit=3`);
        expect(first.body["metadata"].remainingItemCount).toBe(4);
        const [, , third] = first.body["items"];
        await patch(third, { count: 9 });
        await create(namespace, { metadata: { name: "d1" } });
        await call("DELETE", `${eventsIn(namespace)}/e`);
        const second = await call(
          "GET",
          `${eventsIn(namespace)}?limit=3&continue=${first.body["metadata"].continue}`,
        );
        expect(second.body["metadata"].remainingItemCount).toBe(1);
        const last = await call(
          "GET",
          `${eventsIn(namespace)}?limit=3&continue=${second.body["metadata"].continue}`,
        );
        const pages = [first, second, last].map(({ body }) => body);
        expect(pages.flatMap((page) => namesOf(page))).toEqual("abcdefg".split(""));
        expect(new Set(pages.map((page) => page["metadata"].resourceVersion)).size).toBe(1);
        expect(last.body["metadata"]).not.toHaveProperty("continue");
        expect(last.body["metadata"]).not.toHaveProperty("remainingItemCount");
      });

      it("lists one namespace or all, in the order of keys", async () => {
        const [one, two] = [await newNamespace(), await newNamespace()];
        await create(two, { metadata: { name: "a" } });
        await create(one, { metadata: { name: "z" } });
        expect(namesOf((await call("GET", eventsIn(one))).body)).toEqual(["z"]);
        const all = (await call("GET", `${CORE}/events`)).body["items"] as Json[];
        const keys = all.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);
        expect(keys.filter((key) => key.startsWith(`${one}/`) || key.startsWith(`${two}/`))).toEqual([
          `${one}/z`,
          `${two}/a`,
        ]);
        expect(keys).toEqual(keys.toSorted((a, b) => (a < b ? -1 : 1)));
      });

      it("fills a page by matching Events and then counts nothing", async () => {
        const namespace = await newNamespace();
        for (const letter of "abcdef") {
          await create(namespace, {
            metadata: { name: letter },
            type: "ace".includes(letter) ? "Normal" : "Warning",
          });
        }
        const { body } = await call("GET", `${eventsIn(namespace)}?limit=2&fieldSelector=type%3DWarning`);
        expect(namesOf(body)).toEqual(["b", "d"]);
        expect(body["metadata"]).not.toHaveProperty("remainingItemCount");
        const rest = await call(
          "GET",
          `${eventsIn(namespace)}?limit=2&fieldSelector=type%3DWarning&continue=${body["metadata"].continue}`,
        );
        expect(namesOf(rest.body)).toEqual(["f"]);
      });

      it("shows the past with Exact, and with limit and a version alone", async () => {
        const namespace = await newNamespace();
        const old = await create(namespace, { metadata: { name: "a" } });
        const version = old["metadata"].resourceVersion;
        await create(namespace, { metadata: { name: "b" } });
        await patch(old, { count: 5 });
        for (const query of [
          `resourceVersion=${version}&resourceVersionMatch=Exact`,
          `resourceVersion=${version}&limit=9`,
        ]) {
          const { body } = await call("GET", `${eventsIn(namespace)}?${query}`);
          expect(body["metadata"].resourceVersion).toBe(version);
          expect(body["items"]).toMatchObject([{ metadata: { name: "a" }, count: 1 }]);
        }
        for (const query of [
          `resourceVersion=${version}&resourceVersionMatch=NotOlderThan`,
          `resourceVersion=${version}`,
          "resourceVersion=0",
        ]) {
          expect(namesOf((await call("GET", `${eventsIn(namespace)}?${query}`)).body)).toEqual(["a", "b"]);
        }
      });

      it.each([
        { query: "limit=1&resourceVersion=FUTURE&resourceVersionMatch=NotOlderThan" },
        { query: "resourceVersion=FUTURE" },
        { query: "resourceVersion=FUTURE&resourceVersionMatch=Exact" },
      ])("answers 504 to a version of the future: $query", async ({ query }) => {
        const future = String(BigInt(await currentVersion()) + 1000n);
        const { code, body } = await call("GET", `${CORE}/events?${query.replace("FUTURE", future)}`);
        expect(code).toBe(504);
        expect(body).toMatchObject({
          kind: "Status",
          status: "Failure",
          reason: "Timeout",
          code: 504,
          details: { causes: [{ reason: "ResourceVersionTooLarge" }] },
        });
        expect(body["message"]).toContain(`Too large resource version: ${future}`);
      });

      it.each([
        {
          query: "resourceVersionMatch=Exact",
          code: 422,
          says: "forbidden unless resourceVersion is provided",
        },
        { query: "resourceVersion=0&resourceVersionMatch=Exact", code: 422, says: '"exact" is forbidden' },
        {
          query: "resourceVersion=1&resourceVersionMatch=Newest",
          code: 422,
          says: 'Unsupported value: "Newest"',
        },
        { query: "resourceVersion=abc", code: 400, says: 'parsing "abc": invalid syntax' },
        { query: "limit=abc", code: 400, says: 'parsing "abc": invalid syntax' },
        { query: "limit=1&continue=rubbish", code: 400, says: "invalid continue token" },
        { query: "fieldSelector=note%3Dx", code: 400, says: "field label not supported: note" },
        { query: "fieldSelector=regarding.kind%3DPod", code: 400, says: "not supported: regarding.kind" },
        { query: "fieldSelector=type", code: 400, says: "invalid selector: 'type'; can't understand 'type'" },
        { query: "watch=1&resourceVersion=abc", code: 500, says: 'parsing "abc": invalid syntax' },
        {
          query: "watch=1&resourceVersion=1&resourceVersionMatch=NotOlderThan",
          code: 422,
          says: "forbidden for watch",
        },
      ])("answers $code to ?$query", async ({ query, code, says }) => {
        const answer = await call("GET", `${CORE}/events?${query}`);
        expect(answer.body).toMatchObject({ kind: "Status", status: "Failure", code });
        expect(answer.body["message"]).toContain(says);
        expect(answer.code).toBe(code);
      });

      it.each(["resourceVersion=abc", "limit=abc", "fieldSelector=note%3Dx"])(
        "calls a bad query a BadRequest: ?%s",
        async (query) => {
          expect((await call("GET", `${CORE}/events?${query}`)).body["reason"]).toBe("BadRequest");
        },
      );

      it.each([
        { method: "GET", path: "/api/v1/nonsense", code: 404, reason: "NotFound" },
        { method: "POST", path: "/api/v1/events", code: 405, reason: "MethodNotAllowed" },
      ])("answers $code to $method $path", async ({ method, path, code, reason }) => {
        const answer = await call(method, path, method === "GET" ? undefined : {});
        expect(answer).toMatchObject({ code, body: { kind: "Status", code, reason } });
      });

      it("refuses a version together with a token", async () => {
        const namespace = await newNamespace();
        for (const letter of "ab") await create(namespace, { metadata: { name: letter } });
        const { body } = await call("GET", `${eventsIn(namespace)}?limit=1`);
        const token = body["metadata"].continue;
        const version = body["metadata"].resourceVersion;
        const answer = await call(
          "GET",
          `${eventsIn(namespace)}?limit=1&continue=${token}&resourceVersion=${version}`,
        );
        expect(answer.code).toBe(400);
      });
    });

    describe("field selectors", () => {
      it.each([
        { base: CORE, selector: "type=Warning", names: ["legacy", "new"] },
        { base: CORE, selector: "type!=Warning", names: [] },
        { base: CORE, selector: "reason==BackOff", names: ["legacy"] },
        { base: CORE, selector: "involvedObject.kind=Pod,reason!=BackOff", names: ["new"] },
        { base: CORE, selector: "involvedObject.name=web,involvedObject.uid=u-1", names: ["legacy"] },
        { base: CORE, selector: "source=kubelet", names: ["legacy"] },
        { base: CORE, selector: "source=default-scheduler", names: ["new"] },
        { base: CORE, selector: "reportingComponent=default-scheduler", names: ["new"] },
        { base: CORE, selector: "metadata.name=legacy", names: ["legacy"] },
        { base: NEW, selector: "regarding.name=web", names: ["legacy", "new"] },
        { base: NEW, selector: "reportingController=default-scheduler", names: ["new"] },
        { base: NEW, selector: "metadata.namespace=elsewhere", names: [] },
      ])("selects $names by $selector in $base", async ({ base, selector, names }) => {
        const namespace = await newNamespace();
        await create(namespace, { metadata: { name: "legacy" } });
        await call(
          "POST",
          eventsIn(namespace, NEW),
          newStyleEvent(namespace, { metadata: { name: "new", namespace } }),
        );
        const { body } = await call(
          "GET",
          `${eventsIn(namespace, base)}?fieldSelector=${encodeURIComponent(selector)}`,
        );
        expect(namesOf(body)).toEqual(names);
      });

      it.each(["source=kubelet", "involvedObject.kind=Pod", "reportingComponent=x"])(
        "are refused in events.k8s.io/v1 when spelt as in core/v1: %s",
        async (selector) => {
          const { code } = await call("GET", `${NEW}/events?fieldSelector=${encodeURIComponent(selector)}`);
          expect(code).toBe(400);
        },
      );
    });

    describe("watch", () => {
      it("goes on after the version of a list, in the order of versions", async () => {
        const namespace = await newNamespace();
        await create(namespace, { metadata: { name: "before" } });
        const list = await call("GET", eventsIn(namespace));
        const event = await create(namespace, { metadata: { name: "a" } });
        const stream = await watch(
          `${eventsIn(namespace)}?watch=true&resourceVersion=${list.body["metadata"].resourceVersion}`,
        );
        const patched = await patch(event, { count: 2 });
        await call("DELETE", `${eventsIn(namespace)}/a`);
        const lines = await stream.take(3);
        expect(lines.map(({ type }) => type)).toEqual(["ADDED", "MODIFIED", "DELETED"]);
        expect(lines[0]?.object).toEqual(event);
        expect(lines[1]?.object).toEqual(patched);
        const versions = lines.map(({ object }) => BigInt(object["metadata"].resourceVersion));
        expect(versions[0]).toBeLessThan(versions[1]!);
        expect(versions[1]).toBeLessThan(versions[2]!);
        expect(lines[2]?.object).toEqual({
          ...patched,
          metadata: { ...patched["metadata"], resourceVersion: String(versions[2]) },
        });
      });

      it.each(["", "&resourceVersion=0"])(
        "starts with every object in key order without a version%s",
        async (query) => {
          const namespace = await newNamespace();
          for (const letter of "bca") await create(namespace, { metadata: { name: letter } });
          const stream = await watch(`${eventsIn(namespace)}?watch=1${query}`);
          await create(namespace, { metadata: { name: "0" } });
          const lines = await stream.take(4);
          expect(lines.map(({ type, object }) => `${type} ${object["metadata"].name}`)).toEqual([
            "ADDED a",
            "ADDED b",
            "ADDED c",
            "ADDED 0",
          ]);
        },
      );

      it("sees one order of versions in both groups and in all namespaces", async () => {
        const namespace = await newNamespace();
        const from = await currentVersion();
        const streams = [
          await watch(`${CORE}/events?watch=1&resourceVersion=${from}`),
          await watch(`${eventsIn(namespace, NEW)}?watch=1&resourceVersion=${from}`),
        ];
        const event = await create(namespace);
        await patch(event, { message: "Back-off again" });
        const [core, newStyle] = await Promise.all(streams.map((stream) => stream.take(2)));
        const idsOf = (lines: readonly Line[] | undefined): unknown =>
          lines?.map(({ type, object }) => [
            type,
            object["metadata"].uid,
            object["metadata"].resourceVersion,
          ]);
        expect(idsOf(newStyle)).toEqual(idsOf(core));
        expect(newStyle?.[1]?.object).toMatchObject({
          apiVersion: "events.k8s.io/v1",
          note: "Back-off again",
        });
      });

      it("turns what enters a selection into ADDED and what leaves it into DELETED with the old body", async () => {
        const namespace = await newNamespace();
        const event = await create(namespace, { type: "Normal" });
        const stream = await watch(
          `${eventsIn(namespace)}?watch=1&resourceVersion=${event["metadata"].resourceVersion}&fieldSelector=type%3DWarning`,
        );
        await patch(event, { type: "Warning", count: 2 });
        await patch(event, { count: 3 });
        const left = await patch(event, { type: "Normal", count: 4 });
        await patch(event, { count: 5 });
        const again = await patch(event, { type: "Warning", count: 6 });
        await call("DELETE", `${eventsIn(namespace)}/${event["metadata"].name}`);
        const lines = await stream.take(5);
        expect(lines.map(({ type, object }) => [type, object["type"], object["count"]])).toEqual([
          ["ADDED", "Warning", 2],
          ["MODIFIED", "Warning", 3],
          ["DELETED", "Warning", 3],
          ["ADDED", "Warning", 6],
          ["DELETED", "Warning", 6],
        ]);
        expect(lines[2]?.object["metadata"].resourceVersion).toBe(left["metadata"].resourceVersion);
        expect(lines[3]?.object["metadata"].resourceVersion).toBe(again["metadata"].resourceVersion);
      });

      it("says nothing of a patch that changes nothing, and writes nothing", async () => {
        const namespace = await newNamespace();
        const event = await create(namespace);
        const stream = await watch(
          `${eventsIn(namespace)}?watch=1&resourceVersion=${event["metadata"].resourceVersion}`,
        );
        const same = await patch(event, { count: 1 });
        expect(same["metadata"].resourceVersion).toBe(event["metadata"].resourceVersion);
        const changed = await patch(event, { count: 2 });
        const [line] = await stream.take(1);
        expect(line?.object).toEqual(changed);
      });

      it("accepts a version of the future in silence", async () => {
        const namespace = await newNamespace();
        const future = BigInt(await currentVersion()) + 1000n;
        const stream = await watch(`${eventsIn(namespace)}?watch=1&resourceVersion=${future}`);
        expect(stream.code).toBe(200);
        await create(namespace);
        expect(await stream.isQuiet()).toBe(true);
      });

      it("ends cleanly after timeoutSeconds, without a bookmark", async () => {
        const namespace = await newNamespace();
        const stream = await watch(
          `${eventsIn(namespace)}?watch=1&resourceVersion=${await currentVersion()}&timeoutSeconds=1&allowWatchBookmarks=true`,
        );
        expect(await stream.rest()).toEqual([]);
      });

      it("delivers a burst whole and in order to a reader that was late", async () => {
        const namespace = await newNamespace();
        const stream = await watch(
          `${eventsIn(namespace)}?watch=1&resourceVersion=${await currentVersion()}`,
        );
        const event = await create(namespace, { message: "x".repeat(4000) });
        for (let count = 2; count <= 60; count++) await patch(event, { count });
        const lines = await stream.take(60);
        expect(lines.map(({ object }) => object["count"])).toEqual(
          Array.from({ length: 60 }, (_, index) => index + 1),
        );
      });
    });

    describe("compaction", () => {
      it("makes an old version 410: in the stream of a watch, as an answer to an exact list", async () => {
        const namespace = await newNamespace();
        const event = await create(namespace);
        await patch(event, { count: 2 });
        const last = await patch(event, { count: 3 });
        const version = last["metadata"].resourceVersion;
        await api.compact(version);
        const old = event["metadata"].resourceVersion;
        const stream = await watch(`${eventsIn(namespace)}?watch=1&resourceVersion=${old}`);
        expect(stream.code).toBe(200);
        expect(await stream.rest()).toEqual([
          {
            type: "ERROR",
            object: {
              kind: "Status",
              apiVersion: "v1",
              metadata: {},
              status: "Failure",
              message: "The resourceVersion for the provided watch is too old.",
              reason: "Expired",
              code: 410,
            },
          },
        ]);
        const exact = await call(
          "GET",
          `${eventsIn(namespace)}?resourceVersion=${old}&resourceVersionMatch=Exact`,
        );
        expect(exact.body).toMatchObject({ code: 410, reason: "Expired" });
        const fresh = await call(
          "GET",
          `${eventsIn(namespace)}?resourceVersion=${old}&resourceVersionMatch=NotOlderThan&limit=1`,
        );
        expect(fresh.code).toBe(200);
        const after = await watch(`${eventsIn(namespace)}?watch=1&resourceVersion=${version}`);
        await patch(event, { count: 4 });
        expect((await after.take(1))[0]?.object["count"]).toBe(4);
      });

      it("makes a continue token 410, with a token for an inconsistent rest", async () => {
        const namespace = await newNamespace();
        for (const letter of "abc") await create(namespace, { metadata: { name: letter } });
        const first = await call("GET", `${eventsIn(namespace)}?limit=1`);
        const last = await create(namespace, { metadata: { name: "d" } });
        await create(namespace, { metadata: { name: "e" } });
        await api.compact(last["metadata"].resourceVersion);
        const expired = await call(
          "GET",
          `${eventsIn(namespace)}?limit=1&continue=${first.body["metadata"].continue}`,
        );
        expect(expired.code).toBe(410);
        expect(expired.body).toMatchObject({ reason: "Expired", code: 410, status: "Failure" });
        const rest = await call(
          "GET",
          `${eventsIn(namespace)}?continue=${expired.body["metadata"].continue}`,
        );
        expect(namesOf(rest.body)).toEqual(["b", "c", "d", "e"]);
      });

      it("still serves the version just below, but fails there when the change was an update", async () => {
        const namespace = await newNamespace();
        const created = await create(namespace);
        await api.compact(created["metadata"].resourceVersion);
        const below = await watch(`${eventsIn(namespace)}?watch=1&resourceVersion=${olderBy(1n, created)}`);
        expect((await below.take(1))[0]).toMatchObject({ type: "ADDED", object: { count: 1 } });
        const patched = await patch(created, { count: 2 });
        await api.compact(patched["metadata"].resourceVersion);
        const broken = await watch(`${eventsIn(namespace)}?watch=1&resourceVersion=${olderBy(1n, patched)}`);
        const [line] = await broken.rest();
        expect(line).toMatchObject({ type: "ERROR", object: { code: 500, reason: "InternalError" } });
        expect(line?.object["message"]).toContain("PrevKv=nil");
      });

      it("disturbs no open watch", async () => {
        const namespace = await newNamespace();
        const event = await create(namespace);
        const stream = await watch(
          `${eventsIn(namespace)}?watch=1&resourceVersion=${event["metadata"].resourceVersion}`,
        );
        const patched = await patch(event, { count: 2 });
        await api.compact(patched["metadata"].resourceVersion);
        await patch(event, { count: 3 });
        expect((await stream.take(2)).map(({ object }) => object["count"])).toEqual([2, 3]);
      });
    });

    describe("write", () => {
      it("makes a name of generateName", async () => {
        const namespace = await newNamespace();
        const made = [];
        for (let index = 0; index < 2; index++) {
          made.push(await create(namespace, { metadata: { name: undefined, generateName: "test-" } }));
        }
        const names = made.map(({ metadata }) => metadata.name as string);
        expect(names).toEqual([
          expect.stringMatching(/^test-[a-z0-9]{5}$/u),
          expect.stringMatching(/^test-[a-z0-9]{5}$/u),
        ]);
        expect(names[0]).not.toBe(names[1]);
        expect(made[0]?.["metadata"].generateName).toBe("test-");
      });

      it("ignores uid, version and time that a creator gives", async () => {
        const namespace = await newNamespace();
        const given = { name: "a", uid: "mine", creationTimestamp: "2001-01-01T00:00:00Z" };
        const { metadata } = await create(namespace, { metadata: given });
        expect(metadata.uid).not.toBe("mine");
        expect(metadata.creationTimestamp).not.toBe("2001-01-01T00:00:00Z");
      });

      it("answers 409 to a name that is taken, 404 to what is not there", async () => {
        const namespace = await newNamespace();
        await create(namespace, { metadata: { name: "a" } });
        const again = await call(
          "POST",
          eventsIn(namespace),
          legacyEvent(namespace, { metadata: { name: "a" } }),
        );
        expect(again.body).toMatchObject({
          code: 409,
          reason: "AlreadyExists",
          message: 'events "a" already exists',
          details: { name: "a", kind: "events" },
        });
        for (const [method, body] of [["GET"], ["DELETE"], ["PATCH", { count: 2 }]] as const) {
          const { body: status } = await call(method, `${eventsIn(namespace, NEW)}/none`, body, MERGE);
          expect(status).toMatchObject({
            code: 404,
            reason: "NotFound",
            message: 'events.events.k8s.io "none" not found',
            details: { name: "none", group: "events.k8s.io", kind: "events" },
          });
        }
        const nowhere = await call("POST", eventsIn("nowhere"), legacyEvent("nowhere", {}));
        expect(nowhere.body).toMatchObject({ code: 404, message: 'namespaces "nowhere" not found' });
      });

      it.each([MERGE, STRATEGIC])("patches by %s; null removes", async (type) => {
        const namespace = await newNamespace();
        await create(namespace, { metadata: { name: "a", annotations: { x: "1", y: "2" } } });
        const change = { count: 7, reason: null, metadata: { annotations: { x: null } } };
        const { body } = await call("PATCH", `${eventsIn(namespace)}/a`, change, type);
        expect(body).toMatchObject({ count: 7, message: "Back-off", metadata: { annotations: { y: "2" } } });
        expect(body).not.toHaveProperty("reason");
        expect(body["metadata"].annotations).not.toHaveProperty("x");
      });

      it("refuses a patch of another kind with 415", async () => {
        const namespace = await newNamespace();
        await create(namespace, { metadata: { name: "a" } });
        const { code } = await call("PATCH", `${eventsIn(namespace)}/a`, {}, "application/json");
        expect(code).toBe(415);
      });

      it("replaces by PUT: creates, updates without a version, and refuses a stale one", async () => {
        const namespace = await newNamespace();
        const path = `${eventsIn(namespace)}/a`;
        const event = legacyEvent(namespace, { metadata: { name: "a", namespace } });
        const created = await call("PUT", path, event);
        expect(created.code).toBe(201);
        const updated = await call("PUT", path, { ...event, count: 2, message: undefined });
        expect(updated).toMatchObject({ code: 200, body: { count: 2 } });
        expect(updated.body).not.toHaveProperty("message");
        expect(updated.body["metadata"].uid).toBe(created.body["metadata"].uid);
        const stale = await call("PUT", path, { ...created.body, count: 3 });
        expect(stale.body).toMatchObject({ code: 409, reason: "Conflict" });
        const fresh = await call("PUT", path, { ...updated.body, count: 3 });
        expect(fresh).toMatchObject({ code: 200, body: { count: 3 } });
        const other = await call("PUT", `${path}b`, created.body);
        expect(other.code).toBe(400);
      });

      it("deletes, answering with success, once", async () => {
        const namespace = await newNamespace();
        const { metadata } = await create(namespace, { metadata: { name: "a" } });
        const { body } = await call("DELETE", `${eventsIn(namespace)}/a`);
        expect(body).toMatchObject({
          kind: "Status",
          status: "Success",
          details: { name: "a", kind: "events", uid: metadata.uid },
        });
        expect((await call("DELETE", `${eventsIn(namespace)}/a`)).code).toBe(404);
        const again = await create(namespace, { metadata: { name: "a" } });
        expect(again["metadata"].uid).not.toBe(metadata.uid);
      });

      it.each([
        "2026-06-01T10:00:00.123Z",
        "2026-06-01T10:00:00Z",
        "2026-06-01T10:00:00.1234567Z",
        "yesterday",
        "",
      ])("refuses an eventTime that has not six digits: %s", async (eventTime) => {
        const namespace = await newNamespace();
        const { code } = await call(
          "POST",
          eventsIn(namespace, NEW),
          newStyleEvent(namespace, { eventTime }),
        );
        expect(code).toBe(400);
      });

      it.each([
        { fault: "no JSON object", body: [] },
        { fault: "a number as reason", body: { reason: 1 } },
        { fault: "a fraction as count", body: { count: 1.5 } },
        { fault: "a word as firstTimestamp", body: { firstTimestamp: "now" } },
        { fault: "another apiVersion", body: { apiVersion: "events.k8s.io/v1", kind: "Event" } },
        { fault: "another namespace", body: { metadata: { name: "a", namespace: "elsewhere" } } },
      ])("answers 400 to $fault", async ({ body }) => {
        const namespace = await newNamespace();
        const event = Array.isArray(body) ? body : legacyEvent(namespace, body);
        expect((await call("POST", eventsIn(namespace), event)).code).toBe(400);
      });

      const legacyFaults: readonly Fault[] = [
        {
          fault: "an object in another namespace",
          change: { involvedObject: { namespace: "x" } },
          field: "involvedObject.namespace",
        },
        {
          fault: "an object in no namespace",
          change: { involvedObject: {} },
          field: "involvedObject.namespace",
        },
        { fault: "no name", change: { metadata: { name: undefined } }, field: "metadata.name" },
        { fault: "a slash in the name", change: { metadata: { name: "a%b" } }, field: "metadata.name" },
        {
          fault: "an eventTime but no reporter",
          change: { eventTime: "2026-06-01T10:00:00.000000Z", action: "a" },
          field: "reportingComponent",
        },
      ];
      it.each(legacyFaults)("answers 422 in core/v1 to $fault", async ({ change, field }) => {
        const namespace = await newNamespace();
        const { body } = await call("POST", eventsIn(namespace), legacyEvent(namespace, change));
        expect(body).toMatchObject({ code: 422, reason: "Invalid" });
        expect(fieldsOf(body)).toContain(field);
      });

      it.each<Fault>([
        { fault: "no eventTime", change: { eventTime: undefined }, field: "eventTime" },
        { fault: "another type", change: { type: "Error" }, field: "type" },
        { fault: "no action", change: { action: undefined }, field: "action" },
        { fault: "a long action", change: { action: "x".repeat(129) }, field: "action" },
        { fault: "no reason", change: { reason: "" }, field: "reason" },
        { fault: "a long note, in bytes", change: { note: "ä".repeat(513) }, field: "message" },
        { fault: "no controller", change: { reportingController: "" }, field: "reportingController" },
        { fault: "an odd controller", change: { reportingController: "a b" }, field: "reportingController" },
        { fault: "no instance", change: { reportingInstance: undefined }, field: "reportingInstance" },
        {
          fault: "a series of one",
          change: { series: { count: 1, lastObservedTime: "2026-06-01T10:00:00.000000Z" } },
          field: "series.count",
        },
        {
          fault: "a series without a time",
          change: { series: { count: 2, lastObservedTime: null } },
          field: "series.lastObservedTime",
        },
        { fault: "a count", change: { deprecatedCount: 1 }, field: "count" },
        { fault: "a source", change: { deprecatedSource: { component: "x" } }, field: "source" },
        {
          fault: "a first time",
          change: { deprecatedFirstTimestamp: "2026-06-01T10:00:00Z" },
          field: "firstTimestamp",
        },
        { fault: "a name with capitals", change: { metadata: { name: "A" } }, field: "metadata.name" },
      ])("answers 422 in events.k8s.io/v1 to $fault", async ({ change, field }) => {
        const namespace = await newNamespace();
        const { body } = await call("POST", eventsIn(namespace, NEW), newStyleEvent(namespace, change));
        expect(body).toMatchObject({ code: 422, reason: "Invalid" });
        expect(fieldsOf(body)).toContain(field);
      });

      it.each([
        { what: "any type and no reason", change: { type: "Odd", reason: "" } },
        {
          what: "an eventTime and an object elsewhere",
          change: {
            ...reporter(),
            eventTime: "2026-06-01T10:00:00.000000Z",
            involvedObject: { kind: "Pod", namespace: "x" },
          },
        },
        { what: "capitals in the name", change: { metadata: { name: "Web.1" } } },
        { what: "a long message", change: { message: "x".repeat(5000) } },
      ])("takes $what in core/v1", async ({ change }) => {
        await create(await newNamespace(), change);
      });

      it("takes Events about cluster-scoped objects in default", async () => {
        const change = {
          metadata: { generateName: "node-1." },
          involvedObject: { kind: "Node", name: "node-1" },
        };
        const event = await create("default", change);
        expect(event["involvedObject"]).toEqual({ kind: "Node", name: "node-1" });
        await call("DELETE", `${eventsIn("default")}/${event["metadata"].name}`);
      });

      it("lets events.k8s.io/v1 change the series and nothing else; core/v1 may change all", async () => {
        const namespace = await newNamespace();
        await call("POST", eventsIn(namespace, NEW), newStyleEvent(namespace));
        const path = `${eventsIn(namespace, NEW)}/web.2`;
        const series = { count: 2, lastObservedTime: "2026-06-01T10:05:00.000001Z" };
        expect(await call("PATCH", path, { series }, STRATEGIC)).toMatchObject({
          code: 200,
          body: { series },
        });
        const note = await call("PATCH", path, { note: "other" }, MERGE);
        expect(note.body).toMatchObject({ code: 422, reason: "Invalid" });
        expect(fieldsOf(note.body)).toContain("message");
        const core = await call("PATCH", `${eventsIn(namespace)}/web.2`, { message: "other" }, MERGE);
        expect(core).toMatchObject({ code: 200, body: { message: "other", series } });
      });
    });
  });
}

/** That Events end by their time to live. */
export function describeEventExpiry(name: string, start: () => Promise<ExpiringEventsApi>): void {
  describe(`Event expiry: ${name}`, () => {
    it("deletes Events of one lease in one version, renews by an update and not by a patch that changes nothing", async () => {
      const api = await start();
      try {
        const path = `${CORE}/namespaces/default/events`;
        const post = async (event: string): Promise<void> => {
          const body = JSON.stringify(legacyEvent("default", { metadata: { name: event } }));
          expect(
            (
              await api.request(path, {
                method: "POST",
                body,
                headers: { "Content-Type": "application/json" },
              })
            ).status,
          ).toBe(201);
        };
        for (const event of ["a", "b", "c"]) await post(event);
        const list = (await (await api.request(path)).json()) as Json;
        const stream = await openWatch(
          api,
          `${path}?watch=1&resourceVersion=${list["metadata"].resourceVersion}`,
        );
        const noOp = {
          method: "PATCH",
          body: JSON.stringify({ count: 1 }),
          headers: { "Content-Type": MERGE },
        };
        expect((await api.request(`${path}/b`, noOp)).status).toBe(200);
        await api.letExpire();
        const lines = await stream.take(3);
        stream.close();
        expect(lines.map(({ type, object }) => `${type} ${object["metadata"].name}`)).toEqual([
          "DELETED a",
          "DELETED b",
          "DELETED c",
        ]);
        expect(new Set(lines.map(({ object }) => object["metadata"].resourceVersion)).size).toBe(1);
        expect(BigInt(lines[0]?.object["metadata"].resourceVersion)).toBeGreaterThan(
          BigInt(list["metadata"].resourceVersion),
        );
        expect((await api.request(`${path}/a`)).status).toBe(404);
      } finally {
        await api.stop();
      }
    });
  });
}

interface Fault {
  readonly fault: string;
  readonly change: Json;
  readonly field: string;
}

interface Line {
  readonly type: string;
  readonly object: Json;
}

interface Watch {
  readonly code: number;
  /** The next lines; fails when they do not come. */
  take(count: number): Promise<readonly Line[]>;
  /** All lines until the server ends the stream. */
  rest(): Promise<readonly Line[]>;
  /** Whether no line comes for a while and the stream stays open. */
  isQuiet(): Promise<boolean>;
  close(): void;
}

async function openWatch(api: EventsApiUnderTest, path: string): Promise<Watch> {
  const controller = new AbortController();
  const response = await api.request(path, { signal: controller.signal });
  const lines = readLines(response);
  let pending: Promise<IteratorResult<Line>> | undefined;
  const next = async (withinMs: number): Promise<IteratorResult<Line> | "late"> => {
    pending ??= lines.next();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<"late">((resolve) => {
      timer = setTimeout(() => resolve("late"), withinMs);
    });
    const result = await Promise.race([pending, late]);
    clearTimeout(timer);
    if (result !== "late") pending = undefined;
    return result;
  };
  return {
    code: response.status,
    take: async (count) => {
      const taken: Line[] = [];
      while (taken.length < count) {
        const result = await next(LINE_WITHIN_MS);
        if (result === "late" || result.done === true) {
          throw new Error(
            `${result === "late" ? "no line in time" : "the stream ended"} after ${JSON.stringify(taken)}`,
          );
        }
        taken.push(result.value);
      }
      return taken;
    },
    rest: async () => {
      const taken: Line[] = [];
      for (;;) {
        const result = await next(LINE_WITHIN_MS);
        if (result === "late") throw new Error(`the stream does not end after ${JSON.stringify(taken)}`);
        if (result.done === true) return taken;
        taken.push(result.value);
      }
    },
    isQuiet: async () => (await next(QUIET_MS)) === "late",
    close: () => {
      pending?.catch(() => undefined);
      controller.abort();
    },
  };
}

async function* readLines(response: Response): AsyncGenerator<Line, undefined> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    const lines = text.split("\n");
    text = lines.pop() ?? "";
    for (const line of lines) {
      const { type, object } = JSON.parse(line) as Line;
      yield { type, object: withoutManagedFields(object) };
    }
  }
}

function legacyEvent(namespace: string, change: Json): Json {
  return {
    metadata: { name: "web.1" },
    involvedObject: { kind: "Pod", namespace, name: "web", uid: "u-1", apiVersion: "v1" },
    reason: "BackOff",
    message: "Back-off",
    source: { component: "kubelet", host: "node-1" },
    firstTimestamp: "2026-06-01T10:00:00Z",
    lastTimestamp: "2026-06-01T10:00:05Z",
    count: 1,
    type: "Warning",
    ...change,
  };
}

function newStyleEvent(namespace: string, change: Json = {}): Json {
  return {
    metadata: { name: "web.2", namespace },
    regarding: { kind: "Pod", namespace, name: "web", apiVersion: "v1" },
    eventTime: "2026-06-01T10:00:00.000123Z",
    reportingController: "default-scheduler",
    reportingInstance: "default-scheduler-1",
    action: "Scheduling",
    reason: "FailedScheduling",
    note: "no nodes",
    type: "Warning",
    ...change,
  };
}

function reporter(): Json {
  return { reportingComponent: "example.com/reporter", reportingInstance: "reporter-1", action: "Acting" };
}

function namesOf(list: Json): string[] {
  return (list["items"] as Json[]).map(({ metadata }) => metadata.name as string);
}

function fieldsOf(status: Json): string[] {
  return ((status["details"]?.causes ?? []) as { readonly field: string }[]).map(({ field }) => field);
}

function olderBy(steps: bigint, event: Json): bigint {
  return BigInt(event["metadata"].resourceVersion) - steps;
}

/** The one thing the embedded server leaves out: who wrote which field. */
function withoutManagedFields(body: Json): Json {
  for (const object of [body, ...((body["items"] ?? []) as Json[])]) delete object["metadata"]?.managedFields;
  return body;
}
