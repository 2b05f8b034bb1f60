import { describe, expect, it } from "vitest";

import { present } from "../../../src/sink/index.ts";
import { EngineBed, type EventSketch } from "../../support/engine-bed.ts";
import { podBody } from "../../support/object-bodies.ts";
import { ObjectStates } from "../../support/object-states.ts";

const RULES = `
rules:
  - name: it
    match: { reason: BackOff }
    severity: warning
    resolve: { by: [{ reason: Pulled, same: [object] }], when: started, quiet: 2h }
`;
const SICK = podBody();

const backOff = (name: string): EventSketch => ({
  reason: "BackOff",
  object: `shop/Pod/${name}`,
  objectUid: "uid-1",
  owners: ["Deployment/web"],
});

describe("objects of an alert that goes on", () => {
  it("are marked when they are well again, gone, replaced or ended by an Event, and stand last", () => {
    const states = new ObjectStates();
    for (const name of ["sick", "well", "gone", "new", "pulled"]) states.set(0, `shop/Pod/${name}`, SICK);
    states.set(50, "shop/Pod/well", podBody({ running: 45, ready: 45 })).set(50, "shop/Pod/gone", "gone");
    states.set(50, "shop/Pod/new", podBody({ uid: "uid-2", created: 45 }));
    const story = new EngineBed({ rules: RULES, route: "{ sinks: [ops], repeatInterval: 30m }", states });
    story.at(0, ...["gone", "well", "new", "pulled", "sick"].map(backOff));
    story.at(50, { reason: "Pulled", type: "Normal", object: "shop/Pod/pulled" });
    states.set(60, "shop/Pod/other", SICK);
    const [first, later] = story.at(60, backOff("other")).until(2000).messages;
    expect(first?.notification.alerts[0]?.objects.map(({ over }) => over)).toEqual(
      Array.from({ length: 5 }, () => undefined),
    );
    const overOf = Object.fromEntries(
      (later?.notification.alerts[0]?.objects ?? []).map(({ name, over = "" }) => [name, over]),
    );
    expect(overOf).toEqual({
      sick: "",
      other: "",
      well: "healthy",
      gone: "deleted",
      new: "replaced",
      pulled: "event",
    });
    const places = later && present(later.notification, 0).places.shown.map(({ mark }) => mark);
    expect(places?.slice(0, 2)).toEqual(["", ""]);
    expect(places?.toSorted()).toEqual(["", "", "gone", "over", "replaced", "well again"]);
  });

  it("are counted when nobody looked at them, where others are known", () => {
    const states = new ObjectStates();
    const names = Array.from({ length: 30 }, (_, index) => `web-${index}`);
    for (const name of names) states.set(0, `shop/Pod/${name}`, SICK);
    const [told] = new EngineBed({ rules: RULES, states }).at(0, ...names.map(backOff)).until(60).messages;
    expect(told?.notification.alerts[0]?.objectsUnverified).toBe(21);
    expect(told?.notification.text.note).toBe("21 further objects were not looked at for this message.");
    const blind = new EngineBed({ rules: RULES, states: new ObjectStates() }).at(0, ...names.map(backOff));
    expect(blind.until(60).messages[0]?.notification.text.note).toBe("");
  });
});
