import type { Notification } from "../../alert/index.ts";

/** Only these are safe to paste into a shell. Kubernetes: RFC 1123 labels and subdomains. */
const NAMESPACE = /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/u;
const NAME = /^[a-z0-9](?:[-.a-z0-9]{0,251}[a-z0-9])?$/u;
const KIND = /^[A-Z][A-Za-z0-9]{0,62}$/u;

/**
 * The one command worth pasting: `kubectl -n shop describe pod web-1`, about the worst object. Undefined when there is
 * no object, or when any of its names could be more than a name.
 */
export function commandOf({ alerts }: Pick<Notification, "alerts">): string | undefined {
  const [worst] = alerts;
  if (worst === undefined) return undefined;
  const [object = worst.event.involvedObject] = worst.objects.toSorted(
    (a, b) => b.occurrences - a.occurrences,
  );
  const { kind, namespace, name } = object;
  if (!KIND.test(kind) || !NAME.test(name)) return undefined;
  if (namespace !== "" && !NAMESPACE.test(namespace)) return undefined;
  return `kubectl ${namespace === "" ? "" : `-n ${namespace} `}describe ${kind.toLowerCase()} ${name}`;
}
