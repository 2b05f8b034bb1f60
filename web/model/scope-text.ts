/** A watched scope as people read it: `all namespaces (v1)`, `shop (events.k8s.io/v1)`. @param scope `core/`, `events/shop`. */
export function scopeText(scope: string): string {
  const slash = scope.indexOf("/");
  const namespace = scope.slice(slash + 1);
  const api = scope.startsWith("core/") ? "v1" : "events.k8s.io/v1";
  return `${namespace === "" ? "all namespaces" : namespace} (${api})`;
}
