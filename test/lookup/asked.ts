import { ObjectKey } from "../../src/event/index.ts";
import type { AskedObject } from "../../src/object/index.ts";

/** An object by its key, as an Event about it asks for it. */
export function asked(object: string, apiVersion = ""): AskedObject {
  return { object, kind: ObjectKey.parse(object).kind, apiVersion };
}
