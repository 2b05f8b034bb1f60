import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { isControlPlaneMissing } from "../support/control-plane.ts";
import { Cluster, differences } from "./cluster.ts";
import { at, type Manifest, type Rendered, renderSet, VALUE_SETS } from "./rendered.ts";
import { areToolsMissing } from "./tools.ts";

/** The Pod that the controller of a Deployment would make. */
function podOf(rendered: Rendered): Manifest {
  const template = at(rendered.one("Deployment"), "spec", "template") as Pick<Manifest, "metadata">;
  return {
    ...template,
    apiVersion: "v1",
    kind: "Pod",
    metadata: { ...template.metadata, name: "tocsin-0", namespace: rendered.namespace },
  };
}

/** How the Pod may not be changed without being refused. */
const WEAKER: readonly (readonly [string, (spec: Record<string, unknown>) => object])[] = [
  ["as root", (spec) => ({ ...spec, securityContext: { runAsUser: 0 } })],
  ["with the network of the node", (spec) => ({ ...spec, hostNetwork: true })],
];

describe.skipIf(isControlPlaneMissing() || areToolsMissing())("a real API server", () => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await Cluster.start();
    for (const name of ["shop", "shop-staging"]) await cluster.createNamespace(name);
  });
  afterAll(async () => {
    await cluster[Symbol.asyncDispose]();
  });

  describe.each(VALUE_SETS)("with the values %s", (set) => {
    const namespace = `ns-${set}`;

    it("takes every object, and gives back every field as it was sent", async () => {
      await cluster.createNamespace(namespace);
      const { manifests } = renderSet(set, namespace);
      expect(manifests.length).toBeGreaterThan(6);
      for (const manifest of manifests) {
        const back = await cluster.apply(manifest);
        expect(differences(manifest, back), `${manifest.kind} ${manifest.metadata.name}`).toEqual([]);
      }
    });

    it("lets the Pod of the Deployment into a namespace of the restricted standard", async () => {
      const pod = podOf(renderSet(set, namespace));
      const { spec, ...rest } = pod;
      for (const [, weaken] of WEAKER) {
        const weaker = { ...rest, spec: weaken(spec as Record<string, unknown>) };
        await expect(cluster.apply(weaker)).rejects.toThrow(/violates PodSecurity.*restricted/u);
      }
      const back = await cluster.apply(pod);
      // Admission of the account adds its volume to those of the Pod.
      const volumes = at(back, "spec", "volumes") as readonly unknown[];
      const token = volumes.filter((volume) => at(volume, "projected") !== undefined);
      expect(token).toHaveLength(1);
      expect(at(back, "spec", "serviceAccountName")).toBe("tocsin");
    });
  });

  it("refuses a field that it does not know, which is what makes the first test one", async () => {
    const service = renderSet("two-values").one("Service");
    const odd = { ...service, spec: { ...(service["spec"] as object), prots: [] } };
    await cluster.createNamespace("monitoring");
    await expect(cluster.apply(odd)).rejects.toThrow(/prots: field not declared in schema/u);
  });
});
