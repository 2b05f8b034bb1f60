import type { NotifiedAlert } from "../../alert/index.ts";
import type { Template } from "../../expression/index.ts";
import { alertScope } from "../../sink/options/index.ts";
import { toLabelNames } from "./to-label-names.ts";

/** The labels by which kube-state-metrics, and so the rules of kube-prometheus-stack, name an object of a kind. */
const NAME_LABELS: ReadonlyMap<string, string> = new Map([
  ["Pod", "pod"],
  ["Node", "node"],
  ["Deployment", "deployment"],
  ["StatefulSet", "statefulset"],
  ["DaemonSet", "daemonset"],
  ["ReplicaSet", "replicaset"],
  ["Job", "job_name"],
  ["CronJob", "cronjob"],
  ["PersistentVolume", "persistentvolume"],
  ["PersistentVolumeClaim", "persistentvolumeclaim"],
  ["HorizontalPodAutoscaler", "horizontalpodautoscaler"],
]);

/** The labels that a user adds, by name. An empty value takes a label away. */
export type OwnLabels = ReadonlyMap<string, Template>;

/**
 * The labels of an alert for Alertmanager. They are its identity there, so they have nothing that changes while it is
 * open: no text, no count, no time.
 *
 * @param own Evaluated with `alert`, `event` and `cluster`.
 * @throws {TocsinError} ERR_EXPRESSION_INVALID when one of them fails.
 */
export function toLabels(alert: NotifiedAlert, own: OwnLabels, cluster: string): Record<string, string> {
  const { rule: _, ...labels } = alert.labels;
  const scope = alertScope(alert, cluster);
  return toLabelNames(
    new Map([
      ...objectLabels(labels),
      ...Object.entries(labels),
      ["alertname", alert.rule || "tocsin"],
      ...[...own].map(([name, template]) => [name, template.render(scope).trim()] as const),
    ]),
  );
}

/** `pod: web-1` of the object, and `deployment: web` of its workload. */
function objectLabels(labels: Readonly<Record<string, string>>): readonly (readonly [string, string])[] {
  const { kind = "", name = "", workload = "" } = labels;
  const slash = workload.indexOf("/");
  const objects = [
    [workload.slice(0, Math.max(0, slash)), workload.slice(slash + 1)],
    [kind, name],
  ] as const;
  return objects.flatMap(([ofKind, value]) => {
    const label = NAME_LABELS.get(ofKind);
    return label === undefined ? [] : [[label, value] as const];
  });
}
