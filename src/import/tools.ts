import { kubeEventer } from "./kube-eventer/kube-eventer.ts";
import { kubernetesEventExporter } from "./kubernetes-event-exporter/kubernetes-event-exporter.ts";
import { kubewatch } from "./kubewatch/kubewatch.ts";
import type { ImportTool } from "./tool.ts";

/** Every tool whose configuration can be imported. */
export const IMPORT_TOOLS: readonly ImportTool[] = [kubernetesEventExporter, kubeEventer, kubewatch];
