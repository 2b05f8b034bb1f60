import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { Fact } from "../../../src/alert/index.ts";
import { readObjectState } from "../../../src/object/index.ts";
import { EngineBed, START } from "../../support/engine-bed.ts";
import { podBody } from "../../support/object-bodies.ts";
import { ObjectStates } from "../../support/object-states.ts";
import { rounds } from "../../support/rounds.ts";

const RULES = `
rules:
  - { name: it, match: { reason: BackOff }, severity: warning, resolve: { by: [], quiet: 30s } }
  - { name: bad, match: { reason: Bad }, severity: critical, resolve: { by: [], quiet: 10s } }
`;
const SICK = readObjectState("Pod", podBody()) ?? "unknown";
/** Ticks, of a tenth of a second, after the last happening: longer than any wait for a message. */
const TAIL = 400;

interface Happening {
  /** Ticks after the one before. */
  readonly after: number;
  readonly reason: string;
  readonly object: string;
}

/** How inquiries are answered, one after the other, again from the start. */
interface Reply {
  /** Seconds; undefined: never. */
  readonly delay: number | undefined;
  readonly found: Fact["found"];
}

const happenings: fc.Arbitrary<readonly Happening[]> = fc.array(
  fc.record({
    after: fc.constantFrom(0, 4, 10, 70, 295, 300, 450),
    reason: fc.constantFrom("BackOff", "BackOff", "Bad"),
    object: fc.constantFrom("shop/Pod/a", "shop/Pod/b", "pay/Pod/c", "pay/Pod/d"),
  }),
  // More would be a storm, whose digest comes minutes later.
  { minLength: 1, maxLength: 10 },
);
const replies: fc.Arbitrary<readonly Reply[]> = fc.array(
  fc.record({
    delay: fc.constantFrom(undefined, 0, 0.2, 0.9, 1, 1.1, 12),
    found: fc.constantFrom<Fact["found"]>("unknown", SICK),
  }),
  { minLength: 1, maxLength: 6 },
);

/** Tells a story. @param replies Undefined: nobody answers inquiries, and none are made. */
function tell(story: readonly Happening[], groupBy: string, replies?: readonly Reply[]): EngineBed {
  const bed = new EngineBed({
    rules: RULES,
    route: `{ sinks: [ops], groupBy: ${groupBy}, groupInterval: 1m }`,
    inhibit: `[{ name: warning, enabled: false }, { name: critical, enabled: false }]`,
    ...(replies === undefined ? {} : { states: new ObjectStates() }),
  });
  bed.answers = false;
  let tick = 0;
  const answered = new Set<number>();
  for (const { after, reason, object } of story) {
    for (const end = tick + after; tick < end; tick += 1) pass(bed, tick, { replies, answered });
    bed.at(tick / 10, { reason, object });
  }
  for (const end = tick + TAIL; tick < end; tick += 1) pass(bed, tick, { replies, answered });
  return bed;
}

/** Lets time pass until a tick, and gives the answers that have come by then. */
function pass(
  bed: EngineBed,
  tick: number,
  answers: { readonly replies: readonly Reply[] | undefined; readonly answered: Set<number> },
): void {
  const { replies = [], answered } = answers;
  bed.until(tick / 10);
  for (const [index, { object, at }] of bed.inquiries.entries()) {
    const reply = replies[index % replies.length];
    if (reply?.delay === undefined || answered.has(index) || at + reply.delay > bed.now) continue;
    answered.add(index);
    bed.step({ kind: "facts", facts: [{ object, at: START + at * 1000, found: reply.found }] });
  }
}

/** When each alert was told first, by fingerprint; seconds. */
function firstTold(bed: EngineBed): ReadonlyMap<string, number> {
  const told = new Map<string, number>();
  for (const { at, delivery } of bed.messages) {
    for (const { fingerprint, status } of delivery.notification.alerts) {
      if (status === "firing" && !told.has(fingerprint)) told.set(fingerprint, at);
    }
  }
  return told;
}

describe("facts that come at any time, or never, and show no end", () => {
  it("delay no first message by more than a second, and lose none", () => {
    fc.assert(
      fc.property(happenings, replies, (story, some) => {
        const plain = firstTold(tell(story, `["..."]`));
        const asking = firstTold(tell(story, `["..."]`, some));
        for (const [alert, at] of plain) {
          const later = (asking.get(alert) ?? Infinity) - at;
          expect([alert, later >= 0 && later < 1.001]).toEqual([alert, true]);
        }
      }),
      { numRuns: rounds(100) },
    );
  });
});
