import { z } from "zod";

import { type Fault, strict } from "../../lib/schema.ts";
import { unknownName } from "../../lib/unknown-name.ts";
import { processSection } from "../section.ts";

const SelfAlerts = strict({
  sinks: z
    .array(z.string().min(1))
    .min(1, { error: "empty: name at least one sink" })
    .describe("sinks for self-alerts; without it those of the root route"),
});

/** `selfAlerts`. */
export const selfAlerts = processSection({
  schema: SelfAlerts.optional().describe("self-alerts: problems of the bridge itself"),
  faults: (value, { sinkNames }) =>
    (value?.sinks ?? []).flatMap((sink, index): readonly Fault[] => {
      if (sinkNames?.has(sink) !== false) return [];
      return [{ level: "error", path: ["sinks", index], message: unknownName("sink", sink, sinkNames) }];
    }),
});
