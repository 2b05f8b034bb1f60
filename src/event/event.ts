import { ObjectKey } from "./object-key.ts";

/**
 * The words of the domain, once: an *event* is a Kubernetes Event in its normalised form; the *involved object* is the
 * object of the event; an *occurrence* is one or more happenings that an event newly stands for (see occurrence.ts).
 */

/** A reference to an object; unknown parts are "". */
export interface ObjectRef {
  readonly kind: string;
  readonly apiVersion: string;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly fieldPath: string;
  /** The container named by `fieldPath` (`spec.containers{app}` → `app`), else "". */
  readonly container: string;
  /** Of the object itself; empty without look-ups. */
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** The topmost known owner; both "" when none is known. */
  readonly owner: { readonly kind: string; readonly name: string };
}

/** A Kubernetes Event of either API and either writer, in one form (docs/design/events.md#normalisation). */
export interface ClusterEvent {
  /** The name of the cluster that it comes from: the `cluster` of its batch. */
  readonly cluster: string;
  readonly uid: string;
  readonly name: string;
  /** The namespace of the Event itself; `default` for cluster-scoped objects. */
  readonly namespace: string;
  /** A decimal of up to 128 bits; compare with `isSameOrOlder`. */
  readonly resourceVersion: string;
  /** `Normal`, `Warning`, or any other text of a core/v1 writer. */
  readonly type: string;
  readonly reason: string;
  /** Without the prefix `(combined from similar events): `. */
  readonly message: string;
  readonly action: string;
  /** Occurrences so far, 1 or more. */
  readonly count: number;
  /** Whether the writer publishes repeats as a series, which happens rarely (every 30 min). */
  readonly series: boolean;
  readonly source: { readonly component: string; readonly host: string };
  readonly involvedObject: ObjectRef;
  /** `EMPTY_REF` when there is none. */
  readonly related: ObjectRef;
  /** Epoch milliseconds by the writer's clock; by the API server's where the writer gave none. */
  readonly firstSeenAt: number;
  readonly lastSeenAt: number;
  /** Epoch milliseconds by the API server's clock; 0 when missing. */
  readonly createdAt: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** Of the involved object's namespace; empty without look-ups. */
  readonly namespaceLabels: Readonly<Record<string, string>>;
}

const NONE: Readonly<Record<string, string>> = Object.freeze({});

/** A reference to nothing. */
export const EMPTY_REF: ObjectRef = Object.freeze({
  kind: "",
  apiVersion: "",
  namespace: "",
  name: "",
  uid: "",
  fieldPath: "",
  container: "",
  labels: NONE,
  annotations: NONE,
  owner: Object.freeze({ kind: "", name: "" }),
});

/** The component of Events that this program writes; such Events match nothing unless a matcher names it. */
export const OWN_COMPONENT = "tocsin";

/**
 * The namespace for labels and routing: that of the object, or the Event's own where the Event lies elsewhere, since
 * somebody who may write Events in one namespace must not speak for another. "" for cluster-scoped objects.
 */
export function namespaceOf(event: ClusterEvent): string {
  const { namespace } = event.involvedObject;
  return namespace === "" || namespace === event.namespace ? namespace : event.namespace;
}

/** The key of the involved object, as `ObjectKey` writes it (docs/design/events.md#involved-object). */
export function objectKey(event: ClusterEvent): string {
  const { kind, name } = event.involvedObject;
  return ObjectKey.format({ cluster: event.cluster, kind, namespace: namespaceOf(event), name });
}
