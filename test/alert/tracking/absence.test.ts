import { describe, expect, it } from "vitest";

import { type EventSketch, EngineBed, START } from "../../support/engine-bed.ts";
import { ObjectStates } from "../../support/object-states.ts";

const MINUTE = 60;
const HOUR = 60 * MINUTE;

const RULES = `
rules:
  - name: silent
    match: { reason: Beat }
    identity: [namespace, object]
    severity: critical
    absent: { within: 2h }
    title: "{{ event.name }} is silent"
`;

function beat(name = "a", rest: Partial<EventSketch> = {}): EventSketch {
  return { reason: "Beat", type: "Normal", object: `shop/CronJob/${name}`, ...rest };
}

/** A bed in which something has just been heard of. */
function heard(rules = RULES, states?: ObjectStates): EngineBed {
  return new EngineBed({ rules, ...(states && { states }) }).at(0, beat());
}

function toldBy(bed: EngineBed): readonly string[] {
  return bed.messages.map(({ at, kind, title }) => `${at} ${kind} ${title}`);
}

const FIRST = 2 * HOUR + 10;

describe("a rule for what does not occur", () => {
  it("fires when it was not heard of for so long, and ends with the next occurrence", () => {
    const bed = heard().until(3 * HOUR);
    expect(toldBy(bed)).toEqual([`${FIRST} firing a is silent`]);
    bed.at(3 * HOUR, beat()).until(4 * HOUR);
    expect(bed.messages.at(-1)).toMatchObject({ kind: "resolved" });
    const [alert] = bed.messages.at(-1)?.notification.alerts ?? [];
    expect(alert).toMatchObject({ resolvedBy: { how: "event", reason: "Beat" } });
    expect(Date.parse(alert?.startsAt ?? "")).toBe(START);
    // It is waited for anew.
    bed.until(6 * HOUR);
    expect(bed.messages.at(-1)).toMatchObject({ at: 5 * HOUR + 10, kind: "firing" });
  });

  it("is silent while it is heard of in time, and about what was never heard of", () => {
    const bed = heard();
    for (let hour = 1; hour < 10; hour += 1) bed.at(hour * HOUR, beat());
    expect(toldBy(bed)).toEqual([]);
  });

  it("waits for each identity by itself", () => {
    const bed = heard()
      .at(HOUR, beat("b"))
      .at(2 * HOUR - 1, beat("b"))
      .until(3 * HOUR);
    expect(toldBy(bed)).toEqual([`${FIRST} firing a is silent`]);
  });

  it("is heard of by an Event that a list shows after a gap", () => {
    const bed = heard()
      .gap()
      .until(5 * HOUR);
    bed
      .list([beat("a", { lastSeen: 5 * HOUR - 1 })])
      .live()
      .until(6 * HOUR);
    expect(toldBy(bed)).toEqual([]);
  });

  it("does not count the time of a gap", () => {
    const bed = heard()
      .until(HOUR)
      .gap()
      .until(9 * HOUR)
      .live();
    bed.until(10 * HOUR - 1);
    expect(toldBy(bed)).toEqual([]);
    bed.until(11 * HOUR);
    expect(toldBy(bed)).toEqual([`${10 * HOUR + 10} firing a is silent`]);
    expect(bed.messages[0]?.notification.text.note).toBe(
      "Without a watch for 8 h of that time, so this comes that much later.",
    );
    expect(heard().until(3 * HOUR).messages[0]?.notification.text.note).toBe("");
  });

  it("does not count the time in which nobody watched, and keeps the rest over a restart", () => {
    const bed = heard()
      .until(HOUR)
      .restart(false)
      .until(9 * HOUR)
      .live();
    bed.until(9 * HOUR + 55 * MINUTE);
    expect(toldBy(bed)).toEqual([]);
    // Of the watched hour at most the last twenty-fourth of two hours is lost.
    bed.until(10 * HOUR + 6 * MINUTE);
    expect(bed.messages).toHaveLength(1);
  });

  it("tells no second time after a restart", () => {
    const bed = heard()
      .until(3 * HOUR)
      .restart()
      .until(9 * HOUR);
    expect(bed.messages.filter(({ kind }) => kind === "firing")).toHaveLength(1);
  });

  it("waits for what it expects, although it was never heard of", () => {
    const expecting = RULES.replace("2h", "2h, expect: [{ namespace: shop, kind: CronJob, name: never }]");
    const bed = new EngineBed({ rules: expecting }).until(3 * HOUR);
    expect(toldBy(bed)).toEqual([`${FIRST} firing never is silent`]);
    bed.at(3 * HOUR, beat("never")).until(4 * HOUR);
    expect(bed.messages.at(-1)).toMatchObject({ kind: "resolved" });
  });

  it("knows what it expects by the Events of an object of any API group", () => {
    const expecting = RULES.replace("2h", "2h, expect: [{ namespace: data, kind: Backup, name: b }]");
    const own = { object: "data/Backup/b", apiVersion: "backup.example/v1" };
    const bed = new EngineBed({ rules: expecting }).at(HOUR, beat("b", own)).until(2 * HOUR + 30 * MINUTE);
    expect(toldBy(bed)).toEqual([]);
    bed.reload({ rules: `${expecting}    description: Another text.\n` }).until(4 * HOUR);
    expect(toldBy(bed)).toEqual([`${3 * HOUR + 10} firing b is silent`]);
    bed.at(4 * HOUR, beat("b", own)).until(5 * HOUR);
    expect(bed.messages.at(-1)).toMatchObject({ kind: "resolved" });
  });

  it("waits for nothing that it expects no longer, or that no rule waits for", () => {
    const expecting = RULES.replace("2h", "2h, expect: [{ namespace: shop, kind: CronJob, name: never }]");
    const bed = new EngineBed({ rules: expecting })
      .until(HOUR)
      .reload({ rules: RULES })
      .until(9 * HOUR);
    expect(toldBy(bed)).toEqual([]);
    const removed = heard()
      .until(HOUR)
      .reload({ rules: "rules: []" })
      .until(9 * HOUR);
    expect(toldBy(removed)).toEqual([]);
    expect(removed.changes.flatMap(({ entities }) => entities.forget)).toContainEqual(
      expect.objectContaining({ kind: "absence" }),
    );
  });

  it("waits for a thousand identities at most", () => {
    const many = Array.from({ length: 1001 }, (_, index) => beat(`job-${index}`));
    const bed = new EngineBed({ rules: RULES }).at(0, ...many);
    const kept = bed.changes.flatMap(({ entities }) => entities.put).filter(({ kind }) => kind === "absence");
    expect(new Set(kept.map(({ key }) => key)).size).toBe(1000);
  });
});

describe("the state of what does not occur", () => {
  const object = "shop/CronJob/a";

  function cronJob(
    spec: object,
    status: object = {},
  ): { readonly metadata: object; readonly [key: string]: unknown } {
    return { metadata: { uid: "u" }, spec, status };
  }

  it("is asked before its absence is told: a success counts as an occurrence", () => {
    const lastSuccessfulTime = new Date(START + HOUR * 1000).toISOString();
    const states = new ObjectStates().set(0, object, cronJob({}, { lastSuccessfulTime }));
    const bed = heard(RULES, states).until(2 * HOUR + 50 * MINUTE);
    expect(toldBy(bed)).toEqual([]);
    expect(bed.inquiries.filter(({ purpose }) => purpose === "end")).toHaveLength(1);
    bed.until(4 * HOUR);
    expect(bed.messages.map(({ at }) => at)).toEqual([3 * HOUR + 12]);
  });

  it.each([
    ["is suspended", cronJob({ suspend: true })],
    ["is gone", "gone"],
  ] as const)("ends the wait when it %s", (_, found) => {
    const bed = heard(RULES, new ObjectStates().set(0, object, found)).until(9 * HOUR);
    expect(toldBy(bed)).toEqual([]);
  });

  it("does not excuse an object that is expected, and does not exist", () => {
    const expecting = RULES.replace("2h", "2h, expect: [{ namespace: shop, kind: CronJob, name: a }]");
    const states = new ObjectStates().set(0, object, "gone");
    expect(new EngineBed({ rules: expecting, states }).until(3 * HOUR).messages).toHaveLength(1);
  });

  it("does not keep its absence from being told when it is unknown", () => {
    const bed = heard(RULES, new ObjectStates()).until(3 * HOUR);
    expect(bed.messages).toHaveLength(1);
  });
});
