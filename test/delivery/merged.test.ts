import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { DeliveryError } from "../../src/egress/index.ts";
import { makeDelivery } from "../support/make-delivery.ts";
import { DeliveryBed, type ScriptedSink } from "./delivery-bed.ts";

describe("deliveries of one bundle", () => {
  let bed: DeliveryBed;
  let ops: ScriptedSink;
  beforeEach(async () => {
    bed = await DeliveryBed.open();
    ops = bed.sink();
  });
  afterEach(() => bed.close());

  const bundled = (id: string, over: Parameters<typeof makeDelivery>[1] = {}) =>
    makeDelivery(id, { groupKey: `g-${id}`, bundle: "b", createdAt: bed.clock.now(), ...over });

  it("are one message; each row has its outcome, and what the sink remembers of it", async () => {
    ops.onSend = async ({ id }) => ({ receiver: { thread: id } });
    bed.start(bed.configure("ops", ops));
    await bed.commit({ deliveries: [bundled("d1"), bundled("d2")] });
    await bed.clock.advance(5);
    expect(ops.ids).toEqual(["d1-4157ff96"]);
    expect(await bed.outcomes()).toEqual(["d1 delivered", "d2 delivered"]);
    // Outcomes end the memory of groups that no engine keeps, so the next news is committed while a row waits.
    ops.onSend = () => Promise.reject(DeliveryError.transient("server", "no"));
    await bed.commit({ deliveries: [bundled("e1"), bundled("e2")] });
    expect(ops.ids.slice(1)).toEqual(["e1-e5e3349b"]);
  });

  it("fail together: all wait for the same attempt, or are dead letters", async () => {
    ops.onSend = () => Promise.reject(DeliveryError.transient("server", "no"));
    bed.start(bed.configure("ops", ops));
    await bed.commit({ deliveries: [bundled("d1"), bundled("d2")] });
    await bed.clock.advance(1000);
    expect(ops.ids).toEqual(["d1-4157ff96", "d1-4157ff96"]);
    ops.onSend = () => Promise.reject(DeliveryError.poison("rejected", "bad"));
    await bed.clock.advance(2000);
    expect(ops.ids).toEqual(["d1-4157ff96", "d1-4157ff96", "d1-4157ff96"]);
    expect(await bed.outcomes()).toEqual(["d1 dead", "d2 dead"]);
  });

  it("leave out a row that newer news has replaced", async () => {
    ops.onSend = () => Promise.reject(DeliveryError.transient("server", "no"));
    bed.start(bed.configure("ops", ops));
    await bed.commit({ deliveries: [bundled("d1"), bundled("d2"), bundled("d3")] });
    await bed.clock.advance(5);
    await bed.commit({ deliveries: [makeDelivery("new", { groupKey: "g-d1", kind: "update" })] });
    const titles: string[] = [];
    ops.onSend = async ({ id, merged }) => {
      titles.push(`${id} ${merged?.length ?? 1}`);
      return {};
    };
    await bed.clock.advance(60_000);
    expect(titles.toSorted()).toEqual(["d2-74d140fd 2", "new 1"]);
  });

  it("are a message for each destination", async () => {
    const to = (id: string, title: string) => {
      const delivery = bundled(id);
      return { ...delivery, notification: { ...delivery.notification, title } };
    };
    bed.start(bed.configureWithDestinations("ops", ops));
    await bed.commit({ deliveries: [to("d1", "#a: x"), to("d2", "#b: x"), to("d3", "#a: y")] });
    await bed.clock.advance(10);
    expect(ops.ids.toSorted()).toEqual(["d1-74d140fd", "d2"]);
    expect((await bed.outcomes()).toSorted()).toEqual(["d1 delivered", "d2 delivered", "d3 delivered"]);
  });

  it("are a message for each thread that the sink has begun", async () => {
    bed.start(bed.configure("ops", ops));
    let accept = (): void => undefined;
    ops.onSend = ({ id }) => new Promise((resolve) => (accept = () => resolve({ receiver: { thread: id } })));
    await bed.commit({ deliveries: [bundled("d1", { bundle: undefined })] });
    // These wait behind the attempt, so that the memory of the group stays.
    await bed.commit({
      deliveries: [makeDelivery("e1", { groupKey: "g-d1", bundle: "e" }), bundled("e2", { bundle: "e" })],
    });
    ops.onSend = async () => ({});
    accept();
    await bed.clock.advance(100);
    expect(ops.given.map(({ id, attempt }) => [id, attempt.receiver])).toEqual([
      ["d1", undefined],
      ["e1", { thread: "d1" }],
      ["e2", undefined],
    ]);
  });
});
