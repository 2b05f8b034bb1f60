import { nativeJson, wellFormedJson } from "../../../sink/index.ts";
import type { Format } from "./format.ts";

const JSON_TYPE = "application/json";

/** The native body, version 1 (docs/sinks/webhook.md#the-body). */
export const native: Format = {
  contentType: JSON_TYPE,
  listType: JSON_TYPE,
  body: nativeJson,
  record: ({ body }) => wellFormedJson(body),
};
