import { readFileSync, writeFileSync } from "node:fs";

import { describe, expect, it } from "vitest";

import { startReceiver } from "../support/fake-receiver.ts";
import { until } from "../support/until.ts";
import { ALERTMANAGERS, startAlertmanager, toldAtOnce } from "./alertmanager-server.ts";
import { shapeOf } from "./shape-of.ts";

/** `format: alertmanager` of the webhook sink is held against the files here. */
const RECORDED = "test/fixtures/alertmanager";

const ALERT = {
  labels: { alertname: "image-pull-failing", cluster: "prod-eu1", severity: "warning" },
  annotations: { summary: "Image cannot be pulled", description: "Back-off pulling image" },
  generatorURL: "http://tocsin.example/alerts/1",
};

/** The bodies that a version posts to webhooks, of one alert that begins and ends. */
async function recordBodies(program: string): Promise<readonly unknown[]> {
  await using receiver = await startReceiver();
  await using alertmanager = await startAlertmanager(program, toldAtOnce(`${receiver.url}/hook`));
  const startsAt = new Date(Date.now() - 60_000).toISOString();
  expect(await alertmanager.post([{ ...ALERT, startsAt }])).toEqual({ status: 200, text: "" });
  await until(
    () => receiver.requests.length === 1,
    () => alertmanager.program.log(),
  );
  await alertmanager.post([{ ...ALERT, startsAt, endsAt: new Date().toISOString() }]);
  await until(
    () => receiver.requests.length === 2,
    () => alertmanager.program.log(),
  );
  for (const { headers } of receiver.requests) expect(headers["content-type"]).toBe("application/json");
  return receiver.bodies().map((body): unknown => JSON.parse(body));
}

describe.each(ALERTMANAGERS)("Alertmanager $version", ({ version, program }) => {
  const file = `${RECORDED}/webhook-${version}.json`;

  it.skipIf(program === undefined)("posts bodies of the recorded shape", async () => {
    const bodies = await recordBodies(program ?? "");
    if (process.env["UPDATE_FIXTURES"] === "1")
      writeFileSync(file, `${JSON.stringify(bodies, undefined, 2)}\n`);
    const recorded: unknown = JSON.parse(readFileSync(file, "utf8"));
    expect(shapeOf(bodies)).toEqual(shapeOf(recorded));
    expect(bodies).toMatchObject([{ status: "firing" }, { status: "resolved" }]);
  });
});
