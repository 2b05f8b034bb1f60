import { expect, it } from "vitest";
import { z } from "zod";

import { AppBed, broken, CRITICAL_RULES, ROUTE } from "../support/app-bed.ts";

const Posted = z.array(z.looseObject({ labels: z.record(z.string(), z.string()), endsAt: z.string() }));

it("Alertmanager is told an alert again and again while it fires, also after a restart", async () => {
  await using bed = await AppBed.open();
  bed.write("rules.yaml", CRITICAL_RULES);
  const sinks = [{ name: "am", type: "alertmanager", urls: [bed.receiver.url], resendEvery: "5s" }];
  bed.configure({ sinks, route: { ...ROUTE, sinks: ["am"] } });
  await bed.ready();
  bed.api.create(broken("web"));
  await bed.arrived(3);
  await bed.stop();
  await bed.ready();
  await bed.arrived(5);
  const posted = bed.receiver.bodies().map((body) => Posted.parse(JSON.parse(body)));
  expect(
    new Set(posted.map((alerts) => JSON.stringify(alerts.map(({ labels }) => labels))).values()).size,
  ).toBe(1);
  const ends = posted.map(([alert]) => Date.parse(alert?.endsAt ?? ""));
  expect(ends).toEqual(ends.toSorted((one, other) => one - other));
  expect(new Set(ends).size).toBe(ends.length);
});
