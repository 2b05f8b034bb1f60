import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { observe } from "../../src/event/index.ts";
import { rounds } from "../support/rounds.ts";
import { PARTS, type Step, stories, Telling } from "./stories.ts";

const RUNS = { numRuns: rounds(100) };

/** Messages of one instant in a fixed order, without ids. */
function messagesOf(telling: Telling): readonly string[] {
  return telling.bed.messages
    .map(
      ({ at, sink, kind, trigger, title, occurrences, delivery }) =>
        `${String(at).padStart(9)} ${sink} ${delivery.groupKey} ${kind}/${trigger} ${occurrences} ${title}`,
    )
    .toSorted();
}

describe("a restart at any point", () => {
  it("changes no message that a reload and silence that has to be measured anew would not change", () => {
    const { events: _, ...others } = PARTS;
    fc.assert(
      fc.property(stories(...Object.values(others)), (story) => {
        const through = new Telling({ manual: true }).tell(story).end();
        const without = new Telling({ manual: true }).tell(withoutRestarts(story)).end();
        expect(messagesOf(through)).toEqual(messagesOf(without));
      }),
      RUNS,
    );
  });
});

/**
 * The story with a gap and a reload in place of each restart, which have the same two effects: quiet is measured anew,
 * and the policy is adopted, which flushes groups with held news without their wait.
 */
function withoutRestarts(story: readonly Step[]): readonly Step[] {
  let variant = 0;
  return story.flatMap((step): readonly Step[] => {
    if (step.happening.kind === "reload") variant = step.happening.variant;
    if (step.happening.kind !== "restart") return [step];
    return [
      { after: step.after, happening: { kind: "gap" } },
      { after: 0, happening: { kind: "reload", variant } },
      { after: 0, happening: { kind: "live" } },
    ];
  });
}

describe("what is read again", () => {
  it.each(["repeat", "relist"] as const)("by a %s after every step changes nothing", (again) => {
    fc.assert(
      fc.property(stories(PARTS.flow, PARTS.learn, PARTS.silence, PARTS.deliver), (story) => {
        const once = new Telling({ manual: true }).tell(story).end();
        const twice = new Telling({ manual: true });
        for (const step of story) {
          twice.tell([step]);
          if (step.happening.kind === "events") twice.bed[again]();
        }
        expect(messagesOf(twice.end())).toEqual(messagesOf(once));
      }),
      RUNS,
    );
  });
});

describe("conservation", () => {
  it("accounts for every occurrence of a rule at every sink it goes to exactly once", () => {
    fc.assert(
      fc.property(stories(PARTS.flow, PARTS.restart, PARTS.learn, PARTS.silence, PARTS.deliver), (story) => {
        const { bed } = new Telling({ manual: true }).tell(story).end();
        const rows = bed.changes.flatMap((change) => change.decisions);
        for (const [rule, counted] of bed.counted) {
          for (const sink of ["ops", "pager", "muted"]) {
            const accounted = rows
              .filter((row) => row.rule === rule && (row.sink === sink || row.sink === ""))
              .reduce((sum, row) => sum + row.occurrences, 0);
            expect([rule, sink, accounted]).toEqual([rule, sink, counted]);
          }
        }
        expect(rows.filter((row) => row.occurrences < 0)).toEqual([]);
      }),
      RUNS,
    );
  });
});

describe("the end of every story", () => {
  const everything = stories(
    PARTS.flow,
    PARTS.restart,
    PARTS.reload,
    PARTS.learn,
    PARTS.silence,
    PARTS.deliver,
  );

  it("is told to every receiver that took the beginning, unless it wants no ends", () => {
    fc.assert(
      fc.property(everything, (story) => {
        const { receivers } = new Telling({ manual: true }).tell(story).end();
        const left = [...receivers.values()].filter(
          (receiver) => receiver.open.size > 0 && receiver.sink !== "muted" && !receiver.excused,
        );
        expect(left).toEqual([]);
      }),
      RUNS,
    );
  });

  it("comes between two beginnings of one group, unless the first one never arrived", () => {
    fc.assert(
      fc.property(stories(PARTS.flow, PARTS.restart, PARTS.reload, PARTS.learn, PARTS.silence), (story) => {
        const { bed } = new Telling({ manual: false }).tell(story).end();
        const open = new Set<string>();
        const twice: string[] = [];
        for (const { trigger, sink, kind, delivery } of bed.messages) {
          if (sink === "muted" || kind === "digest") continue;
          const key = `${sink} ${delivery.groupKey}`;
          const points = delivery.notification.alerts.every((alert) =>
            ["OOMKilling", "Rebooted"].includes(alert.event.reason),
          );
          const isFirst = ["first", "unmuted", "silence-ended", "flapping"].includes(trigger);
          if (isFirst && !points && open.has(key)) twice.push(key);
          if (kind === "resolved") open.delete(key);
          else if (!points) open.add(key);
        }
        expect(twice).toEqual([]);
      }),
      RUNS,
    );
  });

  it("leaves nothing behind: no alert, no group, no timer, nobody awaited", () => {
    fc.assert(
      fc.property(everything, (story) => {
        const { bed } = new Telling({ manual: true }).tell(story).end();
        expect([...bed.engine.alerts()]).toEqual([]);
        expect([...bed.engine.groups()]).toEqual([]);
        expect(bed.engine.nextDueAt()).toBeUndefined();
        for (const object of ["Pod/shop/web-1", "Pod/shop/web-2", "Pod/shop/db-1", "Node//n1", "Node//n2"]) {
          const [kind = "", namespace = "", name = ""] = object.split("/");
          const involvedObject = { kind, namespace, name };
          const event = {
            metadata: { namespace: namespace || "default" },
            source: { component: "kubelet" },
            involvedObject,
          };
          expect(bed.engine.awaits(observe(event, "test"), true)).toBe(false);
        }
      }),
      RUNS,
    );
  });
});
