import { z } from "zod";

import { ByteSize } from "../../lib/byte-size.ts";
import { Duration } from "../../lib/duration.ts";
import { strict } from "../../lib/schema.ts";
import { processSection } from "../section.ts";

const IN_MEMORY = ":memory:";

const State = strict({
  path: z
    .string()
    .min(1)
    .default("./data/tocsin.db")
    .describe("the SQLite file; `:memory:` forgets everything at the end of the process"),
  maxBytes: ByteSize.prefault("1GiB").describe(
    "the most the file may hold; records of `forward` for one sink take half of it at most",
  ),
  historyFor: Duration.prefault("30d").describe(
    "how long ended alerts are kept, for people: at most 200,000, and the first to go when the file is nearly full; `0` keeps none",
  ),
});

/** `state`. */
export const state = processSection({
  fixed: "all",
  schema: State.prefault({}).describe("where alerts, positions and undelivered messages are kept"),
  absolute: ({ path, ...rest }, resolvePath) => ({
    ...rest,
    path: path === IN_MEMORY ? path : resolvePath(path),
  }),
  advise: ({ path }) => {
    if (path !== IN_MEMORY) return [];
    const message = "a restart forgets open alerts and undelivered messages; name a file to keep them";
    return [{ level: "warning", path: ["path"], message }];
  },
});
