import { readFileSync } from "node:fs";

import { parse } from "yaml";
import { z } from "zod";

const Rules = z.object({
  groups: z.array(z.object({ rules: z.array(z.object({ alert: z.string(), expr: z.string() })) })),
});

const Dashboard = z.object({
  panels: z.array(
    z.object({
      title: z.string(),
      targets: z.array(z.object({ expr: z.string(), legendFormat: z.string() })).optional(),
    }),
  ),
});

/** One expression that ships with the chart, and what it is for. */
export interface Shipped {
  readonly name: string;
  readonly expr: string;
  /** Labels that its legend shows. */
  readonly legend: readonly string[];
}

/** The alert rules of the chart. */
export function alertExpressions(): readonly Shipped[] {
  const { groups } = Rules.parse(parse(readFileSync("chart/files/alerts.yaml", "utf8")));
  return groups.flatMap(({ rules }) => rules.map(({ alert, expr }) => ({ name: alert, expr, legend: [] })));
}

/** The panels of its dashboard. */
export function dashboardExpressions(): readonly Shipped[] {
  const { panels } = Dashboard.parse(JSON.parse(readFileSync("chart/files/dashboard.json", "utf8")));
  return panels.flatMap(({ title, targets = [] }) =>
    targets.map(({ expr, legendFormat }) => ({
      name: title,
      expr,
      legend: [...legendFormat.matchAll(/\{\{(\w+)\}\}/gu)].map(([, label = ""]) => label),
    })),
  );
}
