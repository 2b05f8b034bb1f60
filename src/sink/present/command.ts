import type { Notification, NotifiedAlert, NotifiedObject } from "../../alert/index.ts";
import { foreignGroup } from "../../lib/foreign-group.ts";

/** Only these are safe to paste into a shell. Kubernetes: RFC 1123 labels and subdomains. */
const LABEL = /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/u;
const NAME = /^[a-z0-9](?:[-.a-z0-9]{0,251}[a-z0-9])?$/u;
const KIND = /^[A-Z][A-Za-z0-9]{0,62}$/u;

/** An object that a command can name. */
interface Target {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly container: string;
}

/**
 * The one command worth pasting, about the worst object that exists: the log of the run that crashed, the history of
 * the rollout that came before, else `kubectl -n shop describe pod web-1`. Undefined when there is no object, or when
 * any of its names could be more than a name.
 */
export function commandOf({ alerts }: Pick<Notification, "alerts">): string | undefined {
  const [worst] = alerts;
  if (worst === undefined) return undefined;
  const target = targetIn(worst);
  if (target?.name === "") return eventCommand(worst.event);
  if (target === undefined || !KIND.test(target.kind) || !NAME.test(target.name)) return undefined;
  if (target.namespace !== "" && !LABEL.test(target.namespace)) return undefined;
  const kubectl = target.namespace === "" ? "kubectl" : `kubectl -n ${target.namespace}`;
  const action = logsOf(target, worst) ?? historyOf(target, worst) ?? `describe ${resourceOf(target, worst)}`;
  return `${kubectl} ${action}`;
}

/** Shows an Event that names no object. */
function eventCommand({ namespace, name }: NotifiedAlert["event"]): string | undefined {
  if (!LABEL.test(namespace) || !NAME.test(name)) return undefined;
  return `kubectl -n ${namespace} get event ${name} -o yaml`;
}

/** The object with the most occurrences, of those that are not known to be gone. */
function targetIn({ objects, event, evidence }: NotifiedAlert): Target | undefined {
  const gone = new Set(evidence?.facts.filter((fact) => fact.name === "gone").map(({ object }) => object));
  const all: readonly Target[] =
    objects.length === 0 ? [event.involvedObject] : objects.toSorted(byOccurrences);
  return all.find(({ kind, name }) => !gone.has(`${kind}/${name}`));
}

function byOccurrences(a: NotifiedObject, b: NotifiedObject): number {
  return b.occurrences - a.occurrences;
}

/** The log of the run that crashed, where the state of the container says that it did. */
function logsOf({ kind, name, container }: Target, { evidence }: NotifiedAlert): string | undefined {
  if (kind !== "Pod") return undefined;
  const crashed = evidence?.containers.find(
    (each) =>
      each.object === `Pod/${name}` && each.exit !== null && (container === "" || each.name === container),
  );
  if (crashed === undefined || !LABEL.test(crashed.name)) return undefined;
  return `logs ${name} -c ${crashed.name}${crashed.restarts > 0 ? " --previous" : ""}`;
}

/** The history of the Deployment, where a rollout of it came before. */
function historyOf({ namespace }: Target, { evidence }: NotifiedAlert): string | undefined {
  const [kind = "", name = ""] = evidence?.workload?.object.split("/") ?? [];
  const isRollout = evidence?.changes.some(({ what }) => what === "rollout") === true;
  if (!isRollout || kind !== "Deployment" || namespace === "" || !NAME.test(name)) return undefined;
  return `rollout history deployment/${name}`;
}

/** `pod web-1`, `service.serving.knative.dev web`. */
function resourceOf({ kind, name }: Target, { event }: NotifiedAlert): string {
  const group = foreignGroup(event.involvedObject.apiVersion);
  const isForeign = event.involvedObject.kind === kind && NAME.test(group);
  return `${kind.toLowerCase()}${isForeign ? `.${group}` : ""} ${name}`;
}
