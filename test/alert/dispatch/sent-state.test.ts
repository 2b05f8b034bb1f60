import { describe, expect, it } from "vitest";

import { EngineBed } from "../../support/engine-bed.ts";

const MINUTE = 60;
const RULES = "rules: [{ name: it, match: { reason: BackOff }, severity: critical }]";

const pod = (name: string) => ({ reason: "BackOff", object: `shop/Pod/${name}` });

/** Of each alert by the name of its Pod: whether it was sent to `ops`, or even accepted there. */
function sentOf(story: EngineBed): Record<string, string> {
  const entries = [...story.engine.groups()].flatMap(({ told }) =>
    told.flatMap(({ firing }) => Object.entries(firing)),
  );
  const names = new Map(
    [...story.engine.alerts()].map((alert) => [alert.fingerprint, alert.labels["name"] ?? ""]),
  );
  return Object.fromEntries(
    entries.map(([fingerprint, { accepted }]) => [
      names.get(fingerprint) ?? "",
      accepted === true ? "accepted" : "sent",
    ]),
  );
}

describe("what a sink was sent of an alert", () => {
  it("is accepted once the receiver has taken a message about it, whatever comes after", () => {
    const story = new EngineBed({ rules: RULES });
    story.delivers = false;
    story.at(0, pod("a")).until(MINUTE);
    expect(sentOf(story)).toEqual({ a: "sent" });
    const [first] = story.messages;
    if (first !== undefined) story.outcome(first.delivery, "delivered");
    expect(sentOf(story)).toEqual({ a: "accepted" });
    // The update waits: only its news is not accepted.
    story.at(10 * MINUTE, pod("b")).until(12 * MINUTE);
    expect(story.messages).toHaveLength(2);
    expect(sentOf(story)).toEqual({ a: "accepted", b: "sent" });
    const update = story.messages[1];
    if (update !== undefined) story.outcome(update.delivery, "dead");
    expect(sentOf(story)).toEqual({ a: "accepted", b: "sent" });
  });

  it("is accepted by an earlier message while a later one waits", () => {
    const story = new EngineBed({ rules: RULES });
    story.delivers = false;
    story
      .at(0, pod("a"))
      .at(5 * MINUTE, pod("b"))
      .until(8 * MINUTE);
    const [first, second] = story.messages;
    if (first !== undefined) story.outcome(first.delivery, "delivered");
    expect(sentOf(story)).toEqual({ a: "accepted", b: "sent" });
    if (second !== undefined) story.outcome(second.delivery, "delivered");
    expect(sentOf(story)).toEqual({ a: "accepted", b: "accepted" });
  });

  it("is accepted by a first message that was a dead letter, and whose end it gets then", () => {
    const rules =
      "rules: [{ name: it, match: { reason: BackOff }, resolve: { by: [{ reason: Fine, same: [object] }], quiet: 1h } }]";
    const story = new EngineBed({ rules });
    story.delivers = false;
    story.at(0, pod("a")).until(MINUTE);
    const [first] = story.messages;
    if (first === undefined) throw new Error("nothing was sent");
    story.outcome(first.delivery, "dead");
    expect(sentOf(story)).toEqual({});
    story.until(2 * MINUTE).outcome(first.delivery, "delivered");
    expect(sentOf(story)).toEqual({ a: "accepted" });
    story.delivers = true;
    story.at(5 * MINUTE, { ...pod("a"), reason: "Fine" }).until(10 * MINUTE);
    expect(story.messages.map(({ kind }) => kind)).toEqual(["firing", "resolved"]);
  });

  it("stays unsent where the alert of a dead letter was over before somebody sent it again", () => {
    const story = new EngineBed({ rules: RULES });
    story.delivers = false;
    story.at(0, pod("a")).until(MINUTE);
    const [first] = story.messages;
    if (first === undefined) throw new Error("nothing was sent");
    story.outcome(first.delivery, "dead");
    story.until(100 * MINUTE).outcome(first.delivery, "delivered");
    expect(sentOf(story)).toEqual({});
  });

  it("stays unsent where the alert of a dead letter has moved to another group", () => {
    const route = "{ sinks: [ops], groupWait: 10s, groupBy: [rule] }";
    const story = new EngineBed({ rules: RULES, route });
    story.delivers = false;
    story.at(0, pod("a"), pod("b")).until(MINUTE);
    const [first] = story.messages;
    if (first === undefined) throw new Error("nothing was sent");
    story.outcome(first.delivery, "dead");
    const apart =
      "{ sinks: [ops], groupWait: 1h, groupBy: [rule], routes: [{ name: a, match: { name: a }, groupBy: [name] }] }";
    story.reload({ rules: RULES, route: apart }).outcome(first.delivery, "delivered");
    expect(sentOf(story)).toEqual({ b: "accepted" });
  });

  it("is accepted with the digest that it was in", () => {
    const rules = Array.from(
      { length: 30 },
      (_, index) => `{ name: r${index}, match: { reason: R${index} }, severity: warning }`,
    );
    const story = new EngineBed({ rules: `rules: [${rules.join(", ")}]` });
    story.delivers = false;
    for (let index = 0; index < 30; index++)
      story.at(index, { reason: `R${index}`, object: `shop/Pod/p${index}` });
    story.until(7 * MINUTE);
    for (const { delivery } of story.messages) story.outcome(delivery, "delivered");
    expect(story.messages.map(({ kind }) => kind)).toContain("digest");
    expect(new Set(Object.values(sentOf(story)))).toEqual(new Set(["accepted"]));
    expect(Object.keys(sentOf(story))).toHaveLength(30);
  });
});
