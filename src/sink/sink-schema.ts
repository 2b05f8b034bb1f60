import { z } from "zod";

import { strict } from "../lib/schema.ts";
import { fieldsOf } from "./fields-of.ts";
import type { SinkType } from "./sink.ts";

/** The shape of an entry of `sinks` of one of these types as people write it, for editors. */
export function sinkSchema(types: readonly SinkType[]): z.ZodType {
  const entries = types.map((type) => {
    const { own, common, http } = fieldsOf(type);
    return strict({
      name: z.string().min(1).max(63).describe("the name for routes, rules and logs; unique"),
      type: z.literal(type.type).describe("what kind of sink it is"),
      ...http,
      ...common,
      ...own,
    });
  });
  return z.union(entries);
}
