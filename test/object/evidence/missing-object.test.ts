import { assert, property, string } from "fast-check";
import { describe, expect, it } from "vitest";

import { type MissingObject, missingObjectIn } from "../../../src/object/index.ts";

/** Messages of genuine components, with what each says is missing. */
const MESSAGES: readonly (readonly [string, Omit<MissingObject, "key"> & { key?: string }])[] = [
  ['Error: secret "app-db" not found', { kind: "Secret", name: "app-db" }],
  [
    'MountVolume.SetUp failed for volume "cfg" : configmap "app-config" not found',
    { kind: "ConfigMap", name: "app-config" },
  ],
  [
    "Error: couldn't find key nope in ConfigMap mounts/kube-root-ca.crt",
    { kind: "ConfigMap", name: "kube-root-ca.crt", key: "nope" },
  ],
  [
    'Error creating: pods "x-" is forbidden: error looking up service account shop/bot: serviceaccount "bot" not found',
    { kind: "ServiceAccount", name: "bot" },
  ],
  [
    'Error creating: pods "x-" is forbidden: pod rejected: RuntimeClass "gvisor" not found',
    { kind: "RuntimeClass", name: "gvisor" },
  ],
  ['storageclass.storage.k8s.io "premium" not found', { kind: "StorageClass", name: "premium" }],
  ['deployments.apps "does-not-exist" not found', { kind: "Deployment", name: "does-not-exist" }],
  [
    'PodResourceClaim gpu: resource claim template "t": resourceclaimtemplate.resource.k8s.io "t" not found',
    { kind: "ResourceClaimTemplate", name: "t" },
  ],
  [
    '0/3 nodes are available: persistentvolumeclaim "data" not found. not found',
    { kind: "PersistentVolumeClaim", name: "data" },
  ],
  [
    'pods "ledger-0" is forbidden: exceeded quota: team-quota, requested: pods=1, used: pods=3, limited: pods=3',
    { kind: "ResourceQuota", name: "team-quota" },
  ],
  [
    'Internal error occurred: failed calling webhook "inject.example.com": failed to call webhook: Post "https://x"',
    { kind: "Webhook", name: "inject.example.com" },
  ],
  [
    'Failed to pull image "registry.example.com/shop/api:no-such-tag": rpc error: code = NotFound desc = registry.example.com/shop/api:no-such-tag: not found',
    { kind: "Image", name: "registry.example.com/shop/api:no-such-tag" },
  ],
];

describe("the missing thing in a message", () => {
  it.each(MESSAGES)("is found in: %s", (message, missing) => {
    expect(missingObjectIn(message)).toEqual({ key: "", ...missing });
  });

  it.each([
    "Back-off restarting failed container api in pod api-84dc6978bd-ptcbj",
    "driver name inline.csi.example.com not found in the list of registered CSI drivers",
    "0/3 nodes are available: 3 Insufficient cpu.",
    'secret "../../etc/passwd" not found',
    "",
  ])("is not guessed from: %s", (message) => {
    expect(missingObjectIn(message)).toBeUndefined();
  });

  it("is a plain name, or an image, whatever the message", () => {
    const message = string({ unit: "binary" }).map((text) => `secret "${text}" not found`);
    const nameIn = (text: string): string => missingObjectIn(text)?.name ?? "none";
    assert(property(message, (text) => /^[a-z\d.-]+$/u.test(nameIn(text))));
  });
});
