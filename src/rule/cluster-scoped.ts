/** Kinds whose names are unique in the cluster. */
const CLUSTER_SCOPED: ReadonlySet<string> = new Set([
  "APIService",
  "CSINode",
  "ClusterIssuer",
  "CustomResourceDefinition",
  "IPAddress",
  "Namespace",
  "Node",
  "NodeClaim",
  "NodePool",
  "PersistentVolume",
  "ServiceCIDR",
  "StorageClass",
  "VolumeAttachment",
]);

/** Whether objects of a kind have no namespace. */
export function isClusterScoped(kind: string): boolean {
  return CLUSTER_SCOPED.has(kind);
}
