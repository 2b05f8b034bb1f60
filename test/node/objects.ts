import type {
  V1Container,
  V1Deployment,
  V1DeploymentSpec,
  V1PodSpec,
  V1PodTemplateSpec,
} from "@kubernetes/client-node";

/** An image that the node's registry has: the program test/cluster/workload. */
const IMAGE = "registry.example.com/shop/web:1.4.2";
/** The next version of it. */
export const NEXT_IMAGE = "registry.example.com/shop/web:1.5.0";

/** A container, `app` unless it says otherwise, that behaves as words of test/cluster/workload say. */
export function container(words: string, more: Partial<V1Container> = {}): V1Container {
  return { name: "app", image: IMAGE, args: words.split(" "), ...more };
}

/**
 * Asks the container whether it is ready. Not too often: of one pod a kubelet writes 25 Events, and then one in five
 * minutes (client-go, tools/record/events_cache.go).
 */
export const READINESS: Pick<V1Container, "readinessProbe"> = {
  readinessProbe: { httpGet: { path: "/healthz", port: 8080 }, periodSeconds: 3, timeoutSeconds: 5 },
};

/** A template of pods that end quickly. */
export function podTemplate(
  name: string,
  containers: readonly V1Container[],
  more: Partial<V1PodSpec> = {},
): V1PodTemplateSpec {
  return {
    metadata: { labels: { app: name } },
    spec: { terminationGracePeriodSeconds: 2, containers: [...containers], ...more },
  };
}

/** A Deployment of one container. */
export function deployment(
  place: { readonly namespace: string; readonly name: string },
  template: V1PodTemplateSpec,
  more: Partial<V1DeploymentSpec> = {},
): V1Deployment {
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: place,
    spec: { replicas: 1, selector: { matchLabels: { app: place.name } }, template, ...more },
  };
}
