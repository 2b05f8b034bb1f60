import { describe, expect, it } from "vitest";

import { PROOF_KINDS } from "../../src/object/index.ts";
import { type CompiledRule, proofOf, type ReasonRow } from "../../src/rule/index.ts";
import { CASES } from "./cases.ts";
import { CATALOGUE, eventsOf } from "./catalogue.ts";
import { compilePack, REASON_ROWS } from "./pack.ts";
import { RULES_WITHOUT_PROOF, ROWS_WITHOUT_PROOF } from "./without-proof.ts";

const EVENTS = [...CATALOGUE.alert.flatMap(eventsOf), ...CASES.map(({ event }) => event)];

const { rules } = compilePack({ more: true });

function nameOf({ component, reason, contains }: ReasonRow): string {
  return [component, reason, contains].filter((part) => part !== "").join(" ");
}

/** The proofs that the alerts of a rule can have, one for each known Event that it matches. */
function proofsOf(rule: CompiledRule): readonly (string | undefined)[] {
  const events = EVENTS.filter((event) => rule.matches(event));
  return [...new Set(events.map((event) => proofOf(rule, rules.reasonRow(event))))];
}

/** Rules whose alerts last, so that somebody waits for their end. */
const lasting = rules.rules.filter((rule) => rule.lifecycle !== "point" && !rule.fallback);

describe("the end of each known problem", () => {
  it("is proved by a state, or it is written down why none can", () => {
    const without = REASON_ROWS.filter((row) => row.lifecycle !== "point" && row.when === undefined);
    const named = Object.values(ROWS_WITHOUT_PROOF).flat();
    expect(without.map(nameOf).toSorted()).toEqual(named.toSorted());
  });

  it("is proved for each rule that ships, or it is written down why none can", () => {
    const without = lasting.filter((rule) => proofsOf(rule).every((proof) => proof === undefined));
    const named = Object.values(RULES_WITHOUT_PROOF).flat();
    expect(without.map(({ name }) => name).toSorted()).toEqual(named.toSorted());
  });

  it("is proved by a state that objects of its kind have", () => {
    const unfit = REASON_ROWS.filter(
      ({ when, kinds }) => when !== undefined && !kinds.some((kind) => PROOF_KINDS[when].includes(kind)),
    );
    expect(unfit.map(nameOf)).toEqual([]);
  });

  it("is no state for what is over as it begins, but the success of a Job", () => {
    const points = REASON_ROWS.filter(({ lifecycle, when }) => lifecycle === "point" && when !== undefined);
    expect(points.map(nameOf)).toEqual([
      "cronjob-controller MissSchedule",
      "job-controller BackoffLimitExceeded",
      "job-controller DeadlineExceeded",
      "job-controller FailedIndexes",
      "job-controller MaxFailedIndexesExceeded",
      "job-controller PodFailurePolicy",
    ]);
  });
});

describe("a proof", () => {
  const rule = {
    lifecycle: undefined,
    resolve: { by: [], when: undefined, quietMs: 1, maxAgeMs: 1 },
  } as const;

  it("is that of the rule before that of the row", () => {
    const own = { ...rule, resolve: { ...rule.resolve, when: "stable" } } as const;
    expect(proofOf(own, { lifecycle: "recurring", when: "started" })).toBe("stable");
    expect(proofOf(rule, { lifecycle: "recurring", when: "started" })).toBe("started");
    expect(proofOf(rule, undefined)).toBeUndefined();
  });

  it("is none for a rule that makes a point of what else lasts", () => {
    expect(
      proofOf({ ...rule, lifecycle: "point" }, { lifecycle: "recurring", when: "started" }),
    ).toBeUndefined();
    expect(proofOf({ ...rule, lifecycle: "point" }, { lifecycle: "recurring", when: "complete" })).toBe(
      "complete",
    );
    expect(proofOf({ ...rule, lifecycle: "recurring" }, { lifecycle: "point", when: "complete" })).toBe(
      "complete",
    );
  });
});
