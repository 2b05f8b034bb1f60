import { isMapping } from "../../lib/mapping.ts";
import type { ImportTool } from "../tool.ts";
import { RECEIVER_KINDS } from "./known-keys.ts";
import { reenact } from "./reenact.ts";
import { translate } from "./translate.ts";

/** kubernetes-event-exporter of Opsgenie and Resmo: docs/migrate.md#kubernetes-event-exporter. */
export const kubernetesEventExporter: ImportTool = {
  name: "kubernetes-event-exporter",
  recognises: ({ route, receivers }) => {
    const list: readonly unknown[] = Array.isArray(receivers) ? receivers : [];
    const hasKind = list.some(
      (entry) => isMapping(entry) && RECEIVER_KINDS.some((kind) => Object.hasOwn(entry, kind)),
    );
    return hasKind && (route === undefined || isMapping(route));
  },
  translate: (found, _, options) => translate(found, options),
  reenact,
};
