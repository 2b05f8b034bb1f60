/** An Event as a kubelet writes it, about 900 bytes of JSON. `index` makes name, uid, version and object. */
export function kubeletEvent(
  index: number,
  fields: { readonly reason: string; readonly objects: number },
): object {
  const pod = `web-${index % fields.objects}`;
  const time = new Date(Date.now() - 1000).toISOString().slice(0, 19) + "Z";
  return {
    kind: "Event",
    apiVersion: "v1",
    metadata: {
      name: `${pod}.${(0x18ab000000000000n + BigInt(index)).toString(16)}`,
      namespace: "shop",
      uid: `710cbf17-f6ab-49f3-9804-${String(index).padStart(12, "0")}`,
      resourceVersion: String(1000 + index),
      creationTimestamp: time,
    },
    involvedObject: {
      kind: "Pod",
      namespace: "shop",
      name: pod,
      uid: `8671e6f4-ca34-4024-8c33-${String(index % fields.objects).padStart(12, "0")}`,
      apiVersion: "v1",
      resourceVersion: "8049",
      fieldPath: "spec.containers{app}",
    },
    reason: fields.reason,
    message: `Back-off restarting failed container app in pod ${pod}_shop(8671e6f4-ca34-4024-8c33-db6d3c8898a7)`,
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
