import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { EngineBed, type SentMessage, START } from "../support/engine-bed.ts";
import { rounds } from "../support/rounds.ts";

const HOUR = 3600;
const PERIOD = 3 * HOUR;

/** A mild, an ordinary and a critical problem. */
const RULES = `
rules:
${[
  ["slow", "Slow", "info"],
  ["back-off", "BackOff", "warning"],
  ["down", "Down", "critical"],
]
  .map(
    ([name, reason, severity]) =>
      `  - { name: ${name}, match: { reason: ${reason} }, severity: ${severity}, resolve: { by: [{ reason: Fine, same: [object] }], quiet: 2h } }`,
  )
  .join("\n")}
`;

const RULE_OF: Readonly<Record<string, string>> = { Slow: "slow", BackOff: "back-off", Down: "down" };

const OFTEN = {
  next: (now: number) => START + (Math.floor((now - START) / 1000 / PERIOD) + 1) * PERIOD * 1000,
};

const SINKS = [
  { name: "daily", digest: OFTEN, minSeverity: "warning" as const, merges: false },
  { name: "chat", minSeverity: "warning" as const, merges: false },
];

interface Step {
  readonly after: number;
  readonly happening: string;
  readonly pod: string;
}

const steps: fc.Arbitrary<Step> = fc.record({
  after: fc.oneof(fc.constantFrom(1, 10, 29, 30, 31, 600), fc.integer({ min: 0, max: 2 * HOUR })),
  happening: fc.constantFrom("Slow", "BackOff", "BackOff", "BackOff", "Down", "Fine", "Fine", "restart"),
  pod: fc.constantFrom("a", "b", "c"),
});
const stories = fc.array(steps, { minLength: 2, maxLength: 30, size: "max" });
const groupings = fc.constantFrom("[namespace]", "[rule]", '["..."]');

interface Happened {
  readonly at: number;
  readonly reason: string;
  readonly pod: string;
}

/** Critical problems have Pods of their own, so that none holds a milder one of its Pod back. */
function podsOf(happening: string, pod: string): readonly string[] {
  if (happening === "Fine") return [pod, `x${pod}`];
  return [happening === "Down" ? `x${pod}` : pod];
}

/** Tells a story to a sink with scheduled digests, and to an ordinary one beside it. */
function tell(groupBy: string, story: readonly Step[]): { bed: EngineBed; happened: readonly Happened[] } {
  const route = `{ sinks: [daily, chat], groupBy: ${groupBy}, repeatInterval: 4h }`;
  const bed = new EngineBed({ rules: RULES, sinks: SINKS, route });
  const happened: Happened[] = [];
  for (const { after, happening, pod } of story) {
    bed.until(bed.now + after);
    if (happening === "restart") bed.restart();
    else {
      const type = happening === "Fine" ? ("Normal" as const) : ("Warning" as const);
      bed.at(
        bed.now,
        ...podsOf(happening, pod).map((name) => ({ reason: happening, type, object: `shop/Pod/${name}` })),
      );
      happened.push({ at: bed.now, reason: happening, pod });
    }
  }
  return { bed: bed.until(bed.now + 40 * HOUR), happened };
}

interface Mention {
  readonly at: number;
  readonly kind: string;
  readonly alert: string;
  readonly status: string;
  readonly severity: string;
}

/** Every alert that the messages to a sink name. */
function mentions(messages: readonly SentMessage[], sink: string): readonly Mention[] {
  return messages
    .filter((message) => message.sink === sink)
    .flatMap(({ at, kind, notification }) =>
      notification.alerts.map(({ rule, labels, status, severity }) => ({
        at,
        kind,
        alert: `${rule}/${labels["name"]}`,
        status,
        severity,
      })),
    );
}

/** Whether an alert was over at a time, as far as Events say so. */
function wasOver(happened: readonly Happened[], alert: string, at: number): boolean {
  const last = happened.findLast(
    (each) =>
      each.at < at &&
      (each.reason === "Fine" || RULE_OF[each.reason] === alert.split("/")[0]) &&
      alert.endsWith(`/${each.pod}`),
  );
  return last?.reason === "Fine";
}

describe("a sink with scheduled digests beside an ordinary one", () => {
  it("hears of every alert by the next digest, of critical ones at once, and of every end", () => {
    fc.assert(
      fc.property(groupings, stories, (groupBy, story) => {
        const { bed, happened } = tell(groupBy, story);
        const daily = mentions(bed.messages, "daily");
        for (const { at, alert, severity, status } of mentions(bed.messages, "chat")) {
          if (status !== "firing") continue;
          const by = severity === "critical" ? at : (Math.floor(at / PERIOD) + 1) * PERIOD;
          const heard = daily.filter((each) => each.alert === alert && each.at <= by);
          expect(heard, `${alert} of ${at}`).not.toEqual([]);
        }
        for (const { at, kind, alert, status, severity } of daily) {
          expect(severity).not.toBe("info");
          if (kind !== "digest" || status !== "firing") continue;
          expect(severity, `${alert} in the digest of ${at}`).not.toBe("critical");
          expect(wasOver(happened, alert, at), `${alert} in the digest of ${at}`).toBe(false);
        }
        const open = new Set<string>();
        for (const { alert, status } of daily) {
          if (status === "firing") open.add(alert);
          else open.delete(alert);
        }
        expect([...open]).toEqual([]);
        const inDigests = daily
          .filter(({ kind }) => kind === "digest")
          .map(({ at, alert }) => `${at} ${alert}`);
        expect(inDigests).toEqual([...new Set(inDigests)]);
      }),
      { numRuns: rounds(300) },
    );
  });
});
