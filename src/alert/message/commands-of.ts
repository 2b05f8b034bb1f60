import { foreignGroup } from "../../lib/foreign-group.ts";
import type { NotifiedAlert, NotifiedObject } from "../notification.ts";

/** Commands for one alert at most. */
const MOST = 5;

/** Only these are safe to paste into a shell. Kubernetes: RFC 1123 labels and subdomains. */
const LABEL = /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/u;
const NAME = /^[a-z0-9](?:[-.a-z0-9]{0,251}[a-z0-9])?$/u;
const KIND = /^[A-Z][A-Za-z0-9]{0,62}$/u;

/** Kinds with a history of rollouts. */
const ROLLED_OUT: ReadonlySet<string> = new Set(["Deployment", "StatefulSet", "DaemonSet"]);

/** An object that a command can name. */
interface Target {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly container: string;
}

/**
 * The commands worth pasting, about the worst object that exists. The first says most: the log of the run that crashed,
 * the history of the rollout that came before, else `kubectl -n shop describe pod web-1`. Empty when there is no object,
 * or when any of its names could be more than a name.
 */
export function commandsOf(alert: NotifiedAlert): readonly string[] {
  const target = targetIn(alert);
  if (target?.name === "") return eventCommand(alert.event);
  if (target === undefined || !KIND.test(target.kind) || !NAME.test(target.name)) return [];
  if (target.namespace !== "" && !LABEL.test(target.namespace)) return [];
  const kubectl = target.namespace === "" ? "kubectl" : `kubectl -n ${target.namespace}`;
  const resource = resourceOf(target, alert);
  const actions = [
    logsOf(target, alert),
    historyAfterRollout(target, alert),
    `describe ${resource} ${target.name}`,
    runningLogsOf(target),
    historyOf(target, alert.labels["workload"] ?? ""),
    `events --for ${resource}/${target.name}`,
  ];
  const own = actions.flatMap((action) => (action === undefined ? [] : [`${kubectl} ${action}`]));
  return [...new Set([...own, ...podsOf(target)])].slice(0, MOST);
}

/** Shows an Event that names no object. */
function eventCommand({ namespace, name }: NotifiedAlert["event"]): readonly string[] {
  if (!LABEL.test(namespace) || !NAME.test(name)) return [];
  return [`kubectl -n ${namespace} get event ${name} -o yaml`];
}

/**
 * The object whose message people read, else the one with the most occurrences; never one that is known to be gone.
 */
function targetIn({ objects, event, evidence }: NotifiedAlert): Target | undefined {
  const gone = new Set(evidence?.facts.filter((fact) => fact.name === "gone").map(({ object }) => object));
  const shown = event.involvedObject;
  const isShown = ({ kind, namespace, name }: Target): boolean =>
    kind === shown.kind && namespace === shown.namespace && name === shown.name;
  const all: readonly Target[] = objects.length === 0 ? [shown] : objects.toSorted(byOccurrences);
  const present = all.filter(({ kind, name }) => !gone.has(`${kind}/${name}`));
  return present.find(isShown) ?? present[0];
}

function byOccurrences(a: NotifiedObject, b: NotifiedObject): number {
  return b.occurrences - a.occurrences;
}

/** The log of the run that crashed, where the state of the container or the Event says that it did. */
function logsOf({ kind, name, container }: Target, { evidence, event }: NotifiedAlert): string | undefined {
  if (kind !== "Pod") return undefined;
  const crashed = evidence?.containers.find(
    (each) =>
      each.object === `Pod/${name}` && each.exit !== null && (container === "" || each.name === container),
  );
  if (crashed === undefined) return isRestarted(event) ? previousLogs(name, container) : undefined;
  if (!LABEL.test(crashed.name)) return undefined;
  return `logs ${name} -c ${crashed.name}${crashed.restarts > 0 ? " --previous" : ""}`;
}

function previousLogs(pod: string, container: string): string | undefined {
  return LABEL.test(container) ? `logs ${pod} -c ${container} --previous` : undefined;
}

/** Whether the kubelet says by an Event that its container has run before. */
function isRestarted({ reason, message }: NotifiedAlert["event"]): boolean {
  return reason === "BackOff" && message.includes("restarting failed container");
}

/** The log of the container that the Events are about. */
function runningLogsOf({ kind, name, container }: Target): string | undefined {
  return kind === "Pod" && LABEL.test(container) ? `logs ${name} -c ${container}` : undefined;
}

/** The history of the Deployment, where a rollout of it came before. */
function historyAfterRollout(target: Target, { evidence }: NotifiedAlert): string | undefined {
  const isRollout = evidence?.changes.some(({ what }) => what === "rollout") === true;
  const workload = evidence?.workload?.object ?? "";
  return isRollout && workload.startsWith("Deployment/") ? historyOf(target, workload) : undefined;
}

/** The history of a workload. @param workload `Kind/name`. */
function historyOf({ namespace }: Target, workload: string): string | undefined {
  const [kind = "", name = ""] = workload.split("/");
  if (!ROLLED_OUT.has(kind) || namespace === "" || !NAME.test(name)) return undefined;
  return `rollout history ${kind.toLowerCase()}/${name}`;
}

/** Lists the pods on a node. */
function podsOf({ kind, name }: Target): readonly string[] {
  return kind === "Node" ? [`kubectl get pods -A --field-selector spec.nodeName=${name}`] : [];
}

/** `pod`, `service.serving.knative.dev`. */
function resourceOf({ kind }: Target, { event }: NotifiedAlert): string {
  const group = foreignGroup(event.involvedObject.apiVersion);
  const isForeign = event.involvedObject.kind === kind && NAME.test(group);
  return `${kind.toLowerCase()}${isForeign ? `.${group}` : ""}`;
}
