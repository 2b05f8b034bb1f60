import { z } from "zod";

import { type Fault, strict } from "../../lib/schema.ts";
import { unknownName } from "../../lib/unknown-name.ts";
import { processSection } from "../section.ts";

const SelfAlerts = strict({
  sinks: z
    .array(z.string().min(1))
    .min(1, { error: "empty: name at least one sink" })
    .describe("where the bridge's own troubles go; without it the sinks of the root route"),
});

/** `selfAlerts`. */
export const selfAlerts = processSection({
  schema: SelfAlerts.optional().describe("the bridge's own troubles"),
  faults: (value, { sinkNames }) =>
    (value?.sinks ?? []).flatMap((sink, index): readonly Fault[] => {
      if (sinkNames.has(sink)) return [];
      return [{ level: "error", path: ["sinks", index], message: unknownName("sink", sink, sinkNames) }];
    }),
});
