/** The Event that other events are made from. */
export interface KubeletEvent extends Readonly<Record<string, unknown>> {
  readonly metadata: Readonly<
    Record<"name" | "namespace" | "uid" | "resourceVersion" | "creationTimestamp", string>
  >;
  readonly involvedObject: Readonly<Record<string, string>>;
  readonly reason: string;
}

/** The common fields of the Events of a case; `objects` is the number of their Pods. */
export interface EventFields {
  readonly reason: string;
  readonly objects: number;
  readonly namespace?: string;
}

/** An Event as a kubelet writes it, about 900 bytes of JSON. `index` makes name, uid, version and object. */
export function kubeletEvent(index: number, fields: EventFields): KubeletEvent {
  const { namespace = "shop" } = fields;
  const pod = `web-${index % fields.objects}`;
  const time = new Date(Date.now() - 1000).toISOString().slice(0, 19) + "Z";
  return {
    kind: "Event",
    apiVersion: "v1",
    metadata: {
      name: `${pod}.${(0x18ab000000000000n + BigInt(index)).toString(16)}`,
      namespace,
      uid: `710cbf17-f6ab-49f3-9804-${String(index).padStart(12, "0")}`,
      resourceVersion: String(1000 + index),
      creationTimestamp: time,
    },
    involvedObject: {
      kind: "Pod",
      namespace,
      name: pod,
      uid: `8671e6f4-ca34-4024-8c33-${String(index % fields.objects).padStart(12, "0")}`,
      apiVersion: "v1",
      resourceVersion: "8049",
      fieldPath: "spec.containers{app}",
    },
    reason: fields.reason,
    message: `Back-off restarting failed container app in pod ${pod}_${namespace}(8671e6f4-ca34-4024-8c33-db6d3c8898a7)`,
    source: { component: "kubelet", host: "node-1" },
    firstTimestamp: time,
    lastTimestamp: time,
    count: 1,
    type: "Warning",
    eventTime: null,
    reportingComponent: "kubelet",
    reportingInstance: "node-1",
  };
}

/** The same without what the API server fills in itself. */
export function createdEvent(index: number, fields: EventFields): object {
  const { metadata, ...rest } = kubeletEvent(index, fields);
  return { ...rest, metadata: { name: metadata.name, namespace: metadata.namespace } };
}
