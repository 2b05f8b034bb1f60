import { describe, expect, it } from "vitest";

import { AlertPage } from "../../src/api/schemas/alert.ts";
import { Explanation } from "../../src/api/schemas/explanation.ts";
import { Status } from "../../src/api/schemas/status.ts";
import { AppBed, CANARY } from "../support/app-bed.ts";
import { event, type Reply, ScriptedApiServer } from "../support/scripted-api-server.ts";

const RULES =
  "rules: [{ name: it, match: { reason: Unhealthy }, resolve: { when: ready }, severity: critical }]";

/** An Event about the pod web, of now. */
function unhealthy(bed: AppBed): { readonly type: string; readonly object: unknown } {
  const at = new Date(bed.clock.now()).toISOString();
  const fields = { reason: "Unhealthy", firstTimestamp: at, lastTimestamp: at };
  return { type: "ADDED", object: event("web.1", 101, fields) };
}

/** The pod as the API server has it. */
function pod(ready: boolean, since: number): object {
  return {
    kind: "Pod",
    metadata: { name: "web", namespace: "shop", uid: "u", annotations: { note: CANARY } },
    spec: { containers: [{ name: "app", env: [{ name: "A", value: CANARY }] }] },
    status: {
      phase: "Running",
      conditions: [
        {
          type: "Ready",
          status: ready ? "True" : "False",
          lastTransitionTime: new Date(since).toISOString(),
        },
      ],
    },
  };
}

async function open(server: ScriptedApiServer): Promise<AppBed> {
  const bed = await AppBed.open({ speed: 20 });
  bed.connectTo(server.url);
  bed.write("rules.yaml", RULES);
  bed.configure({ kubernetes: { kubeconfig: "kubeconfig", startFrom: "now", enrich: "state" } });
  return bed;
}

describe("the state of objects", () => {
  it("ends an alert of which no Event says that it is over, and no secret of a pod comes out", async () => {
    await using server = await ScriptedApiServer.start();
    await using bed = await open(server);
    let since = bed.clock.now();
    let ready = false;
    server.always("other", (reply) => reply.json(pod(ready, since)));
    await bed.ready();
    (await server.reply("watch", 0)).events(unhealthy(bed));
    await bed.arrived(1);
    expect(bed.messages[0]).toMatchObject({ status: "firing" });
    const alerts = async () => AlertPage.parse(JSON.parse((await bed.get("/api/v1/alerts")).body)).items;
    // An answer of the second in which the Event came says nothing about it.
    await bed.until(async () => (await alerts())[0]?.state?.judgement === "sick");
    expect(await alerts()).toMatchObject([
      {
        proof: "ready",
        state: { objects: [{ name: "web", verdict: "unhealthy" }], checkingUntil: null },
        stillOpen: expect.stringMatching(/it ends once the pod stays ready: Pod shop\/web was not well, \d/u),
      },
    ]);
    const explained = await bed.get("/api/v1/explain", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ event: event("web.2", 102, { reason: "Unhealthy" }) }),
    });
    expect(Explanation.parse(JSON.parse(explained.body)).alerts).toMatchObject([
      {
        proof: "ready",
        open: { state: { judgement: "sick" }, stillOpen: expect.stringContaining("Pod shop/web") },
      },
    ]);
    const status = Status.parse(JSON.parse((await bed.get("/api/v1/status")).body));
    expect(status.lookUps).toMatchObject({ kinds: [{ resource: "pods", state: "readable", retryAt: null }] });
    since = bed.clock.now();
    ready = true;
    await bed.arrived(2);
    expect(bed.messages[1]).toMatchObject({ status: "resolved" });
    expect(await bed.metric('tocsin_look_ups_total{resource="pods",outcome="found"}')).toBeGreaterThan(1);
  });

  it.each([
    { what: "forbidden", play: (reply: Reply) => reply.refuse(403, { reason: "Forbidden" }) },
    { what: "404 for every path", play: (reply: Reply) => reply.json("not found", { status: 404 }) },
    { what: "an answer that never comes", play: () => undefined },
    { what: "garbage", play: (reply: Reply) => reply.open().end() },
  ])("holds no message back where there is none: $what", async ({ play }) => {
    await using server = await ScriptedApiServer.start();
    await using bed = await open(server);
    server.always("other", play);
    await bed.ready();
    (await server.reply("watch", 0)).events(unhealthy(bed));
    await bed.arrived(1);
    expect(bed.messages).toMatchObject([{ status: "firing" }]);
  });
});
