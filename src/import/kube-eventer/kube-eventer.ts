import type { ImportTool } from "../tool.ts";
import { sinkArguments } from "./sink-argument.ts";
import { translate } from "./translate.ts";

/** kube-eventer of Alibaba Cloud, whose configuration is its command line: docs/migrate.md#kube-eventer. */
export const kubeEventer: ImportTool = {
  name: "kube-eventer",
  recognises: (container) => sinkArguments(container).length > 0,
  translate: (found, _, options) => translate(found, options),
};
