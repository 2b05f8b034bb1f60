import { type RecentEvent, RecentEventPage } from "../api/index.ts";
import type { ExitStatus, Io } from "./io.ts";
import { look, type QueryOptions, when } from "./look.ts";
import type { Column } from "./table.ts";

/** Options of the command. */
export interface EventsOptions extends QueryOptions {
  /** Only those that no rule, forward or drop matches. */
  readonly unmatched?: boolean;
  readonly namespace?: string;
  readonly reason?: string;
  readonly type?: string;
  /** A part of the reason, the message, the writer or the object. */
  readonly search?: string;
  readonly since?: string;
}

/** Lists the Events of the last hour, and what the rules make of each. */
export function events(options: EventsOptions, io: Io): Promise<ExitStatus> {
  const { unmatched = false, namespace, reason, type, search, since } = options;
  const outcome = unmatched ? "unmatched" : undefined;
  const query = { outcome, namespace, reason, type, q: search, since };
  return look({ path: "events", query, schema: RecentEventPage, columns, sentence }, options, io);
}

function columns(at: number): readonly Column<RecentEvent>[] {
  return [
    { title: "WHEN", cell: ({ event }) => when(at, event.lastSeen) },
    { title: "TYPE", cell: ({ event }) => event.type },
    { title: "REASON", cell: ({ event }) => event.reason },
    { title: "NAMESPACE", cell: ({ event }) => event.namespace },
    { title: "OBJECT", cell: ({ event }) => objectOf(event) },
    { title: "WRITER", cell: ({ event }) => event.source.component },
    {
      title: "RULES",
      cell: ({ outcome, rules }) => (outcome === "matched" ? rules.join(", ") || "a forward" : outcome),
      style: ({ outcome }) => (outcome === "matched" ? "green" : "dim"),
    },
    { title: "MESSAGE", cell: ({ event }) => event.message },
  ];
}

function objectOf({ involvedObject: { kind, name } }: RecentEvent["event"]): string {
  return `${kind}/${name}`;
}

function sentence(rows: readonly RecentEvent[]): string {
  if (rows.length === 0) return "no Event of the last hour is so";
  const counts = Map.groupBy(rows, ({ outcome }) => outcome);
  return [...counts].map(([outcome, { length }]) => `${length} ${outcome}`).join(", ");
}
