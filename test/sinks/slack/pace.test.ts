import { describe, expect, it } from "vitest";

import type { NewDelivery, Notification } from "../../../src/alert/index.ts";
import { parseSink } from "../../../src/sink/index.ts";
import { slack } from "../../../src/sinks/slack/slack.ts";
import { DeliveryBed } from "../../delivery/delivery-bed.ts";
import { toEntityChanges } from "../../support/entity-changes.ts";
import { makeDelivery, makeNotification } from "../../support/make-delivery.ts";
import { until } from "../../support/until.ts";
import { type FakeSlack, startFakeSlack } from "../../vendors/slack.ts";

const GROUPS = Array.from({ length: 60 }, (_, index) => `g${index}`);
const SECOND = 1000;

/** Delivery with a Slack sink, on one clock with a fake Slack that enforces its limits. */
async function open(): Promise<{ readonly bed: DeliveryBed; readonly fake: FakeSlack }> {
  const bed = await DeliveryBed.open();
  const fake = await startFakeSlack({ clock: bed.clock });
  const entry = { name: "ops", type: "slack", token: "xoxb-1", channel: "#ops", api: `${fake.url}/api` };
  const { sink } = parseSink(entry, [slack]);
  if (sink === undefined) throw new Error("the options are wrong");
  bed.clock.idle = () => until(() => bed.delivery.status().every(({ running }) => running === 0));
  const put = GROUPS.map((key) => ({
    key,
    route: "default",
    labels: {},
    told: [],
    flushAt: 1,
    moved: false,
  }));
  await bed.commit({ entities: toEntityChanges({ group: { put, forget: [] } }) });
  bed.start(sink);
  return { bed, fake };
}

/** One message for each group. */
function tell(bed: DeliveryBed, kind: Notification["kind"]): Promise<void> {
  const deliveries = GROUPS.map((key): NewDelivery => {
    const id = `${kind}-${key}`;
    const status = kind === "resolved" ? "resolved" : "firing";
    return {
      ...makeDelivery(id, { groupKey: key, kind, createdAt: bed.clock.now() }),
      notification: makeNotification({ id, kind, status, group: { key, labels: {} }, title: key }),
    };
  });
  return bed.commit({ deliveries });
}

async function close({ bed, fake }: { readonly bed: DeliveryBed; readonly fake: FakeSlack }): Promise<void> {
  bed.clock.idle = async () => undefined;
  await bed.close();
  await fake.close();
}

describe("60 groups with three messages each", () => {
  it("S8: are told within Slack's limits without one 429, and each parent is green in the end", async () => {
    const { bed, fake } = await open();
    const began = bed.clock.now();
    await tell(bed, "firing");
    await bed.clock.advance(61 * SECOND);
    await tell(bed, "update");
    await bed.clock.advance(61 * SECOND);
    await tell(bed, "resolved");
    while (fake.messages("ops").some(({ text }) => !text.startsWith("🟢"))) await bed.clock.advance(SECOND);
    const calls = fake.calls().map(({ method }) => method);
    const edits = calls.filter((method) => method === "chat.update").length;
    expect(fake.limited).toBe(0);
    expect(fake.messages("ops")).toHaveLength(60);
    expect(fake.messages("ops").map(({ replies }) => replies.length)).toEqual(GROUPS.map(() => 2));
    expect(calls).toHaveLength(180 + edits);
    // Each end is shown; of the updates, those that had time before it.
    expect(edits).toBeLessThan(120);
    expect(edits).toBeGreaterThanOrEqual(60);
    expect((bed.clock.now() - began) / SECOND).toBeLessThan(240);
    await close({ bed, fake });
  });

  it("show each end at last, although edits fail for a while", async () => {
    const { bed, fake } = await open();
    await tell(bed, "firing");
    await bed.clock.advance(61 * SECOND);
    fake.faultAlways({ word: "update_failed" }, "chat.update");
    await tell(bed, "resolved");
    await bed.clock.advance(61 * SECOND);
    fake.reset();
    await bed.clock.advance(600 * SECOND);
    expect(fake.limited).toBe(0);
    expect(fake.messages("ops").every(({ text }) => text.startsWith("🟢"))).toBe(true);
    expect((await bed.outcomes()).filter((row) => row.endsWith(" delivered"))).toHaveLength(120);
    await close({ bed, fake });
  });
});
