import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { toSilence } from "../../src/alert/suppression/silence-spec.ts";
import type { EventSketch } from "../support/event-sketch.ts";
import { rounds } from "../support/rounds.ts";
import { BridgeBed, type Sections } from "./bridge-bed.ts";

const HOUR = 3600;

const RULES = [
  {
    name: "crash",
    match: { reason: "BackOff" },
    severity: "warning",
    threshold: { count: 2, within: "10m" },
    resolve: { by: [{ reason: "Started", same: ["object"] }], quiet: "20m" },
  },
  { name: "mount", match: { reason: "FailedMount" }, severity: "info", resolve: { by: [], quiet: "15m" } },
  {
    name: "node",
    match: { reason: "NodeNotReady", kind: "Node" },
    severity: "critical",
    lifecycle: "transition",
    for: "30s",
    resolve: { by: [{ reason: "NodeReady", same: ["object"] }], maxAge: "5h" },
  },
];

const SECTIONS: Sections = {
  rules: RULES,
  sinks: [
    { name: "ops", type: "stdout" },
    { name: "pager", type: "stdout", minSeverity: "critical" },
  ],
  route: {
    sinks: ["ops", "pager"],
    groupBy: ["rule", "namespace"],
    mute: ["break"],
  },
  timeIntervals: { break: { zone: "UTC", times: ["10:20-10:50", "12:00-13:00"] } },
};

const sketches: fc.Arbitrary<EventSketch> = fc.oneof(
  fc.record({
    reason: fc.constantFrom("BackOff", "BackOff", "FailedMount", "Started"),
    object: fc.constantFrom("shop/Pod/a", "shop/Pod/b", "pay/Pod/c"),
    host: fc.constantFrom("n1", "n2"),
  }),
  fc.record({
    reason: fc.constantFrom("NodeNotReady", "NodeReady"),
    object: fc.constantFrom("/Node/n1", "/Node/n2"),
  }),
);

type Act =
  | { readonly do: "write"; readonly sketches: readonly EventSketch[] }
  | { readonly do: "restart" | "reload" | "silence" | "drop" | "connect" };

const acts: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .array(sketches, { minLength: 1, maxLength: 3 })
      .map((list): Act => ({ do: "write", sketches: list })),
  },
  {
    weight: 2,
    arbitrary: fc
      .constantFrom("restart", "reload", "silence", "drop", "connect")
      .map((what): Act => ({ do: what })),
  },
);

const stories = fc.array(fc.record({ after: fc.constantFrom(1, 20, 90, 400, 1300), act: acts }), {
  minLength: 3,
  maxLength: 25,
});

/** A counter of one Event goes up each time it is written. */
function named(sketch: EventSketch): EventSketch {
  return { ...sketch, name: `${sketch.object?.split("/").at(-1)}.${sketch.reason}` };
}

async function act(bed: BridgeBed, { do: what, ...more }: Act): Promise<void> {
  switch (what) {
    case "write":
      await bed.at(bed.now, ...("sketches" in more ? more.sketches.map(named) : []));
      break;
    case "restart":
      await bed.restart();
      break;
    case "reload":
      await bed.reload(SECTIONS);
      break;
    case "silence":
      await bed.silence(
        toSilence(
          { match: { namespace: "shop" }, for: HOUR * 1000, comment: "c", author: "a" },
          "s",
          bed.clock.now(),
        ),
      );
      break;
    case "drop":
      bed.server.disconnect();
      break;
    case "connect":
      if (!bed.server.isUp) bed.server.connect();
      break;
  }
}

async function end(bed: BridgeBed): Promise<void> {
  if (!bed.server.isUp) bed.server.connect();
  await bed.until(bed.now + 8 * HOUR);
}

describe("15. conservation", () => {
  it("every occurrence of a rule is accounted for exactly once at every sink, whatever happens", async () => {
    await fc.assert(
      fc.asyncProperty(stories, async (story) => {
        await using bed = await BridgeBed.open(SECTIONS);
        const written = new Map<string, number>();
        let droppedAt = 0;
        for (const step of story) {
          await bed.until(bed.now + step.after);
          // A line that is down for longer than the server keeps Events loses some, and no program can prevent that.
          if (!bed.server.isUp && bed.now - droppedAt > HOUR / 2) bed.server.connect();
          if (step.act.do === "drop" && bed.server.isUp) droppedAt = bed.now;
          await act(bed, step.act);
          if (step.act.do !== "write") continue;
          for (const { reason } of step.act.sketches) written.set(reason, (written.get(reason) ?? 0) + 1);
        }
        await end(bed);
        expect([...bed.pipeline.engine.alerts()]).toEqual([]);
        const { rows } = await bed.queries.decisions({ since: 0, limit: 5000 });
        for (const [rule, reason] of [
          ["crash", "BackOff"],
          ["mount", "FailedMount"],
          ["node", "NodeNotReady"],
        ] as const) {
          for (const sink of ["ops", "pager"]) {
            const accounted = rows
              .filter((row) => row.rule === rule && (row.sink === sink || row.sink === ""))
              .reduce((sum, { occurrences }) => sum + occurrences, 0);
            expect([rule, sink, accounted]).toEqual([rule, sink, written.get(reason) ?? 0]);
          }
        }
      }),
      { numRuns: rounds(25) },
    );
  });
});

describe("16. idempotence", () => {
  /** The facts about alerts that do not depend on the order in which the objects of one revision were read. */
  function standing(bed: BridgeBed): readonly unknown[] {
    return [...bed.pipeline.engine.alerts()]
      .map(({ fingerprint, rule, phase, occurrences, severity }) => ({
        fingerprint,
        rule,
        phase,
        occurrences,
        severity,
      }))
      .toSorted((a, b) => (a.fingerprint < b.fingerprint ? -1 : 1));
  }

  const writes = fc.array(fc.array(sketches, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 8 });

  async function told(
    trace: readonly (readonly EventSketch[])[],
    hand: (bed: BridgeBed, batch: readonly EventSketch[]) => Promise<void>,
  ): Promise<readonly unknown[]> {
    await using bed = await BridgeBed.open(SECTIONS);
    for (const batch of trace) {
      await bed.until(bed.now + 5);
      // One state of each Event in a revision.
      const distinct = [...new Map(batch.map((sketch) => [named(sketch).name, named(sketch)])).values()];
      await hand(bed, distinct);
    }
    return standing(bed);
  }

  it("the same trace, twice, listed again, or shuffled inside one revision, gives the same alerts", async () => {
    await fc.assert(
      fc.asyncProperty(writes, fc.integer(), async (trace, turn) => {
        const once = await told(trace, (bed, batch) => bed.at(bed.now, ...batch));
        const twice = await told(trace, async (bed, batch) => {
          await bed.at(bed.now, ...batch);
          bed.server.write([...bed.server.events.values()]);
          await bed.clock.advance(0);
        });
        const listed = await told(trace, async (bed, batch) => {
          await bed.at(bed.now, ...batch);
          bed.server.disconnect();
          bed.server.connect();
          await bed.clock.advance(0);
        });
        const shuffled = await told(trace, (bed, batch) => {
          // Problems and their ends keep their order: they are different revisions of one story.
          const ends = batch.filter(({ reason }) => ["Started", "NodeReady"].includes(reason));
          const others = batch.filter((sketch) => !ends.includes(sketch));
          const by = Math.abs(turn) % Math.max(1, others.length);
          return bed.at(bed.now, ...others.slice(by), ...others.slice(0, by), ...ends);
        });
        const sorted = await told(trace, (bed, batch) => {
          const ends = batch.filter(({ reason }) => ["Started", "NodeReady"].includes(reason));
          return bed.at(bed.now, ...batch.filter((sketch) => !ends.includes(sketch)), ...ends);
        });
        expect(twice).toEqual(once);
        expect(listed).toEqual(once);
        expect(shuffled).toEqual(sorted);
      }),
      { numRuns: rounds(15) },
    );
  });
});

describe("17. a text that fails", () => {
  it.each([["throws", "{{ event.metadata.labels['no'] }}"]])(
    "%s: the built-in one is sent, and the failure counted",
    async (_title, title) => {
      await using bed = await BridgeBed.open({
        rules: [{ name: "crash", match: { reason: "BackOff" }, title, text: "{{ event.reason }}" }],
      });
      await bed.at(0, { reason: "BackOff", object: "shop/Pod/web-1", message: "x".repeat(30_000) });
      await bed.until(60);
      expect(bed.taken[0]?.notification.title).toBe("Back off: Pod web-1 in shop");
      expect(await bed.metrics.text()).toMatch(
        /tocsin_rule_errors_total\{rule="crash",stage="title"\} [1-9]/u,
      );
    },
  );

  it("loops over what an Event says: no more than a hundred parts of it", async () => {
    const title = "{{ event.message.split('').map(a, event.message.split('').map(b, a + b)).size() }} parts";
    await using bed = await BridgeBed.open({
      rules: [{ name: "crash", match: { reason: "BackOff" }, title }],
    });
    await bed.at(0, { reason: "BackOff", message: "x".repeat(30_000) });
    await bed.until(60);
    expect(bed.taken[0]?.notification.title).toBe("100 parts");
  });

  it("has loops in loops in loops: it is refused when it is read", async () => {
    const title = "{{ [1].map(a, [1].map(b, [1].map(c, c))).size() }}";
    await expect(
      BridgeBed.open({ rules: [{ name: "crash", match: { reason: "BackOff" }, title }] }),
    ).rejects.toThrow("nested 2 deep");
  });

  it("is too long: it is cut", async () => {
    const text = "{{ event.message }}".repeat(100);
    await using bed = await BridgeBed.open({
      rules: [{ name: "crash", match: { reason: "BackOff" }, text }],
    });
    await bed.at(0, { reason: "BackOff", message: "x".repeat(2000) });
    await bed.until(60);
    const { own: sent } = bed.taken[0]?.notification.text ?? { own: "" };
    expect(sent.length).toBeLessThanOrEqual(4000);
    expect(sent).toMatch(/^[^…]+…[^…]+$/u);
  });
});
