import { describe, expect, it } from "vitest";

import { ObjectKey } from "../../src/event/index.ts";
import { placeOf, type Reach } from "../../src/lookup/object-place.ts";

const LONGHORN = {
  group: "longhorn.io",
  resource: "nodes",
  kind: "Node",
  healthy: { type: "Ready", status: "True" },
};
const KNATIVE = {
  group: "serving.knative.dev",
  resource: "services",
  kind: "Service",
  healthy: { type: "Ready", status: "True" },
};

/** The path of `Kind/namespace/name`; undefined for none. */
function pathOf(object: string, apiVersion = "", reach: Partial<Reach> = {}): string | undefined {
  const whole = { inspected: [], namespaces: [], ...reach };
  return placeOf(ObjectKey.parse(`test/${object}`), apiVersion, whole)?.path;
}

describe("the place of an object", () => {
  it.each([
    ["Pod/shop/a", "v1", "/api/v1/namespaces/shop/pods/a"],
    ["ReplicaSet/shop/a", "apps/v1", "/apis/apps/v1/namespaces/shop/replicasets/a"],
    ["Deployment/shop/a", "apps/v1", "/apis/apps/v1/namespaces/shop/deployments/a"],
    ["StatefulSet/shop/a", "apps/v1", "/apis/apps/v1/namespaces/shop/statefulsets/a"],
    ["DaemonSet/shop/a", "apps/v1", "/apis/apps/v1/namespaces/shop/daemonsets/a"],
    ["Job/shop/a", "batch/v1", "/apis/batch/v1/namespaces/shop/jobs/a"],
    ["CronJob/shop/a", "batch/v1", "/apis/batch/v1/namespaces/shop/cronjobs/a"],
    [
      "HorizontalPodAutoscaler/shop/a",
      "autoscaling/v1",
      "/apis/autoscaling/v2/namespaces/shop/horizontalpodautoscalers/a",
    ],
    ["PersistentVolumeClaim/shop/a", "v1", "/api/v1/namespaces/shop/persistentvolumeclaims/a"],
    ["PersistentVolume//a", "v1", "/api/v1/persistentvolumes/a"],
    ["Namespace//a", "v1", "/api/v1/namespaces/a"],
    ["Node//a.example.com", "", "/api/v1/nodes/a.example.com"],
  ])("of %s in %s", (object, apiVersion, path) => {
    expect(pathOf(object, apiVersion)).toBe(path);
    expect(pathOf(object)).toBe(path);
  });

  it("follows the group that the Event names: one name may be several kinds", () => {
    const reach = { inspected: [LONGHORN, KNATIVE] };
    expect(pathOf("Node/longhorn-system/w1", "longhorn.io/v1beta2", reach)).toBe(
      "/apis/longhorn.io/v1beta2/namespaces/longhorn-system/nodes/w1",
    );
    expect(pathOf("Node//w1", "v1", reach)).toBe("/api/v1/nodes/w1");
    expect(pathOf("Node/longhorn-system/w1", "v1", reach)).toBeUndefined();
    expect(pathOf("Node/longhorn-system/w1", "longhorn.io/v1beta2")).toBeUndefined();
    expect(pathOf("Service/shop/web", "v1", reach)).toBeUndefined();
    expect(pathOf("Service/shop/web", "serving.knative.dev/v1", reach)).toBe(
      "/apis/serving.knative.dev/v1/namespaces/shop/services/web",
    );
    expect(pathOf("Service/shop/web", "", reach)).toBeUndefined();
    expect(pathOf("Pod/shop/web", "evil.io/v1")).toBeUndefined();
  });

  it("is none for a name, a namespace or a version that the API server would not take", () => {
    const reach = { inspected: [LONGHORN] };
    const names = ["..", "", "a/b", "a?watch=1", "a%2Fb", "A", "a b", "-a", "a".repeat(254)];
    const objects = [
      ...names.map((name) => ({ namespace: "shop", name })),
      ...["..", "a%2Fb", "a?b"].map((namespace) => ({ namespace, name: "a" })),
    ].map((place) => ObjectKey.format({ cluster: "test", kind: "Pod", ...place }).slice("test/".length));
    expect(objects.map((object) => pathOf(object)).filter((path) => path !== undefined)).toEqual([]);
    const versions = ["", "..", "v1/..", "v1?x", "V1"].map((version) => `longhorn.io/${version}`);
    expect(
      versions.map((version) => pathOf("Node/x/a", version, reach)).filter((path) => path !== undefined),
    ).toEqual([]);
  });

  it("is none for an object with a namespace where its kind has none, and the other way round", () => {
    expect(pathOf("Node/evil/w1")).toBeUndefined();
    expect(pathOf("PersistentVolume/evil/v")).toBeUndefined();
    expect(pathOf("Namespace/evil/shop")).toBeUndefined();
    expect(pathOf("Pod//a")).toBeUndefined();
  });

  it("is none outside the namespaces that are watched", () => {
    const reach = { namespaces: ["shop", "pay"], inspected: [LONGHORN] };
    expect(pathOf("Pod/shop/a", "", reach)).toBe("/api/v1/namespaces/shop/pods/a");
    expect(pathOf("Pod/other/a", "", reach)).toBeUndefined();
    expect(pathOf("Node//w1", "", reach)).toBeUndefined();
    expect(pathOf("PersistentVolume//a", "", reach)).toBeUndefined();
    expect(pathOf("Node//w1", "longhorn.io/v1", reach)).toBeUndefined();
    expect(pathOf("Namespace//pay", "", reach)).toBe("/api/v1/namespaces/pay");
    expect(pathOf("Namespace//other", "", reach)).toBeUndefined();
  });
});
