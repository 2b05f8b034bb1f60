import { describe, expect, it } from "vitest";

import { answerKey } from "../../src/object/index.ts";
import { asked } from "./asked.ts";
import { objectAt, StateBed } from "./state-bed.ts";

const POD = "test/Pod/shop/web-1";

describe("the state of an object", () => {
  it("is read of the whole object, and has the time at which the look-up began", async () => {
    await using bed = await StateBed.open();
    const at = bed.clock.now();
    bed.serve((reply, { path }) => {
      void bed.clock.advance(700).then(() =>
        reply.json(
          objectAt(path, {
            spec: { nodeName: "n1", containers: [{ name: "app", env: [{ name: "A", value: "canary" }] }] },
            status: { phase: "Running", containerStatuses: [{ name: "app", ready: true, restartCount: 3 }] },
          }),
        ),
      );
    });
    const fact = await bed.find(POD);
    expect(fact).toMatchObject({
      object: POD,
      at,
      found: { kind: "Pod", uid: "uid-web-1", node: "n1", containers: [{ isReady: true, restarts: 3 }] },
    });
    expect(JSON.stringify(fact)).not.toContain("canary");
    expect(bed.server.request("other").headers.accept).toBe("application/json");
  });

  it("is that of a new object after the uid has changed", async () => {
    await using bed = await StateBed.open();
    const uids = ["old", "new"];
    bed.serve((reply, { path }) => reply.json(objectAt(path, { metadata: metadataOf(path, uids.shift()) })));
    expect(await bed.find(POD)).toMatchObject({ found: { uid: "old" } });
    expect(await bed.find(POD, { purpose: "hint" })).toMatchObject({ found: { uid: "new" } });
  });

  it("is read of a pod with 500 containers, and shows the one that fails", async () => {
    await using bed = await StateBed.open();
    const names = Array.from({ length: 500 }, (_, index) => `c${index}`);
    const env = [{ name: "LONG", value: "x".repeat(1000) }];
    const statuses = names.map((name) => ({
      name,
      ready: name !== "c433",
      state: name === "c433" ? { waiting: { reason: "CrashLoopBackOff" } } : { running: {} },
    }));
    bed.serve((reply, { path }) =>
      reply.json(
        objectAt(path, {
          spec: { containers: names.map((name) => ({ name, env })) },
          status: { containerStatuses: statuses },
        }),
      ),
    );
    const { found } = await bed.find(POD);
    if (typeof found === "string" || found.kind !== "Pod") throw new Error("no pod");
    expect(found.containers.find(({ name }) => name === "c433")?.waiting?.reason).toBe("CrashLoopBackOff");
  });
});

describe("an answer for a message", () => {
  it("may be ten seconds old, and no older", async () => {
    await using bed = await StateBed.open();
    const first = await bed.find(POD, { purpose: "watch" });
    await bed.clock.advance(9_999);
    expect(await bed.find(POD, { purpose: "tell" })).toEqual(first);
    expect(await bed.find(POD, { purpose: "end" })).toEqual(first);
    expect(bed.paths).toHaveLength(1);
    await bed.clock.advance(1);
    await bed.find(POD, { purpose: "end" });
    expect(bed.paths).toHaveLength(2);
    // Nothing of it stays in memory.
    await bed.clock.advance(10_000);
    expect(bed.clock.pending).toBe(0);
  });

  it("is a new one after a hint, and for the repeated look", async () => {
    await using bed = await StateBed.open();
    await bed.find(POD);
    await bed.find(POD, { purpose: "hint" });
    await bed.find(POD, { purpose: "watch" });
    expect(bed.paths).toHaveLength(3);
  });

  it("comes once for each inquiry, from one request", async () => {
    await using bed = await StateBed.open();
    bed.ask([POD, POD], { purpose: "watch" });
    bed.ask([POD], { purpose: "tell" });
    bed.ask([POD], { purpose: "tell", apiVersion: "v1" });
    await bed.idle();
    expect(bed.facts.map(({ object }) => object)).toEqual([POD, POD, POD, POD]);
    expect(bed.paths).toHaveLength(1);
  });

  it("comes from a second request where a hint came while the first one ran", async () => {
    await using bed = await StateBed.open();
    bed.serve(() => undefined);
    bed.ask([POD]);
    const first = await bed.server.reply("other", 0);
    bed.ask([POD], { purpose: "hint" });
    const second = await bed.server.reply("other", 1);
    first.json(objectAt("/api/v1/namespaces/shop/pods/web-1"));
    second.refuseAsGone("/api/v1/namespaces/shop/pods/web-1");
    await bed.idle();
    expect(bed.facts.map(({ found }) => (typeof found === "string" ? found : "found"))).toEqual([
      "found",
      "gone",
    ]);
  });
});

describe("the end", () => {
  it("waits for nothing, and nobody hears of anything afterwards", async () => {
    await using bed = await StateBed.open();
    bed.serve(() => undefined);
    bed.ask(Array.from({ length: 200 }, (_, index) => `test/Pod/shop/p${index}`));
    await bed.server.reply("other", 3);
    bed.states.close();
    await bed.idle();
    bed.ask([POD, "test/Service/shop/none"]);
    expect(bed.clock.pending).toBe(0);
    expect(bed.facts).toEqual([]);
    expect(bed.warnings).toEqual([]);
    expect(bed.server.count("other")).toBe(4);
  });
});

describe("an owner and labels", () => {
  it("need no second request when the state was just read", async () => {
    await using bed = await StateBed.open();
    bed.keepsTexts = true;
    bed.serve((reply, { path }) =>
      reply.json(
        objectAt(path, {
          metadata: {
            ...metadataOf(path),
            labels: { team: "pay" },
            ownerReferences: path.includes("/pods/")
              ? [{ kind: "ReplicaSet", name: "web", controller: true }]
              : [],
          },
        }),
      ),
    );
    await bed.find(POD);
    expect((await bed.owners.describe([asked(POD)])).get(POD)?.labels).toEqual({ team: "pay" });
    expect(await bed.owners.find([POD])).toMatchObject([
      { object: POD, owner: "ReplicaSet/web" },
      { object: "test/ReplicaSet/shop/web", owner: "" },
    ]);
    expect(bed.paths.filter((path) => path.includes("/pods/"))).toHaveLength(1);
  });

  it("are not those of an object of another API with the same kind and name", async () => {
    const volcano = {
      group: "batch.volcano.sh",
      resource: "jobs",
      kind: "Job",
      healthy: { type: "Ready", status: "True" },
    };
    await using bed = await StateBed.open({ inspected: [volcano] });
    bed.serve((reply, { path }) => {
      const owner = path.includes("volcano") ? "foreign" : "nightly";
      const ownerReferences = [{ kind: "CronJob", name: owner, controller: true }];
      reply.json(objectAt(path, { metadata: { ...metadataOf(path), ownerReferences } }));
    });
    await bed.find("test/Job/shop/train", { apiVersion: "batch.volcano.sh/v1alpha1" });
    expect(await bed.owners.find(["test/Job/shop/train"])).toMatchObject([{ owner: "CronJob/nightly" }]);
  });

  it("are read of Nodes and of inspected kinds, which stay apart from built-in ones of their name", async () => {
    const knative = {
      group: "serving.knative.dev",
      resource: "services",
      kind: "Service",
      healthy: { type: "Ready", status: "True" },
    };
    await using bed = await StateBed.open({ inspected: [knative] });
    bed.keepsTexts = true;
    bed.serve((reply, { path }) =>
      reply.json(objectAt(path, { metadata: { ...metadataOf(path), labels: { path } } })),
    );
    const node = asked("test/Node//n1");
    const web = asked("test/Service/shop/web", "serving.knative.dev/v1");
    const foreign = asked("test/Service/shop/web", "example.com/v1");
    const found = await bed.owners.describe([node, web, foreign]);
    expect(found.get(answerKey(node))?.labels).toEqual({ path: "/api/v1/nodes/n1" });
    expect(found.get(answerKey(web))?.labels).toEqual({
      path: "/apis/serving.knative.dev/v1/namespaces/shop/services/web",
    });
    expect([...found.keys()]).toEqual([answerKey(node), answerKey(web)]);
    expect(bed.owners.wants("test/Node//n1")).toBe(false);
  });

  it("are asked for when the state was read before anybody wanted labels", async () => {
    await using bed = await StateBed.open();
    bed.serve((reply, { path }) =>
      reply.json(objectAt(path, { metadata: { ...metadataOf(path), labels: { team: "pay" } } })),
    );
    await bed.find(POD);
    bed.keepsTexts = true;
    expect((await bed.owners.describe([asked(POD)])).get(POD)?.labels).toEqual({ team: "pay" });
  });
});

function metadataOf(path: string, uid = "u"): object {
  const [, namespace, name] = /\/namespaces\/([^/]+)\/[^/]+\/([^/]+)$/u.exec(path) ?? [];
  return { namespace, name, uid };
}
