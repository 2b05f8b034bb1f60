import { z } from "zod";

import { HTTP_FIELDS } from "../egress/index.ts";
import { COMMON_FIELDS } from "./common-options.ts";
import type { SinkType } from "./sink.ts";

/** The possible keys of an entry of `sinks`, by the schema that reads them. A type's own win over the others. */
export function fieldsOf(type: SinkType): Readonly<Record<"own" | "common" | "http", z.ZodRawShape>> {
  const own = shapeOf(type.options);
  const { batch, template, ...others } = COMMON_FIELDS;
  const common = {
    ...others,
    ...(type.takes.includes("records") ? { batch } : {}),
    ...(type.shows === true ? { template } : {}),
  };
  return { own, common: without(common, own), http: type.http ? without(HTTP_FIELDS, own) : {} };
}

function shapeOf(schema: z.ZodType): z.ZodRawShape {
  if (schema instanceof z.ZodObject) return schema.shape;
  return schema instanceof z.ZodPipe && schema.in instanceof z.ZodType ? shapeOf(schema.in) : {};
}

function without(shape: z.ZodRawShape, other: z.ZodRawShape): z.ZodRawShape {
  return Object.fromEntries(Object.entries(shape).filter(([key]) => !(key in other)));
}
