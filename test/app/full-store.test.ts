import { expect, it } from "vitest";

import { AppBed, CRITICAL_RULES, broken, HOOK } from "../support/app-bed.ts";
import { startReceiver } from "../support/fake-receiver.ts";

it("a store that is full pauses the watch; once the receiver is back, everything is delivered once", async () => {
  await using bed = await AppBed.open({ speed: 20 });
  bed.receiver.answer({ status: 503 });
  bed.write("rules.yaml", CRITICAL_RULES);
  bed.configure({ state: { path: "state.db", maxBytes: "1536KiB" } });
  await bed.ready();
  const names = Array.from({ length: 100 }, (_, index) => `web-${index}`);
  const long = "x".repeat(3000);
  for (const name of names) bed.api.create(broken(name, "shop", { message: `${name} is broken ${long}` }));
  await bed.until(async () => (await bed.get("/readyz")).body.includes("full: "));
  expect((await bed.get("/livez")).status).toBe(200);
  bed.receiver.reset();
  bed.receiver.answer({ status: 200 });
  await bed.until(() => new Set(bed.told()).size >= names.length);
  await bed.until(() => bed.isReady());
  const told = bed.told().filter((name) => name.startsWith("web-"));
  expect(told.toSorted()).toEqual(names.toSorted());
});

it("a sink that is down, and long Events of one namespace, keep no alert from a sink that works", async () => {
  await using bed = await AppBed.open({ speed: 50 });
  await using archive = await startReceiver({ status: 503 });
  bed.configure({
    state: { path: "state.db", maxBytes: "1536KiB" },
    sinks: [HOOK, { name: "archive", type: "webhook", url: archive.url }],
    forward: [{ name: "all", sinks: ["archive"] }],
  });
  await bed.ready();
  const other = { reason: "Other", message: "x".repeat(8000) };
  for (let index = 0; index < 200; index++) bed.api.create(broken(`long-${index}`, "evil", other));
  await bed.until(async () => ((await bed.metric('tocsin_forward_dropped_total{sink="archive"}')) ?? 0) > 0);
  bed.api.create(broken("web"));
  await bed.arrived(1);
  expect(bed.told()).toEqual(["web"]);
  await bed.until(() =>
    bed.receiver.bodies().some((body) => body.includes("records for sink archive are dropped")),
  );
});
