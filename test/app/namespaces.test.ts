import { expect, it } from "vitest";

import { AppBed, broken } from "../support/app-bed.ts";
import {
  page,
  type Play,
  type Reply,
  ScriptedApiServer,
  type ScriptedRequest,
} from "../support/scripted-api-server.ts";

const QUIET_RULES =
  "rules: [{ name: it, match: { reason: Broken }, lifecycle: recurring, resolve: { quiet: 2m } }]";

function gapOf(bed: AppBed, namespace: string): boolean {
  return bed.logged("gap in the stream of events").some((line) => line["scope"] === `core/${namespace}`);
}

it("an alert is over by silence only where somebody listened: streams of other namespaces say nothing", async () => {
  await using server = await ScriptedApiServer.start();
  await using bed = await AppBed.open({ speed: 200 });
  const down = new Set<string>();
  /** As `play`, unless the namespace that is asked for is down. */
  const unlessDown =
    (play: (reply: Reply, namespace: string, request: ScriptedRequest) => void): Play =>
    (reply, request) => {
      const namespace = request.path.split("/").at(-2) ?? "";
      if (down.has(namespace)) reply.refuse(500);
      else play(reply, namespace, request);
    };
  server.always(
    "list",
    unlessDown((reply) => reply.json(page([]))),
  );
  server.always(
    "probe",
    unlessDown((reply) => reply.json(page([], { version: "1000000" }))),
  );
  server.always(
    "watch",
    unlessDown((reply, namespace, { query }) => {
      const metadata = { name: namespace, namespace, uid: namespace, resourceVersion: "101" };
      reply.open().events({ type: "ADDED", object: { ...broken(namespace, namespace), metadata } });
      bed.clock.after(Number(query.get("timeoutSeconds")) * 1000, () => reply.end());
    }),
  );
  bed.write("rules.yaml", QUIET_RULES);
  bed.connectTo(server.url);
  bed.configure({
    kubernetes: { kubeconfig: "kubeconfig", namespaces: ["web", "till"], startFrom: "all", enrich: "off" },
    sinks: [{ name: "hook", type: "webhook", url: bed.receiver.url, timeout: "10m" }],
  });
  await bed.ready();
  await bed.arrived(2);

  down.add("web").add("till");
  for (const index of [0, 1]) (await server.reply("watch", index)).reset();
  await bed.until(() => gapOf(bed, "web") && gapOf(bed, "till"));
  down.delete("web");
  await bed.arrived(3);
  await bed.clock.sleep(150_000);
  const over = (): readonly string[] =>
    bed.told().filter((_, index) => bed.messages[index]?.status === "resolved");
  expect(over()).toEqual(["web"]);
  down.delete("till");
  await bed.arrived(4);
  expect(over()).toEqual(["web", "till"]);
});
