import { z } from "zod";

import type { NotifiedAlert } from "../../alert/index.ts";
import type { Template } from "../../expression/index.ts";
import { eventScope } from "../event-scope.ts";
import { createAlertEnvironment } from "../texts.ts";

/** The values of the variables of `alertTemplates`. */
export function alertScope(alert: NotifiedAlert, cluster: string): Readonly<Record<string, unknown>> {
  const event = eventScope(alert.event);
  return { alert: { ...alert, event }, event, cluster };
}

/** An option with a mapping of names to texts, each with `{{ CEL }}` holes over `alert`, `event` and `cluster`. */
export function alertTemplates(): z.ZodType<ReadonlyMap<string, Template>> {
  return z
    .record(z.string().min(1), z.string())
    .default({})
    .transform((texts, context) => {
      const environment = createAlertEnvironment();
      const templates = new Map<string, Template>();
      for (const [name, text] of Object.entries(texts)) {
        const { value, faults } = environment.template(text);
        if (value !== undefined) templates.set(name, value);
        for (const { message, offset } of faults)
          context.addIssue({ code: "custom", path: [name], message, params: { offset } });
      }
      return templates;
    });
}
