import { type Decision, DecisionPage } from "../api/index.ts";
import type { ExitStatus, Io } from "./io.ts";
import { look, type QueryOptions, when } from "./look.ts";
import { messagesToCome } from "./messages-to-come.ts";
import type { Style } from "./print.ts";
import type { Remote } from "./remote.ts";
import type { Column } from "./table.ts";

/** Options of the command. */
export interface DecisionsOptions extends QueryOptions {
  readonly rule?: string;
  readonly namespace?: string;
  readonly sink?: string;
  readonly since?: string;
  /** Fingerprint of an alert. */
  readonly alert?: string;
}

type Outcome = "sent" | "held back" | "waits" | "replaced" | "dead letter";

const STYLES: Readonly<Record<Outcome, Style>> = {
  sent: "green",
  "held back": "yellow",
  waits: "cyan",
  replaced: "dim",
  "dead letter": "red",
};

/** Lists why messages were, or were not, sent. */
export function decisions(options: DecisionsOptions, io: Io): Promise<ExitStatus> {
  const { rule, namespace, sink, since, alert } = options;
  const query = { rule, namespace, sink, since, fingerprint: alert };
  const note = (remote: Remote): Promise<string | undefined> =>
    messagesToCome(remote, { rule, namespace, sink }, alert);
  return look({ path: "decisions", query, schema: DecisionPage, columns, sentence, note }, options, io);
}

function columns(at: number): readonly Column<Decision>[] {
  return [
    { title: "WHEN", cell: (decision) => when(at, decision.at) },
    {
      title: "OUTCOME",
      cell: outcomeOf,
      style: (decision) => STYLES[outcomeOf(decision)],
    },
    { title: "SINK", cell: ({ sink }) => sink ?? "-" },
    { title: "RULE", cell: ({ rule }) => rule },
    { title: "NAMESPACE", cell: ({ namespace }) => namespace },
    // Each occurrence is in one line of its sink: of a message after a silence the line of the silence has them.
    { title: "NEW", cell: ({ occurrences }) => (occurrences === 0 ? "-" : String(occurrences)) },
    { title: "ALERT", cell: ({ fingerprint }) => fingerprint },
    { title: "WHY", cell: ({ why }) => why },
  ];
}

/** A delivery that waits is made, but has not arrived. */
function outcomeOf({ outcome, delivery }: Decision): Outcome {
  if (outcome === "suppressed") return "held back";
  switch (delivery) {
    case "waiting":
    case "sending":
      return "waits";
    case "superseded":
      return "replaced";
    case "dead":
    case "expired":
      return "dead letter";
    case "delivered":
    case null:
      return "sent";
  }
}

function sentence(rows: readonly Decision[]): string {
  if (rows.length === 0) return "nothing was decided; tocsin explain says what becomes of an Event, and why";
  const counts = Map.groupBy(rows, outcomeOf);
  return [...counts].map(([outcome, { length }]) => `${length} ${outcome}`).join(", ");
}
