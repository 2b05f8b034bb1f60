import type { DatabaseSync } from "node:sqlite";
import { setImmediate } from "node:timers/promises";

import type { EndedQuery, EndedRow, Page } from "../queries.ts";
import { unpackEnded } from "../rows/pack-ended.ts";
import { fromStoredJson } from "../rows/stored-json.ts";
import { keyFrom, toPage } from "./paging.ts";
import { prepareAll } from "./prepare-all.ts";

/** Rows that are looked at in one go, some milliseconds: a search looks at all of them. */
const STRIDE = 10_000;

const FIELDS = `seq, id, fingerprint, rule, severity, first_seen_at, fired_at, ended_at, occurrences, told, reason, body,
  told = '[]' AND EXISTS (SELECT 1 FROM ended_await a JOIN delivery d ON d.id = a.delivery_id
    WHERE a.ended_id = ended.id AND d.ended_at IS NULL) AS waits`;

/** Behind (?2, ?3) in the list, and ended at ?1 or later. */
const IS_BEHIND = "ended_at >= ?1 AND ended_at <= ?2 AND (ended_at < ?2 OR seq < ?3)";

const IS_WANTED = `(ended_at > ?4 OR (ended_at = ?4 AND seq >= ?5)) AND first_seen_at < ?6
  AND (?7 IS NULL OR namespace = ?7) AND (?8 IS NULL OR severity = ?8) AND (?9 IS NULL OR rule = ?9)
  AND (?10 IS NULL OR instr(search, ?10) > 0)
  AND CASE ?11 WHEN 'fired' THEN fired_at IS NOT NULL WHEN 'told' THEN told <> '[]' WHEN 'untold' THEN told = '[]' ELSE 1 END`;

const NEWEST_FIRST = "ORDER BY ended_at DESC, seq DESC";

/** The statements that read the list by one index. @param only A condition on the column before `ended_at` in it. */
function listBy(
  index: string,
  only: (place: string) => string,
): { readonly edge: string; readonly rows: string } {
  const from = `FROM ended INDEXED BY ${index} WHERE ${IS_BEHIND}`;
  return {
    edge: `SELECT ended_at, seq ${from} AND ${only("?4")} ${NEWEST_FIRST} LIMIT 1 OFFSET ${STRIDE}`,
    rows: `SELECT ${FIELDS} ${from} AND ${only("?13")} AND ${IS_WANTED} ${NEWEST_FIRST} LIMIT ?12`,
  };
}

const LISTS = {
  all: listBy("ended_listed", (place) => `${place} IS NULL`),
  rule: listBy("ended_rule", (place) => `rule = ${place}`),
  fingerprint: listBy("ended_fingerprint", (place) => `fingerprint = ${place}`),
} as const;

type Row = Readonly<Record<string, unknown>>;

/** A place in the list. */
type Place = readonly [endedAt: number, seq: number];

interface Stride {
  readonly rows: readonly Row[];
  readonly next: Place | undefined;
}

/** The lists of ended alerts. */
export interface EndedList {
  /** The one that ended last is first. */
  list(query: EndedQuery): Promise<Page<EndedRow>>;
  get(id: string): EndedRow | undefined;
}

/** Prepares the lists of a file. @param read Runs one question. */
export function createEndedList(
  database: DatabaseSync,
  read: <Result>(work: () => Result) => Result,
): EndedList {
  const one = database.prepare(`SELECT ${FIELDS} FROM ended WHERE id = ?`);
  const lists = {
    all: prepareAll(database, LISTS.all),
    rule: prepareAll(database, LISTS.rule),
    fingerprint: prepareAll(database, LISTS.fingerprint),
  };

  /** The rows of one stride, and the place where the next one begins; undefined at the end of the list. */
  const strideFrom = (query: EndedQuery, behind: Place, limit: number): Stride => {
    const {
      since,
      before = Number.MAX_SAFE_INTEGER,
      rule,
      namespace,
      severity,
      fingerprint,
      text,
      which,
    } = query;
    const by = fingerprint === undefined ? (rule === undefined ? "all" : "rule") : "fingerprint";
    const only = fingerprint ?? rule ?? null;
    const edge = lists[by].edge.get(since, ...behind, only);
    const next = edge && placeOf(edge);
    const until = next ?? [since, 0];
    const filters = [namespace, severity, rule, text?.toLowerCase(), which].map((value) => value ?? null);
    return { rows: lists[by].rows.all(since, ...behind, ...until, before, ...filters, limit, only), next };
  };

  return {
    list: async (query) => {
      const { limit, after } = query;
      // Written by `toPage` below; a cursor of another list has another length or finds nothing.
      const [endedAt = Number.MAX_SAFE_INTEGER, seq = Number.MAX_SAFE_INTEGER] = keyFrom(after, 2).map(
        Number,
      );
      const found: Row[] = [];
      for (let behind: Place | undefined = [endedAt, seq]; behind !== undefined && found.length <= limit;) {
        const from: Place = behind;
        behind = read(() => {
          const stride = strideFrom(query, from, limit + 1 - found.length);
          found.push(...stride.rows);
          return stride.next;
        });
        if (behind !== undefined) await setImmediate();
      }
      const page = toPage(found, limit, placeOf);
      return { rows: page.rows.map(toEnded), next: page.next };
    },
    get: (id) =>
      read(() => {
        const row = one.get(id);
        return row && toEnded(row);
      }),
  };
}

function placeOf(row: Row): [number, number] {
  return [Number(row["ended_at"]), Number(row["seq"])];
}

function toEnded(row: Row): EndedRow {
  const told = fromStoredJson(row["told"]);
  return {
    ...(unpackEnded(row["body"]) ?? UNREADABLE),
    id: String(row["id"]),
    fingerprint: String(row["fingerprint"]),
    rule: String(row["rule"]),
    // Written by `createEndedRows` from the same type.
    severity: row["severity"] as EndedRow["severity"],
    firstSeenAt: Number(row["first_seen_at"]),
    firedAt: row["fired_at"] === null ? undefined : Number(row["fired_at"]),
    resolvedAt: Number(row["ended_at"]),
    occurrences: Number(row["occurrences"]),
    told: Array.isArray(told) ? told.map(String) : [],
    reason: String(row["reason"]),
    waits: row["waits"] === 1,
  };
}

/** In place of a body that cannot be read. */
const UNREADABLE = {
  labels: {},
  title: "",
  text: "",
  runbook: null,
  dashboard: null,
  resolvedBy: null,
  objects: [],
  objectsOmitted: 0,
} as const;
