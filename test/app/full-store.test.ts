import { expect, it } from "vitest";

import { AppBed, CRITICAL_RULES, broken } from "../support/app-bed.ts";

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
