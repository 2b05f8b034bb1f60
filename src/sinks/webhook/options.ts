import { z } from "zod";

import { strict } from "../../lib/schema.ts";
import { HttpUrl, templateTree } from "../../sink/options/index.ts";
import { Expectation } from "./expectation.ts";
import { SigningSecret } from "./signature.ts";

/** The options of the sink. */
export const Options = strict({
  url: HttpUrl.describe("where to post; a string or a secret"),
  method: z.enum(["POST", "PUT", "PATCH"]).default("POST").describe("the method of its requests"),
  format: z
    .enum(["native", "alertmanager", "cloudevents", "template"])
    .default("native")
    .describe("what the body is"),
  template: templateTree()
    .optional()
    .describe("the body, for `format: template`: a tree whose texts have {{ CEL }} holes"),
  signing: strict({ secrets: z.array(SigningSecret).min(1).max(4) })
    .optional()
    .describe("Standard Webhooks: signs with each secret, so that receivers can change theirs one by one"),
  expect: Expectation.optional().describe(
    "which answers are an acceptance, for receivers that say 200 and mean no",
  ),
  allowPrivate: z.boolean().default(true).describe("whether private and loopback addresses may be reached"),
}).superRefine(({ format, template }, context) => {
  const isTemplate = format === "template";
  if (isTemplate === (template !== undefined)) return;
  const message = isTemplate
    ? "format: template needs a template, which is the body"
    : "a template is the body only with format: template";
  context.addIssue({ code: "custom", path: [isTemplate ? "format" : "template"], message });
});
export type Options = z.infer<typeof Options>;
