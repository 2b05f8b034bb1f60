import { z } from "zod";

import type { Template } from "../../expression/index.ts";
import { createAlertEnvironment } from "../texts.ts";

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
