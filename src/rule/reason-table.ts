import { z } from "zod";

import type { ClusterEvent } from "../event/index.ts";
import { Duration } from "../lib/duration.ts";
import { TocsinError } from "../lib/errors.ts";
import { formatFinding } from "../lib/finding.ts";
import { check, strict } from "../lib/schema.ts";
import { Severity } from "../lib/severity.ts";
import { parseYaml } from "../lib/yaml-file.ts";
import type { CounterSpec, ReasonRow } from "./compiled-rule.ts";

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
  quiet: Duration.optional(),
  series: z.boolean().default(false),
  meaning: z.string().min(1),
});

/** One entry of `reasons` in the configuration; what is left out comes from the row it stands before. */
export const ReasonSpec = strict({
  component: z.string().default(""),
  reason: z.string().min(1),
  kind: z.string().default(""),
  type: z.string().default(""),
  contains: z.string().default(""),
  lifecycle: Lifecycle.optional(),
  severity: Severity.optional(),
  counter: z.array(Counter).optional(),
  quiet: Duration.optional(),
  series: z.boolean().optional(),
  meaning: z.string().min(1).optional(),
});
export type ReasonSpec = z.infer<typeof ReasonSpec>;

/**
 * Reads the reason table that the program carries.
 *
 * @throws {TocsinError} ERR_INTERNAL when it is broken, with every fault.
 */
export function loadReasonTable(text: string): readonly ReasonRow[] {
  const document = parseYaml("reason table", text);
  const table = check(strict({ reasons: z.array(Row) }), document.value);
  const findings = [
    ...document.findings,
    ...(document.findings.length > 0 ? [] : document.locate(table.faults)),
  ];
  if (table.value === undefined || findings.length > 0) {
    throw new TocsinError("ERR_INTERNAL", findings.map(formatFinding).join("; "));
  }
  return table.value.reasons.map(({ counter, quiet, ...row }) => ({
    ...row,
    counterEvents: counter,
    quietMs: quiet,
  }));
}

/** What holds for a reason that no row knows. */
const UNKNOWN = {
  lifecycle: "recurring",
  severity: "warning",
  counterEvents: [],
  quietMs: undefined,
  series: false,
} as const;

/** A user's row in full: what it leaves out comes from the first known row of the same reason that it could replace. */
export function toReasonRow(spec: ReasonSpec, known: readonly ReasonRow[]): ReasonRow {
  const base = known.find((row) => couldReplace(spec, row)) ?? { ...UNKNOWN, meaning: spec.reason };
  return {
    component: spec.component,
    reason: spec.reason,
    kinds: spec.kind === "" ? [] : [spec.kind],
    type: spec.type,
    contains: spec.contains,
    lifecycle: spec.lifecycle ?? base.lifecycle,
    severity: spec.severity ?? base.severity,
    counterEvents: spec.counter ?? base.counterEvents,
    quietMs: spec.quiet ?? base.quietMs,
    series: spec.series ?? base.series,
    meaning: spec.meaning ?? base.meaning,
  };
}

function couldReplace(spec: ReasonSpec, row: ReasonRow): boolean {
  const agree = (own: string, other: string): boolean => own === "" || other === "" || own === other;
  return (
    row.reason === spec.reason &&
    agree(spec.component, row.component) &&
    agree(spec.type, row.type) &&
    agree(spec.contains, row.contains) &&
    (spec.kind === "" || row.kinds.length === 0 || row.kinds.includes(spec.kind))
  );
}

/** The reason table, ready to be asked. */
export interface ReasonTable {
  /** In the order in which they are tried. */
  readonly rows: readonly ReasonRow[];
  /** The most specific row for this event. */
  rowOf(event: ClusterEvent): ReasonRow | undefined;
}

/** An index over rows: those of the user come before all others, and in each part the more specific before the less. */
export function createReasonTable(own: readonly ReasonRow[], builtIn: readonly ReasonRow[]): ReasonTable {
  const rows = [...bySpecificity(own), ...bySpecificity(builtIn)];
  const byReason = Map.groupBy(rows, (row) => row.reason);
  return { rows, rowOf: (event) => byReason.get(event.reason)?.find((row) => isAbout(row, event)) };
}

function bySpecificity(rows: readonly ReasonRow[]): readonly ReasonRow[] {
  return rows.toSorted((a, b) => specificity(b) - specificity(a));
}

/** How many of its keys say something; the message form breaks ties, since it tells most. */
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

/** Whether an event is the counter-event that a row describes. */
export function isCounter(spec: CounterSpec, event: ClusterEvent): boolean {
  return (
    spec.reason === event.reason &&
    (spec.component === "" || spec.component === event.source.component) &&
    (spec.kind === "" || spec.kind === event.involvedObject.kind) &&
    (spec.contains === "" || event.message.includes(spec.contains))
  );
}
