import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { type ApiClient, connect } from "../../src/kube/index.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { type Logger, silentLogger } from "../../src/lib/log.ts";
import { Metrics } from "../../src/lib/metrics.ts";
import { LookUp } from "../../src/lookup/index.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { ScriptedApiServer } from "../support/scripted-api-server.ts";
import { asked } from "./asked.ts";

/** Look-ups over real HTTP. */
class Bed implements AsyncDisposable {
  readonly server: ScriptedApiServer;
  readonly client: ApiClient;
  readonly clock = new FakeClock();
  readonly metrics = new Metrics();
  readonly warnings: string[] = [];
  readonly lookUp: LookUp;
  keepsTexts = true;

  private constructor(server: ScriptedApiServer, client: ApiClient) {
    this.server = server;
    this.client = client;
    const log: Logger = { ...silentLogger, warn: (message) => void this.warnings.push(message) };
    this.lookUp = new LookUp({
      cluster: "test",
      namespaces: [],
      keepsTexts: () => this.keepsTexts,
      client,
      clock: this.clock,
      log,
      metrics: this.metrics,
    });
  }

  static async open(): Promise<Bed> {
    const server = await ScriptedApiServer.start();
    const kubeconfig = join(mkdtempSync(join(tmpdir(), "tocsin-look-up-")), "kubeconfig");
    writeFileSync(
      kubeconfig,
      JSON.stringify({
        "current-context": "c",
        contexts: [{ name: "c", context: { cluster: "c", user: "u" } }],
        clusters: [{ name: "c", cluster: { server: server.url } }],
        users: [{ name: "u", user: { token: "t" } }],
      }),
    );
    const context = { env: {}, clock: systemClock, log: silentLogger };
    return new Bed(server, await connect({ kubeconfig, context: "" }, context));
  }

  /** The server knows these objects, by path, and who controls each. */
  has(objects: Readonly<Record<string, readonly object[] | undefined>>): void {
    this.server.always("other", (reply, { path }) => {
      if (!(path in objects)) reply.refuseAsGone(path);
      else reply.json({ kind: "PartialObjectMetadata", metadata: { ownerReferences: objects[path] } });
    });
  }

  /** `object owner` of every row. */
  async find(...objects: readonly string[]): Promise<readonly string[]> {
    return (await this.lookUp.find(objects))
      .map(({ object, owner }) => `${object} ${owner}`.trim())
      .toSorted();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.client.close();
    await this.server[Symbol.asyncDispose]();
  }
}

const POD = "/api/v1/namespaces/shop/pods/web-5d4-x";
const REPLICA_SET = "/apis/apps/v1/namespaces/shop/replicasets/web-5d4";

describe("who owns an object", () => {
  it("is asked by metadata alone, from the pod to the workload", async () => {
    await using bed = await Bed.open();
    bed.has({
      [POD]: [
        { kind: "Other", name: "friend" },
        { kind: "ReplicaSet", name: "web-5d4", controller: true },
      ],
      [REPLICA_SET]: [{ kind: "Deployment", name: "web", controller: true }],
    });
    expect(await bed.find("test/Pod/shop/web-5d4-x")).toEqual([
      "test/Pod/shop/web-5d4-x ReplicaSet/web-5d4",
      "test/ReplicaSet/shop/web-5d4 Deployment/web",
    ]);
    expect(bed.server.requests.map(({ path }) => path)).toEqual([POD, REPLICA_SET]);
    expect(bed.server.requests[0]?.headers.accept).toContain("as=PartialObjectMetadata");
  });

  it("is nobody where there is none, or the object is gone", async () => {
    await using bed = await Bed.open();
    bed.has({ [POD]: undefined });
    expect(await bed.find("test/Pod/shop/web-5d4-x", "test/Pod/shop/gone", "test/Job/shop/gone")).toEqual([
      "test/Job/shop/gone",
      "test/Pod/shop/gone",
      "test/Pod/shop/web-5d4-x",
    ]);
    expect(await bed.metrics.text()).toContain(
      'tocsin_look_ups_total{resource="jobs.batch",outcome="gone"} 1',
    );
    expect(bed.warnings).toEqual([]);
  });

  it("is not asked of other kinds, and names of objects are no paths", async () => {
    await using bed = await Bed.open();
    bed.has({});
    expect(await bed.find("test/Node//n1", "test/Deployment/shop/web")).toEqual([]);
    expect(
      await bed.find("test/Pod/shop/..", "test/Pod/../web", "test/Pod/shop/a?watch=1", "test/Pod/shop/"),
    ).toEqual([]);
    expect(await bed.find("test/Namespace//..", "test/Namespace//a%2Fb", "test/Namespace/shop/a")).toEqual(
      [],
    );
    expect(bed.server.requests).toEqual([]);
  });

  it("is nobody where the owner's kind is no kind", async () => {
    await using bed = await Bed.open();
    bed.has({ [POD]: [{ kind: "Pod/other", name: "x", controller: true }] });
    expect(await bed.find("test/Pod/shop/web-5d4-x")).toEqual(["test/Pod/shop/web-5d4-x"]);
  });

  it("is not asked any more when the time of the batch is up", async () => {
    await using bed = await Bed.open();
    let late: Promise<void> | undefined;
    bed.server.always("other", (reply) => {
      late ??= bed.clock.advance(1001);
      void late.then(() => reply.json({ metadata: {} }));
    });
    const pods = Array.from({ length: 20 }, (_, index) => `test/Pod/shop/p${index}`);
    expect(await bed.find(...pods)).toHaveLength(8);
    expect(bed.server.count("other")).toBe(8);
    expect(await bed.metrics.text()).not.toContain('outcome="failed"');
  });

  it("is not asked again for ten minutes when that is forbidden, and said once", async () => {
    await using bed = await Bed.open();
    bed.server.always("other", (reply) => reply.refuse(403, { reason: "Forbidden" }));
    expect(await bed.find("test/Pod/shop/a")).toEqual([]);
    expect(await bed.find("test/Pod/shop/b")).toEqual([]);
    expect(bed.server.count("other")).toBe(1);
    await bed.clock.advance(500_000);
    expect(await bed.find("test/Pod/shop/b")).toEqual([]);
    expect(bed.server.count("other")).toBe(1);
    await bed.clock.advance(101_000);
    await bed.find("test/Pod/shop/b");
    expect(bed.server.count("other")).toBe(2);
    expect(bed.warnings).toEqual([expect.stringContaining("allow get on pods (tocsin rbac)")]);
  });

  it("names each kind that it may not read", async () => {
    await using bed = await Bed.open();
    bed.server.always("other", (reply) => reply.refuse(403, { reason: "Forbidden" }));
    await bed.find("test/Pod/shop/a");
    await bed.lookUp.describe([asked("test/Namespace//shop")]);
    expect(bed.warnings).toEqual([
      expect.stringContaining("allow get on pods "),
      expect.stringContaining("allow get on namespaces "),
    ]);
  });

  it("is still asked of kinds that may be read when another may not", async () => {
    await using bed = await Bed.open();
    bed.server.always("other", (reply, { path }) => {
      if (path.startsWith("/api/v1/namespaces/shop/")) reply.json({ metadata: { labels: { app: "web" } } });
      else reply.refuse(403, { reason: "Forbidden" });
    });
    expect([...(await bed.lookUp.describe([asked("test/Namespace//shop")])).keys()]).toEqual([]);
    expect([
      ...(
        await bed.lookUp.describe(["test/Namespace//shop", "test/Pod/shop/a"].map((object) => asked(object)))
      ).keys(),
    ]).toEqual(["test/Pod/shop/a"]);
    expect(bed.server.count("other")).toBe(2);
  });

  it("is asked once for objects of one owner", async () => {
    await using bed = await Bed.open();
    bed.server.always("other", (reply, { path }) => {
      const owner = { kind: "ReplicaSet", name: "web-5d4", controller: true };
      reply.json({ metadata: { ownerReferences: path === REPLICA_SET ? [] : [owner] } });
    });
    expect(await bed.find("test/Pod/shop/a", "test/Pod/shop/b", "test/Pod/shop/c")).toHaveLength(4);
    expect(bed.server.requests.filter(({ path }) => path === REPLICA_SET)).toHaveLength(1);
  });

  it("is not given up because the last request of a long batch had no time left", async () => {
    await using bed = await Bed.open();
    // Eight are asked at once, and all of them answer late.
    let late: Promise<void> | undefined;
    for (let answered = 0; answered < 8; answered++) {
      bed.server.next("other", (reply) => {
        late ??= bed.clock.advance(800);
        void late.then(() => reply.json({ metadata: {} }));
      });
    }
    bed.server.next("other", () => undefined);
    const pods = Array.from({ length: 9 }, (_, index) => `test/Pod/shop/p${index}`);
    expect(await bed.find(...pods)).toHaveLength(8);
    bed.has({ [POD]: [] });
    expect(await bed.find("test/Pod/shop/web-5d4-x")).toEqual(["test/Pod/shop/web-5d4-x"]);
    expect(bed.warnings).toEqual([]);
  });

  it("is given up for a minute when the server is slow", async () => {
    await using bed = await Bed.open();
    bed.server.always("other", () => undefined);
    expect(await bed.find("test/Pod/shop/a", "test/Pod/shop/b")).toEqual([]);
    const asked = bed.server.count("other");
    expect(await bed.find("test/Pod/shop/c")).toEqual([]);
    expect(bed.server.count("other")).toBe(asked);
    bed.has({});
    await bed.clock.advance(61_000);
    expect(await bed.find("test/Pod/shop/c")).toEqual(["test/Pod/shop/c"]);
  });

  it("is known to be gone only from an answer that says so, and a fresh one", async () => {
    await using bed = await Bed.open();
    bed.has({ [POD]: [] });
    expect(await bed.lookUp.gone(["test/Pod/shop/web-5d4-x", "test/Pod/shop/x"])).toEqual([
      "test/Pod/shop/x",
    ]);
    bed.has({});
    await bed.find("test/Pod/shop/web-5d4-x");
    expect(await bed.lookUp.gone(["test/Pod/shop/web-5d4-x", "test/Node//n1"])).toEqual([
      "test/Pod/shop/web-5d4-x",
    ]);
    bed.server.always("other", (reply) => reply.refuse(500));
    expect(await bed.lookUp.gone(["test/Pod/shop/y"])).toEqual([]);
  });

  it("is nobody in an answer of another shape", async () => {
    await using bed = await Bed.open();
    for (const body of [
      [],
      {},
      { metadata: { ownerReferences: {} } },
      { metadata: { ownerReferences: [7, { controller: true }] } },
    ]) {
      bed.server.next("other", (reply) => reply.json(body));
      expect(await bed.find("test/Pod/shop/a")).toEqual(["test/Pod/shop/a"]);
    }
  });
});

it("keeps no more of the labels of an object than anybody needs", async () => {
  await using bed = await Bed.open();
  const labels = Object.fromEntries(
    Array.from({ length: 100 }, (_, index) => [`l${index}`, "x".repeat(9000)]),
  );
  bed.server.always("other", (reply) => reply.json({ metadata: { labels } }));
  const found = [...(await bed.lookUp.describe([asked("test/Pod/shop/a")])).values()];
  const kept = Object.values(found[0]?.labels ?? {});
  expect([kept.length, kept[0]?.length]).toEqual([64, 4096]);
});
