import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { DeliveryError } from "../../src/egress/index.ts";
import { makeDelivery, makeNotification } from "../support/make-delivery.ts";
import { DeliveryBed, type ScriptedSink } from "./delivery-bed.ts";

const MINUTE = 60_000;
const down = () => Promise.reject(DeliveryError.transient("server", "no"));
const refuse = () => Promise.reject(DeliveryError.poison("rejected", "bad"));
const take = async () => ({});

describe("the fallback of a sink", () => {
  let bed: DeliveryBed;
  let ops: ScriptedSink;
  let mail: ScriptedSink;
  beforeEach(async () => {
    bed = await DeliveryBed.open();
    ops = bed.sink();
    mail = bed.sink();
  });
  afterEach(() => bed.close());

  const delivery = (id: string, over: Parameters<typeof makeDelivery>[1] = {}) =>
    makeDelivery(id, { createdAt: bed.clock.now(), ...over });
  const start = (target: Parameters<DeliveryBed["configure"]>[2] = {}): void =>
    bed.start(
      bed.configure("ops", ops, { fallback: { sink: "mail", afterMs: 10 * MINUTE } }),
      bed.configure("mail", mail, target),
    );
  const inbox = (): string[] => mail.given.map(({ id, title }) => `${id}: ${title}`);

  it("is told once of what its sink has not taken for so long, and the sink gets it all the same", async () => {
    ops.onSend = down;
    start();
    await bed.commit({ deliveries: [delivery("d1")] });
    await bed.clock.advance(10 * MINUTE - 1);
    expect(inbox()).toEqual([]);
    await bed.clock.advance(MINUTE + 1);
    expect(inbox()).toEqual(["d1.fallback: firing d1"]);
    ops.onSend = take;
    await bed.clock.advance(60 * MINUTE);
    expect(mail.ids).toEqual(["d1.fallback"]);
    expect((await bed.outcomes()).toSorted()).toEqual(["d1 delivered", "d1.fallback delivered"]);
    expect(bed.messages("warn")).toContain("deliveries go to the fallback");
  });

  it("is told in one message what its sink would have told in one", async () => {
    ops.onSend = down;
    start();
    await bed.commit({
      deliveries: ["a", "b"].map((groupKey) => delivery(`d-${groupKey}`, { groupKey, bundle: "x" })),
    });
    await bed.clock.advance(11 * MINUTE);
    expect(mail.ids).toEqual(["d-a.fallback-f0d011f0"]);
    expect((await bed.outcomes()).toSorted()).toEqual(["d-a.fallback delivered", "d-b.fallback delivered"]);
  });

  it("is told group by group when its receiver keeps state by the group", async () => {
    ops.onSend = down;
    start({ merges: false });
    await bed.commit({
      deliveries: ["a", "b"].map((groupKey) => delivery(`d-${groupKey}`, { groupKey, bundle: "x" })),
    });
    await bed.clock.advance(11 * MINUTE);
    expect(mail.ids.toSorted()).toEqual(["d-a.fallback", "d-b.fallback"]);
  });

  it("says why, and for which sink", async () => {
    const texts: string[] = [];
    mail.onSend = async ({ text, sink }) => {
      texts.push(`${sink}: ${text.own} / ${text.note}`);
      return {};
    };
    ops.onSend = down;
    start();
    await bed.commit({ deliveries: [delivery("d1")] });
    await bed.clock.advance(11 * MINUTE);
    ops.onSend = refuse;
    await bed.clock.advance(5 * MINUTE);
    await bed.commit({ deliveries: [delivery("d2", { groupKey: "other" })] });
    await bed.clock.advance(100);
    expect(texts).toEqual([
      "mail: text / Sent here because ops has not taken it for 10 min.",
      "mail: text / Sent here because ops refused it.",
    ]);
  });

  it("says of an end, too, why it comes there", async () => {
    const notes: string[] = [];
    mail.onSend = async ({ kind, text }) => {
      notes.push(`${kind}: ${text.note}`);
      return {};
    };
    ops.onSend = down;
    start();
    await bed.commit({ deliveries: [delivery("d1")] });
    await bed.clock.advance(11 * MINUTE);
    ops.onSend = take;
    await bed.clock.advance(6 * MINUTE);
    await bed.commit({ deliveries: [delivery("d2", { kind: "resolved" })] });
    await bed.clock.advance(2 * MINUTE);
    expect(notes).toEqual([
      "firing: Sent here because ops has not taken it for 10 min.",
      "resolved: Sent here because its beginning was sent here.",
    ]);
  });

  it("is told at once of what its sink refuses", async () => {
    ops.onSend = refuse;
    start();
    await bed.commit({ deliveries: [delivery("d1")] });
    await bed.clock.advance(100);
    expect(inbox()).toEqual(["d1.fallback: firing d1"]);
    expect((await bed.outcomes()).toSorted()).toEqual(["d1 dead", "d1.fallback delivered"]);
    await bed.clock.advance(60 * MINUTE);
    expect(mail.ids).toHaveLength(1);
  });

  it("hears the end of what it heard the beginning of, also when the sink is back", async () => {
    ops.onSend = down;
    start();
    await bed.commit({ deliveries: [delivery("d1")] });
    await bed.clock.advance(11 * MINUTE);
    ops.onSend = take;
    await bed.clock.advance(6 * MINUTE);
    await bed.commit({ deliveries: [delivery("d2", { kind: "update" })] });
    await bed.commit({ deliveries: [delivery("d3", { kind: "resolved" })] });
    await bed.clock.advance(2 * MINUTE);
    expect(ops.ids.slice(-2)).toEqual(["d2", "d3"]);
    expect(mail.ids).toEqual(["d1.fallback", "d3.fallback"]);
    await bed.commit({ deliveries: [delivery("d4"), delivery("d5", { kind: "resolved" })] });
    await bed.clock.advance(30 * MINUTE);
    expect(mail.ids).toHaveLength(2);
  });

  it("is not kept waiting by news that replace what waits", async () => {
    ops.onSend = down;
    start();
    for (let round = 0; round < 11; round++) {
      await bed.commit({ deliveries: [delivery(`d${round}`, { kind: round === 0 ? "firing" : "update" })] });
      await bed.clock.advance(MINUTE);
    }
    expect(mail.ids).toEqual(["d9.fallback", "d10.fallback"]);
  });

  it("keeps the order of the group while it is down itself, and gets the newest state", async () => {
    ops.onSend = down;
    mail.onSend = down;
    start();
    await bed.commit({ deliveries: [delivery("d1")] });
    await bed.clock.advance(11 * MINUTE);
    await bed.commit({ deliveries: [delivery("d2", { kind: "update" })] });
    await bed.clock.advance(11 * MINUTE);
    mail.onSend = take;
    mail.given.length = 0;
    await bed.clock.advance(6 * MINUTE);
    expect(mail.ids).toEqual(["d2.fallback"]);
    expect(await bed.outcomes()).toEqual(
      expect.arrayContaining(["d1.fallback superseded", "d2.fallback delivered"]),
    );
  });

  it("gets nothing it does not want", async () => {
    ops.onSend = refuse;
    start({ minSeverity: "critical", sendResolved: false });
    const critical = (id: string, kind: "firing" | "resolved") => ({
      ...delivery(id, { groupKey: id, kind }),
      notification: makeNotification({ id, kind, severity: "critical" }),
    });
    await bed.commit({
      deliveries: [delivery("warning"), critical("critical", "firing"), critical("end", "resolved")],
    });
    await bed.clock.advance(20 * MINUTE);
    expect(mail.ids).toEqual(["critical.fallback"]);
  });

  it("survives a restart between the refusal and the copy", async () => {
    ops.onSend = refuse;
    bed.start(bed.configure("ops", ops));
    await bed.commit({ deliveries: [delivery("d1")] });
    await bed.clock.advance(100);
    bed.delivery.setSinks(
      [
        bed.configure("ops", ops, { fallback: { sink: "mail", afterMs: MINUTE } }, "2"),
        bed.configure("mail", mail),
      ],
      bed.host,
    );
    await bed.clock.advance(100);
    expect(mail.ids).toEqual(["d1.fallback"]);
  });
});

describe("a sink that refuses one message after the other with the same words", () => {
  it("is taken to be broken, and loses only the first two", async () => {
    const bed = await DeliveryBed.open();
    const ops = bed.sink();
    ops.onSend = refuse;
    bed.start(bed.configure("ops", ops));
    const deliveries = Array.from({ length: 6 }, (_, index) =>
      makeDelivery(`d${index}`, { groupKey: `g${index}`, createdAt: bed.clock.now() }),
    );
    await bed.commit({ deliveries });
    await bed.clock.advance(30 * MINUTE);
    expect(bed.delivery.status()).toMatchObject([{ state: "broken", error: "bad" }]);
    expect(await bed.store.queries.depths()).toMatchObject([{ dead: 2, waiting: 4 }]);
    ops.onSend = take;
    await bed.clock.advance(10 * MINUTE);
    expect(await bed.store.queries.depths()).toMatchObject([{ dead: 2, waiting: 0 }]);
    await bed.close();
  });

  it("goes on with what it takes when only some messages are at fault", async () => {
    const bed = await DeliveryBed.open();
    const ops = bed.sink();
    ops.onSend = ({ id }) => (id.startsWith("bad") ? refuse() : take());
    bed.start(bed.configure("ops", ops));
    const ids = ["bad1", "bad2", "bad3", "bad4", "good1", "good2"];
    const deliveries = ids.map((id) => makeDelivery(id, { groupKey: id, createdAt: bed.clock.now() }));
    await bed.commit({ deliveries });
    await bed.clock.advance(60 * MINUTE);
    expect(await bed.store.queries.depths()).toMatchObject([{ dead: 4, waiting: 0 }]);
    await bed.close();
  });
});
