import { type ClusterEvent, namespaceOf, ObjectKey, objectKey, type Occurrence } from "../../event/index.ts";
import { foreignGroup } from "../../lib/foreign-group.ts";
import { fingerprint } from "../../lib/hash.ts";
import type { CompiledRule, IdentityKey, RuleText } from "../../rule/index.ts";

/** Longest value of a label or identity, in UTF-16 units; longer ones are cut. */
export const LONGEST_VALUE = 512;

/** An event seen as the subject of an alert. */
export interface Subject {
  readonly event: ClusterEvent;
  /** The key of the involved object, as `ObjectKey` writes it. */
  readonly object: string;
  readonly namespace: string;
  /** `Kind/name` of the topmost known owner, else of the object itself. */
  readonly workload: string;
  /** The API group of the object where it is none of Kubernetes itself, else "". */
  readonly group: string;
  /** The object and its owners, nearest first, each `Kind/name`; 1 or more. */
  readonly chain: readonly string[];
  readonly node: string;
}

/** The subject of an occurrence. */
export function subjectOf({ event, owners, node }: Pick<Occurrence, "event" | "owners" | "node">): Subject {
  const chain = [objectName(event), ...owners];
  return {
    event,
    object: objectKey(event),
    namespace: namespaceOf(event),
    workload: chain.at(-1) ?? "",
    group: foreignGroup(event.involvedObject.apiVersion),
    chain,
    node,
  };
}

/**
 * The subject for one rule. When an alert was sent for a workload before its owner was known, the workload stays as it
 * was, so that one problem does not get two fingerprints.
 *
 * @param isPinned Whether an alert of the rule for this `Kind/name` was sent.
 */
export function pinnedSubject(subject: Subject, isPinned: (workload: string) => boolean): Subject {
  if (subject.chain.length === 1) return subject;
  const workload = subject.chain.find((link) => isPinned(link));
  return workload === undefined ? subject : { ...subject, workload };
}

/** `Kind/name` of the involved object. */
export function objectName(event: ClusterEvent): string {
  return ObjectKey.formatName(event.involvedObject);
}

/**
 * The node of an event: the object itself, the known node of the Pod, or the host of the kubelet that wrote the event.
 */
export function nodeOf(event: ClusterEvent, known: string): string {
  if (event.involvedObject.kind === "Node") return event.involvedObject.name;
  if (known !== "") return known;
  return event.source.component === "kubelet" ? event.source.host : "";
}

/** Renders a text of the rule for the event that opens the alert; "" when that fails. */
export type Fill = (text: RuleText) => string;

/** The values that make two events one alert, in the order of the rule. */
export function identityOf(rule: CompiledRule, subject: Subject, fill: Fill): readonly string[] {
  return rule.identity.map((part) =>
    typeof part === "string" ? builtIn(part, subject) : fill(part).slice(0, LONGEST_VALUE),
  );
}

/** The fingerprint of an alert; the same over restarts and releases. */
export function fingerprintOf(cluster: string, rule: string, identity: readonly string[]): string {
  return fingerprint([cluster, rule, ...identity]);
}

/** All labels of an alert that this event opens. */
export function labelsOf(
  rule: CompiledRule,
  subject: Subject,
  context: { readonly severity: string; readonly fill: Fill },
): Readonly<Record<string, string>> {
  const { event, namespace, workload, node } = subject;
  const labels: Record<string, string> = {
    rule: rule.name,
    severity: context.severity,
    cluster: event.cluster,
    namespace,
    kind: event.involvedObject.kind,
    name: event.involvedObject.name,
    workload,
    reason: event.reason,
    type: event.type,
    component: event.source.component,
    container: event.involvedObject.container,
    node: nodeOf(event, node),
  };
  for (const [name, text] of rule.labels) labels[name] = context.fill(text);
  for (const [name, value] of Object.entries(labels)) labels[name] = value.slice(0, LONGEST_VALUE);
  return labels;
}

function builtIn(key: IdentityKey, subject: Subject): string {
  const { event, namespace, workload, chain, node } = subject;
  switch (key) {
    case "namespace":
      return namespace;
    case "workload":
      return workload === chain[0] ? groupedName(subject) : workload;
    case "object":
      return groupedName(subject);
    case "container":
      return event.involvedObject.container;
    case "reason":
      return event.reason;
    case "node":
      return nodeOf(event, node);
  }
}

/** `Kind/name` of the object, and `Service.serving.knative.dev/web` where another API has the same kind. */
function groupedName({ event, group }: Subject): string {
  const { kind, name } = event.involvedObject;
  return ObjectKey.formatName({ kind: group === "" ? kind : `${kind}.${group}`, name });
}
