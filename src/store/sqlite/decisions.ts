import type { DatabaseSync } from "node:sqlite";

import type { Changes } from "../../alert/index.ts";
import type { DecisionCount, DecisionQuery, DecisionRow, Page, RuleDecisions } from "../queries.ts";
import { fromDetail, originOf, toDetail } from "../rows/decision-detail.ts";
import type { KeptRows } from "./kept-rows.ts";
import { keyFrom, toPage } from "./paging.ts";
import { prepareAll } from "./prepare-all.ts";

/** Rows that one sweep forgets, about. */
const SWEEP = 2000;

/** Rows that are counted in one go: some milliseconds. */
const STRIDE = 10_000;

/** The primary key, which is the order of the list. */
const KEY = ["at", "origin", "ordinal", "fingerprint", "group_key", "sink", "reason", "delivery_id"] as const;

const SELECT = `SELECT *, (SELECT iif(state = 'leased', 'sending', state) FROM delivery WHERE id = delivery_id) AS delivery
  FROM decision`;
const IS_WANTED = `at >= ?1 AND (?2 IS NULL OR rule = ?2) AND (?3 IS NULL OR namespace = ?3)
  AND (?4 IS NULL OR sink = ?4) AND (?5 IS NULL OR fingerprint = ?5) AND (?6 IS NULL OR outcome = ?6)`;
const NEWEST_FIRST = `ORDER BY ${KEY.map((column) => `${column} DESC`).join(", ")} LIMIT ?7`;

const SQL = {
  insert: "INSERT OR IGNORE INTO decision VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
  forget: `DELETE FROM decision WHERE at <=
       (SELECT max(at) FROM (SELECT at FROM decision WHERE at < ? ORDER BY at LIMIT ?)) RETURNING at`,
  first: `${SELECT} WHERE ${IS_WANTED} ${NEWEST_FIRST}`,
  after: `${SELECT}
     WHERE (${KEY.join(", ")}) < (?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15) AND ${IS_WANTED} ${NEWEST_FIRST}`,
  counts: `SELECT outcome, reason, count(*) AS decisions, sum(occurrences) AS occurrences FROM decision
     WHERE at >= ? GROUP BY outcome, reason ORDER BY outcome, reason`,
  edge: `SELECT at FROM decision WHERE at >= ? ORDER BY at LIMIT 1 OFFSET ${STRIDE}`,
  // All decisions about one message are of one time, so that counts of parts of the time add up.
  byRule: `SELECT rule, iif(outcome = 'notified', '', reason) AS held,
       iif(outcome = 'notified', count(DISTINCT delivery_id), count(*)) AS decisions, max(at) AS lastAt
     FROM decision WHERE at >= ? AND at < ? GROUP BY rule, held`,
} as const;

type Decision = Changes["decisions"][number];

/** The decisions of the last days. */
export interface Decisions {
  write(changes: Changes): void;
  /** Newest first. */
  list(query: DecisionQuery): Page<DecisionRow>;
  counts(since: number): readonly DecisionCount[];
  /** Of each rule, in no order; pauses behind each stride. */
  byRule(since: number): Generator<void, readonly RuleDecisions[]>;
  /** Forgets the oldest decisions before `before`. @returns Whether there may be more. */
  sweep(before: number): boolean;
}

/** Prepares the rows of decisions of a file. @param kept Learns which are forgotten. */
export function createDecisions(database: DatabaseSync, kept: Pick<KeptRows, "forgot">): Decisions {
  const sql = prepareAll(database, SQL);
  return {
    write: (changes) => {
      const origin = originOf(changes);
      for (const [ordinal, row] of changes.decisions.entries()) {
        sql.insert.run(
          row.at,
          origin,
          ordinal,
          row.fingerprint,
          row.groupKey,
          row.sink,
          row.reason,
          row.deliveryId,
          row.outcome,
          row.rule,
          row.namespace,
          row.occurrences,
          toDetail(row),
        );
      }
    },
    list: ({ since, rule, namespace, sink, fingerprint, outcome, limit, after }) => {
      const key = keyFrom(after, KEY.length);
      const filters = [since, ...[rule, namespace, sink, fingerprint, outcome].map((value) => value ?? null)];
      const rows = (key.length === 0 ? sql.first : sql.after).all(...filters, limit + 1, ...key);
      // Written by `write` from numbers and strings.
      const page = toPage(rows, limit, (row) => KEY.map((column) => row[column] as string | number));
      return { rows: page.rows.map(toDecision), next: page.next };
    },
    counts: (since) =>
      sql.counts.all(since).map((row) => ({
        outcome: row["outcome"] as Decision["outcome"],
        reason: String(row["reason"]),
        decisions: Number(row["decisions"]),
        occurrences: Number(row["occurrences"]),
      })),
    *byRule(since) {
      const rules = new Map<string, Sums>();
      for (let at = since; at < Number.MAX_SAFE_INTEGER;) {
        const edge = Number(sql.edge.get(at)?.["at"] ?? Number.MAX_SAFE_INTEGER);
        // Decisions of one time are read together, also more of them than a stride has.
        const next = edge > at ? edge : at + 1;
        for (const row of sql.byRule.all(at, next)) add(rules, row);
        at = next;
        if (at < Number.MAX_SAFE_INTEGER) yield;
      }
      return [...rules].map(([rule, sums]) => ({ rule, ...sums }));
    },
    sweep: (before) => {
      const times = sql.forget.all(before, SWEEP).map(({ at }) => Number(at));
      kept.forgot("decision", times);
      return times.length >= SWEEP;
    },
  };
}

/** The decisions about one rule, counted. */
interface Sums {
  messages: number;
  lastMessageAt: number | undefined;
  readonly suppressed: Record<string, number>;
}

/** Adds a line of `SQL.byRule`; later ones are of later times. */
function add(rules: Map<string, Sums>, row: Readonly<Record<string, unknown>>): void {
  const [rule, reason, decisions] = [String(row["rule"]), String(row["held"]), Number(row["decisions"])];
  const sums = rules.get(rule) ?? { messages: 0, lastMessageAt: undefined, suppressed: {} };
  rules.set(rule, sums);
  if (reason === "") {
    sums.messages += decisions;
    sums.lastMessageAt = Number(row["lastAt"]);
  } else {
    sums.suppressed[reason] = (sums.suppressed[reason] ?? 0) + decisions;
  }
}

function toDecision(row: Record<string, unknown>): DecisionRow {
  return {
    at: Number(row["at"]),
    rule: String(row["rule"]),
    fingerprint: String(row["fingerprint"]),
    groupKey: String(row["group_key"]),
    namespace: String(row["namespace"]),
    sink: String(row["sink"]),
    // Written by `write` from the same type.
    outcome: row["outcome"] as Decision["outcome"],
    reason: String(row["reason"]),
    occurrences: Number(row["occurrences"]),
    deliveryId: String(row["delivery_id"]),
    ...fromDetail(String(row["detail"])),
    // A state of the schema of deliveries, but for the name of a leased one.
    delivery: (row["delivery"] ?? undefined) as DecisionRow["delivery"],
  };
}
