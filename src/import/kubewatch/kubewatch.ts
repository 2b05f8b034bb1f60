import { isMapping } from "../../lib/mapping.ts";
import type { ImportTool } from "../tool.ts";
import { HANDLER_KEYS } from "./handlers.ts";
import { translate } from "./translate.ts";

/** kubewatch, which watches objects and tells changes: docs/migrate.md#kubewatch. */
export const kubewatch: ImportTool = {
  name: "kubewatch",
  recognises: ({ handler, resource }) =>
    isMapping(handler) &&
    isMapping(resource) &&
    Object.keys(handler).some((key) => Object.hasOwn(HANDLER_KEYS, key)),
  translate: (found, _, options) => translate(found, options),
};
