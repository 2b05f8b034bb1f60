import { type Delivery, DeliveryPage } from "../api/index.ts";
import { counted } from "../lib/counted.ts";
import type { ExitStatus, Io } from "./io.ts";
import { age, look, type QueryOptions, until } from "./look.ts";
import { messagesToCome } from "./messages-to-come.ts";
import type { Remote } from "./remote.ts";
import type { Column } from "./table.ts";

/** Options of the command. */
export interface DeliveriesOptions extends QueryOptions {
  readonly sink?: string;
}

/** Lists waiting messages, and why they still wait. */
export function deliveries(options: DeliveriesOptions, io: Io): Promise<ExitStatus> {
  const { sink } = options;
  const note = (remote: Remote): Promise<string | undefined> =>
    messagesToCome(remote, { rule: undefined, namespace: undefined, sink });
  return look(
    { path: "deliveries", query: { sink }, schema: DeliveryPage, columns, sentence, note },
    options,
    io,
  );
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
