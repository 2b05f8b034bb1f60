import { z } from "zod";

import type { AlertState } from "../../alert/index.ts";
import { strict } from "../../lib/schema.ts";
import { Severity } from "../../lib/severity.ts";
import { encodeCursor } from "../paging.ts";
import { type Alert, AlertPages, type ListedAlert } from "../schemas/alert.ts";
import { filter, limitUpTo, MOST_ROWS, PAGING } from "../schemas/fields.ts";
import type { SentNews } from "../views/alert-sinks.ts";
import { toInstant } from "../views/instant.ts";
import { alertViews } from "./alert-views.ts";
import { hasText } from "./has-text.ts";
import { defineOperation } from "./operation.ts";
import { readAlerts } from "./read-alerts.ts";
import { SentReader } from "./sent-reader.ts";

/** Rows of a long list at most. */
const MOST_LISTED = 5000;

/** Alerts that are read at once, some milliseconds of work. */
const STEP = 100;

const Query = strict({
  phase: z
    .enum(["open", "pending", "firing", "resolved", "all"])
    .default("open")
    .describe("`open` is pending or firing."),
  severity: Severity.optional().describe("Exactly this severity."),
  rule: filter("The name of a rule."),
  namespace: filter("The alert's label `namespace`."),
  sink: filter("A sink that the alert goes to by the routes."),
  q: filter("A part of the title, a label, an object's name or the newest message, whatever the case."),
  view: z
    .enum(["whole", "list"])
    .default("whole")
    .describe("`list` leaves out what a long list does not show, so that more rows fit."),
  ...PAGING,
  limit: limitUpTo(
    MOST_LISTED,
    `Rows in the answer at most, 1 to ${MOST_LISTED}; with \`view=whole\` ${MOST_ROWS} come at most.`,
  ),
});

/** The phases that a value of the parameter `phase` stands for; undefined: all. */
const PHASES: Readonly<Record<z.infer<typeof Query>["phase"], readonly AlertState["phase"][] | undefined>> = {
  open: ["pending", "firing"],
  pending: ["pending"],
  firing: ["firing"],
  resolved: ["resolved"],
  all: undefined,
};

/** `GET /alerts`. */
export const listAlerts = defineOperation({
  operationId: "listAlerts",
  method: "get",
  path: "/alerts",
  summary: "Open alerts",
  description: "Tracked alerts: pending, firing, or resolved until every sink has the end.",
  query: Query,
  answer: AlertPages,
  answerTo: async (context, { query: { phase, cursor, view, q, limit, ...filters }, gone }) => {
    const { queries, clock } = context;
    const at = toInstant(clock.now());
    const sent = new SentReader(queries);
    const views = alertViews(context);
    const read = async <Row>(most: number, toRow: (alert: AlertState, news: SentNews) => Row) => {
      const items: Row[] = [];
      const next = await readAlerts(
        queries,
        { ...filters, phases: PHASES[phase], after: cursor },
        {
          limit: Math.min(limit, most),
          step: q === undefined ? Math.min(STEP, limit) : STEP,
          gone,
          isWanted: q === undefined ? undefined : (alert) => hasText(alert, q, views.titleOf),
        },
        async (alerts) => {
          const news = await sent.read(alerts);
          for (const alert of alerts) items.push(toRow(alert, news));
        },
      );
      return { at, items, next: next === undefined ? null : encodeCursor(next) };
    };
    return view === "list"
      ? read<ListedAlert>(MOST_LISTED, views.listed)
      : read<Alert>(MOST_ROWS, views.whole);
  },
});
