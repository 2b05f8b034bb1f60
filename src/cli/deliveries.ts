import { type Delivery, DeliveryPage } from "../api/index.ts";
import { counted } from "../lib/counted.ts";
import type { ExitStatus, Io } from "./io.ts";
import { age, look, type QueryOptions, until, when } from "./look.ts";
import { messagesToCome } from "./messages-to-come.ts";
import type { Remote } from "./remote.ts";
import type { Column } from "./table.ts";

/** Options of the command. */
export interface DeliveriesOptions extends QueryOptions {
  readonly sink?: string;
  /** Those that are over, instead of those that wait. */
  readonly ended?: boolean;
}

/** Lists waiting messages, and why they still wait; or how the messages of the last day ended. */
export function deliveries(options: DeliveriesOptions, io: Io): Promise<ExitStatus> {
  const { sink, ended = false } = options;
  const listing = { path: "deliveries", schema: DeliveryPage };
  if (ended) {
    const query = { sink, which: "ended" };
    return look({ ...listing, query, columns: endedColumns, sentence: endedSentence }, options, io);
  }
  const note = (remote: Remote): Promise<string | undefined> =>
    messagesToCome(remote, { rule: undefined, namespace: undefined, sink });
  return look({ ...listing, query: { sink }, columns, sentence, note }, options, io);
}

function endedColumns(at: number): readonly Column<Delivery>[] {
  return [
    { title: "SINK", cell: ({ sink }) => sink },
    { title: "ENDED", cell: ({ endedAt, createdAt }) => when(at, endedAt ?? createdAt) },
    { title: "HOW", cell: ({ state }) => (state === "superseded" ? "replaced" : state) },
    { title: "KIND", cell: ({ kind }) => kind },
    { title: "ATTEMPTS", cell: ({ attempts }) => String(attempts) },
    { title: "TITLE", cell: ({ title }) => title },
    { title: "LAST ERROR", cell: ({ error }) => error, style: () => "yellow" },
  ];
}

function endedSentence(rows: readonly Delivery[]): string {
  if (rows.length === 0) return "nothing ended within a day";
  const counts = Map.groupBy(rows, ({ state }) => (state === "superseded" ? "replaced" : state));
  return [...counts].map(([state, { length }]) => `${length} ${state}`).join(", ");
}

function columns(at: number): readonly Column<Delivery>[] {
  return [
    { title: "SINK", cell: ({ sink }) => sink },
    { title: "STATE", cell: ({ state }) => state },
    { title: "WAITS FOR", cell: ({ createdAt }) => age(at, createdAt) },
    { title: "KIND", cell: ({ kind }) => kind },
    { title: "ATTEMPTS", cell: ({ attempts }) => String(attempts) },
    { title: "NEXT", cell: ({ dueAt }) => (dueAt === null ? "" : until(at, dueAt)) },
    { title: "TITLE", cell: ({ title }) => title },
    { title: "LAST ERROR", cell: ({ error }) => error, style: () => "yellow" },
  ];
}

function sentence(rows: readonly Delivery[]): string {
  if (rows.length === 0) return "nothing waits";
  const what = rows.length === 1 ? "1 delivery waits" : `${rows.length} deliveries wait`;
  return `${what} for ${counted(new Set(rows.map(({ sink }) => sink)).size, "sink")}`;
}
