import { z } from "zod";

import type { ClusterEvent } from "../event/index.ts";
import { Duration, durationOf } from "../lib/duration.ts";
import { TocsinError } from "../lib/errors.ts";
import { check, strict } from "../lib/schema.ts";
import { Severity } from "../lib/severity.ts";
import { dotted } from "../lib/yaml-file.ts";
import { PROOFS } from "../object/index.ts";
import type { CounterSpec, ReasonRow } from "./compiled-rule.ts";
import { overlap, profileOfRow } from "./profile.ts";

const Counter = strict({
  component: z.string().default(""),
  reason: z.string().min(1),
  kind: z.string().default(""),
  contains: z.string().default(""),
  same: z.array(z.enum(["object", "container", "node", "namespace", "workload"])).default(["object"]),
});

const Lifecycle = z.enum(["recurring", "transition", "point"]);

const Row = strict({
  component: z.string().default(""),
  reason: z.string().min(1),
  kinds: z.array(z.string()).default([]),
  type: z.string().default(""),
  contains: z.string().default(""),
  lifecycle: Lifecycle,
  severity: Severity,
  counter: z.array(Counter).default([]),
  when: z.enum(PROOFS).optional(),
  quiet: Duration.optional(),
  series: z.boolean().default(false),
  meaning: z.string().min(1),
});

/** One entry of `reasons` in the configuration; missing keys come from the row that it replaces. */
export const ReasonSpec = strict({
  component: z.string().default("").describe("who writes it; any, when left out"),
  reason: z.string().min(1).describe("the reason of the row"),
  kind: z.string().default("").describe("of the involved object; any, when left out"),
  type: z.string().default("").describe("Warning or Normal; any, when left out"),
  contains: z.string().default("").describe("a part of the message; any, when left out"),
  lifecycle: Lifecycle.optional().describe("what kind of problem it is"),
  severity: Severity.optional().describe("severity"),
  counter: z.array(Counter).optional().describe("Events that end it"),
  when: z.enum(PROOFS).optional().describe("the state of the object that proves its end"),
  quiet: durationOf(1000, "its alerts would end as they begin")
    .optional()
    .describe("over after this time without an occurrence"),
  series: z.boolean().optional().describe("whether repeats come as a series, up to 30 minutes late"),
  meaning: z.string().min(1).optional().describe("one sentence for people"),
});
export type ReasonSpec = z.infer<typeof ReasonSpec>;

/**
 * Reads a reason table of the program. It is JSON, which costs a fifth of YAML's time and memory at every start.
 *
 * @throws {TocsinError} ERR_INTERNAL when it is broken, with every fault.
 */
export function loadReasonTable(text: string): readonly ReasonRow[] {
  const table = check(strict({ reasons: z.array(Row) }), JSON.parse(text));
  if (table.value === undefined) {
    const faults = table.faults.map(({ path, message }) => `${dotted(path)}: ${message}`);
    throw new TocsinError("ERR_INTERNAL", `the reason table is broken: ${faults.join("; ")}`);
  }
  return table.value.reasons.map(({ counter, quiet, when, ...row }) => ({
    ...row,
    counterEvents: counter,
    when,
    quietMs: quiet,
  }));
}

/** The row of a reason that is in no table. */
const UNKNOWN = {
  component: "",
  kinds: [],
  type: "",
  contains: "",
  lifecycle: "recurring",
  severity: "warning",
  counterEvents: [],
  when: undefined,
  quietMs: undefined,
  series: false,
} satisfies Omit<ReasonRow, "reason" | "meaning">;

/** The reason table, ready for events. */
export interface ReasonTable {
  /** Every row that an event can have. */
  readonly rows: readonly ReasonRow[];
  /** The most specific row for this event. */
  rowOf(event: ClusterEvent): ReasonRow | undefined;
}

/**
 * An index over rows. More specific rows come before less specific ones, and a user's before all others; missing keys
 * of a user's row come from the row that the event would have without it.
 */
export function createReasonTable(specs: readonly ReasonSpec[], builtIn: readonly ReasonRow[]): ReasonTable {
  const known = Map.groupBy(bySpecificity(builtIn), (row) => row.reason);
  const rowOf = (event: ClusterEvent): ReasonRow | undefined =>
    known.get(event.reason)?.find((row) => isAbout(row, event));
  const own = specs
    .map((spec) => {
      const row = overlay(spec, undefined);
      const below = (known.get(spec.reason) ?? []).filter((each) =>
        overlap(profileOfRow(row), profileOfRow(each)),
      );
      return { row, over: new Map(below.map((each) => [each, overlay(spec, each)])) };
    })
    .toSorted((a, b) => specificity(b.row) - specificity(a.row));
  return {
    rows: [...own.flatMap(({ row, over }) => [row, ...over.values()]), ...builtIn],
    rowOf: (event) => {
      const below = rowOf(event);
      const above = own.find(({ row }) => row.reason === event.reason && isAbout(row, event));
      if (above === undefined) return below;
      return below === undefined ? above.row : (above.over.get(below) ?? above.row);
    },
  };
}

function overlay(spec: ReasonSpec, below: ReasonRow | undefined): ReasonRow {
  const base = below ?? { ...UNKNOWN, reason: spec.reason, meaning: spec.reason };
  return {
    component: spec.component || base.component,
    reason: spec.reason,
    kinds: spec.kind === "" ? base.kinds : [spec.kind],
    type: spec.type || base.type,
    contains: spec.contains || base.contains,
    lifecycle: spec.lifecycle ?? base.lifecycle,
    severity: spec.severity ?? base.severity,
    counterEvents: spec.counter ?? base.counterEvents,
    when: spec.when ?? base.when,
    quietMs: spec.quiet ?? base.quietMs,
    series: spec.series ?? base.series,
    meaning: spec.meaning ?? base.meaning,
  };
}

function bySpecificity(rows: readonly ReasonRow[]): readonly ReasonRow[] {
  return rows.toSorted((a, b) => specificity(b) - specificity(a));
}

/** Number of the keys that a row gives; the message form breaks ties, since it is the most specific. */
function specificity(row: ReasonRow): number {
  const keys = [row.component !== "", row.kinds.length > 0, row.type !== "", row.contains !== ""];
  return keys.filter(Boolean).length + (row.contains === "" ? 0 : 0.5);
}

function isAbout(row: ReasonRow, event: ClusterEvent): boolean {
  return (
    (row.component === "" || row.component === event.source.component) &&
    (row.kinds.length === 0 || row.kinds.includes(event.involvedObject.kind)) &&
    (row.type === "" || row.type === event.type) &&
    (row.contains === "" || event.message.includes(row.contains))
  );
}

/** Whether an event is the counter-event of a row. */
export function isCounter(spec: CounterSpec, event: ClusterEvent): boolean {
  return (
    spec.reason === event.reason &&
    (spec.component === "" || spec.component === event.source.component) &&
    (spec.kind === "" || spec.kind === event.involvedObject.kind) &&
    (spec.contains === "" || event.message.includes(spec.contains))
  );
}
