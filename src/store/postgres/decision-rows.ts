import type { Changes } from "../../alert/index.ts";
import { originOf, toDetail } from "../rows/decision-detail.ts";
import { defineColumns } from "./columns.ts";
import { nameStatements, type Statement } from "./statement.ts";

/** A part of the table has the decisions of one day. */
export const DAY_MS = 86_400_000;

type Decision = Changes["decisions"][number];

/** A decision, with its place in the Changes. */
interface Line {
  readonly row: Decision;
  readonly origin: string;
  readonly ordinal: number;
}

const LINES = defineColumns<Line>(1, {
  at: ["bigint", ({ row }) => row.at],
  origin: ["text", ({ origin }) => origin],
  ordinal: ["bigint", ({ ordinal }) => ordinal],
  fingerprint: ["text", ({ row }) => row.fingerprint],
  group_key: ["text", ({ row }) => row.groupKey],
  sink: ["text", ({ row }) => row.sink],
  reason: ["text", ({ row }) => row.reason],
  delivery_id: ["text", ({ row }) => row.deliveryId],
  outcome: ["text", ({ row }) => row.outcome],
  rule: ["text", ({ row }) => row.rule],
  namespace: ["text", ({ row }) => row.namespace],
  occurrences: ["bigint", ({ row }) => row.occurrences],
  detail: ["text", ({ row }) => toDetail(row)],
});

const SQL = nameStatements("decision", {
  write: `INSERT INTO decision SELECT * FROM ${LINES.from} AS sent ON CONFLICT DO NOTHING`,
  parts: `SELECT c.relname AS name FROM pg_inherits JOIN pg_class c ON c.oid = inhrelid
     WHERE inhparent = to_regclass('decision')`,
});

/** The statements about the decisions of the last days. */
export const decisionRows = {
  write: (changes: Pick<Changes, "decisions" | "seen">): readonly Statement[] => {
    if (changes.decisions.length === 0) return [];
    const origin = originOf(changes);
    const lines = changes.decisions.map((row, ordinal) => ({ row, origin, ordinal }));
    return [SQL.write(...LINES.of(lines))];
  },
  /** The days that have decisions, as numbers since 1970. */
  daysOf: ({ decisions }: Pick<Changes, "decisions">): ReadonlySet<number> =>
    new Set(decisions.map(({ at }) => Math.floor(at / DAY_MS))),
  /** Makes the part of a day. */
  makePart: (day: number): Statement => ({
    name: "",
    text: `CREATE TABLE IF NOT EXISTS decision_${day} PARTITION OF decision FOR VALUES FROM (${day * DAY_MS}) TO (${(day + 1) * DAY_MS})`,
    values: [],
  }),
  dropPart: (day: number): Statement => ({
    name: "",
    text: `DROP TABLE IF EXISTS decision_${day}`,
    values: [],
  }),
  /** Answers the `name` of each part. */
  parts: (): Statement => SQL.parts(),
  /** The day of a part, by its name. */
  dayOf: (name: string): number => Number(name.slice("decision_".length)),
};
