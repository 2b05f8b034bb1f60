import { AdmissionregistrationV1Api, KubeConfig } from "@kubernetes/client-node";

import { PROFILE_ANNOTATION } from "./injection.ts";

const NAME = "injector.shop.example";

/** The cluster of a kubeconfig; without one, the cluster this runs in. */
export function loadCluster(kubeconfig: string | undefined): KubeConfig {
  const config = new KubeConfig();
  if (kubeconfig === undefined) config.loadFromCluster();
  else config.loadFromFile(kubeconfig);
  return config;
}

/** Makes the API server ask a webhook at an address; the answer takes that back. For trying; manifests/ is for use. */
export async function register(cluster: KubeConfig, url: string, ca: string): Promise<() => Promise<void>> {
  const api = cluster.makeApiClient(AdmissionregistrationV1Api);
  await api.createMutatingWebhookConfiguration({
    body: {
      metadata: { name: NAME },
      webhooks: [
        {
          name: NAME,
          clientConfig: { url, caBundle: Buffer.from(ca).toString("base64") },
          rules: [
            {
              operations: ["CREATE"],
              apiGroups: [""],
              apiVersions: ["v1"],
              resources: ["pods"],
              scope: "Namespaced",
            },
          ],
          matchConditions: [
            {
              name: "wants-injection",
              expression: `has(object.metadata.annotations) && "${PROFILE_ANNOTATION}" in object.metadata.annotations`,
            },
          ],
          admissionReviewVersions: ["v1"],
          failurePolicy: "Ignore",
          sideEffects: "NoneOnDryRun",
          timeoutSeconds: 3,
        },
      ],
    },
  });
  return async () => void (await api.deleteMutatingWebhookConfiguration({ name: NAME }));
}
