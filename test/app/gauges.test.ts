import { expect, it } from "vitest";

import { AppBed, broken, WRITE_TOKEN } from "../support/app-bed.ts";

it("the gauges of a running service show what is open, told together and silenced", async () => {
  await using bed = await AppBed.open();
  await bed.ready();
  const alerts = (state: string): Promise<number | undefined> =>
    bed.metric(`tocsin_alerts{state="${state}"}`);
  expect([await alerts("firing"), await bed.metric("tocsin_groups")]).toEqual([0, 0]);
  bed.api.create(broken("web"));
  bed.api.create(broken("db"));
  await bed.arrived(2);
  expect([await alerts("firing"), await bed.metric("tocsin_groups")]).toEqual([2, 2]);

  const silence = { match: { name: "web" }, for: "1h", comment: "x", author: "me" };
  const made = await bed.get("/api/v1/silences", {
    method: "POST",
    headers: { authorization: `Bearer ${WRITE_TOKEN}`, "content-type": "application/json" },
    body: JSON.stringify(silence),
  });
  expect(made.status).toBe(200);
  expect([await alerts("firing"), await alerts("silenced")]).toEqual([1, 1]);
  expect(await bed.metric('tocsin_silences{state="active"}')).toBe(1);
  const { items } = JSON.parse((await bed.get("/api/v1/alerts")).body) as {
    readonly items: readonly { readonly condition: string; readonly labels: { readonly name: string } }[];
  };
  expect(new Map(items.map(({ condition, labels }) => [labels.name, condition]))).toEqual(
    new Map([
      ["web", "silenced"],
      ["db", "firing"],
    ]),
  );

  // A new process counts what the store has.
  expect(await bed.stop()).toBe(0);
  await bed.ready();
  expect([await alerts("firing"), await alerts("silenced"), await bed.metric("tocsin_groups")]).toEqual([
    1, 1, 2,
  ]);
});
