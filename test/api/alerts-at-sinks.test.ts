import { describe, expect, it } from "vitest";

import { type Alert, AlertPage } from "../../src/api/schemas/alert.ts";
import { MadeSilence } from "../../src/api/schemas/silence.ts";
import { AppBed, broken, HOOK, ROUTE } from "../support/app-bed.ts";
import { ask, post } from "./ask.ts";

async function onlyAlert(bed: AppBed): Promise<Alert | undefined> {
  const { items } = await ask(bed, "alerts", AlertPage);
  expect(items.length).toBeLessThanOrEqual(1);
  return items[0];
}

/** Waits until the alert has this standing at its first sink. */
async function standing(bed: AppBed, state: Alert["sinks"][number]["state"]): Promise<Alert> {
  await bed.until(async () => (await onlyAlert(bed))?.sinks[0]?.state === state);
  const alert = await onlyAlert(bed);
  if (alert === undefined) throw new Error("it has ended");
  return alert;
}

describe("who was told of an alert", () => {
  it("is everybody whose receiver has accepted the message, and nothing holds it back", async () => {
    await using bed = await AppBed.open();
    await bed.ready();
    bed.api.create(broken("web"));
    const alert = await standing(bed, "told");
    expect(alert).toMatchObject({
      title: "Broken: Pod web in shop",
      text: "web is broken",
      next: ["kubectl -n shop describe pod web", "kubectl -n shop events --for pod/web"],
      objectCount: 1,
      sinks: [{ sink: "hook", state: "told", at: expect.any(String) }],
      heldBack: [],
    });
  });

  it("waits for a receiver that fails, with its own words", async () => {
    await using bed = await AppBed.open();
    await bed.ready();
    bed.receiver.fail();
    bed.api.create(broken("web"));
    await bed.until(async () => /answered 500/u.test((await onlyAlert(bed))?.heldBack[0]?.what ?? ""));
    expect(await onlyAlert(bed)).toMatchObject({
      sinks: [{ sink: "hook", state: "waiting" }],
      heldBack: [
        {
          by: "sink",
          what: expect.stringMatching(/^the receiver answered 500, \d+ attempts?$/u),
          sinks: ["hook"],
        },
      ],
    });
  });

  it("is nobody where the message is a dead letter, until somebody has it tried again", async () => {
    await using bed = await AppBed.open();
    await bed.ready();
    bed.receiver.script({ status: 400 });
    bed.api.create(broken("web"));
    const { heldBack, sinks } = await standing(bed, "dead");
    expect(sinks).toEqual([{ sink: "hook", state: "dead", at: expect.any(String), newest: null }]);
    expect(heldBack).toEqual([
      {
        by: "sink",
        what: "its message is a dead letter: the receiver answered 400",
        sinks: ["hook"],
        until: null,
        cause: null,
      },
    ]);
    await bed.get("/api/v1/dead-letters/retry", post({ all: true, sink: "hook" }));
    expect((await standing(bed, "told")).heldBack).toEqual([]);
  });

  it("is nobody when the message of a group that was told before is a dead letter", async () => {
    await using bed = await AppBed.open();
    bed.configure({ route: { ...ROUTE, groupBy: ["rule"] } });
    await bed.ready();
    bed.api.create(broken("one"));
    await standing(bed, "told");
    bed.receiver.script({ status: 400 });
    bed.api.create(broken("two"));
    const standings = async () =>
      Object.fromEntries(
        (await ask(bed, "alerts", AlertPage)).items.map(({ labels, sinks }) => [labels["name"], sinks[0]]),
      );
    await bed.until(async () => (await standings())["two"]?.state === "dead");
    expect(await standings()).toMatchObject({
      one: { state: "told", at: null, newest: "dead" },
      two: { state: "dead", newest: null },
    });
  });

  it("says which silence holds it back, and until when", async () => {
    await using bed = await AppBed.open();
    bed.configure({ sinks: [HOOK, { ...HOOK, name: "mail" }], route: { ...ROUTE, sinks: ["hook", "mail"] } });
    await bed.ready();
    const body = { match: { namespace: "shop" }, for: "2h", comment: "upgrade", author: "me" };
    const { id, until } = await ask(bed, "silences", MadeSilence, post(body));
    bed.api.create(broken("web"));
    expect(await standing(bed, "held")).toMatchObject({
      condition: "silenced",
      sinks: [
        { sink: "hook", state: "held", at: until },
        { sink: "mail", state: "held", at: until },
      ],
      heldBack: [{ by: "silence", what: `silence ${id}`, sinks: ["hook", "mail"], until }],
    });
  });

  it("is nobody for a sink that wants more severity, and for a rule that waits", async () => {
    await using bed = await AppBed.open();
    bed.configure({ sinks: [{ ...HOOK, minSeverity: "critical" }] });
    await bed.ready();
    bed.api.create(broken("web"));
    expect(await standing(bed, "none")).toMatchObject({
      sinks: [{ sink: "hook", state: "none", at: null }],
      heldBack: [
        {
          by: "sink",
          what: "it is less severe than the sink's minSeverity",
          sinks: ["hook"],
          until: null,
        },
      ],
    });
    bed.write(
      "rules.yaml",
      "rules: [{ name: it, match: { reason: Broken }, threshold: { count: 2, within: 10m } }]",
    );
    await bed.stop();
    await bed.ready();
    bed.api.create(broken("db", "data"));
    await bed.until(async () => (await ask(bed, "alerts?phase=pending", AlertPage)).items.length === 1);
    expect((await ask(bed, "alerts?phase=pending", AlertPage)).items).toMatchObject([
      {
        sinks: [],
        heldBack: [{ by: "rule", what: "the threshold of its rule is not met", sinks: [], until: null }],
      },
    ]);
  });
});
