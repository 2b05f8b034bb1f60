import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { KubernetesObject } from "@kubernetes/client-node";

import { makeAuthority, type TestAuthority } from "../sinks/email/mail-server.ts";
import type { ControlPlaneOptions } from "../support/control-plane.ts";
import { NodeProxy } from "./node-proxy.ts";

/** The name in certificates of `makeAuthority`. */
const USER = "tocsin test";

/** The way of an API server to the kubelets of its nodes: a proxy, and a certificate by which they know it. */
export class KubeletAccess implements Disposable {
  readonly proxy: NodeProxy;
  /** For `startControlPlane`. */
  readonly options: NonNullable<ControlPlaneOptions["kubelets"]>;
  readonly #folder = mkdtempSync(join(tmpdir(), "tocsin-kubelets-"));
  readonly #authority: TestAuthority;

  constructor() {
    this.#authority = makeAuthority();
    const [keyFile, proxySocket] = [join(this.#folder, "client.key"), join(this.#folder, "proxy.sock")];
    writeFileSync(keyFile, this.#authority.key, { mode: 0o600 });
    this.options = { proxySocket, keyFile, certificateFile: this.#authority.caFile };
    this.proxy = new NodeProxy(proxySocket);
  }

  /** Lets the API server do at kubelets what it is asked for, such as to read logs. */
  get permission(): KubernetesObject {
    const group = "rbac.authorization.k8s.io";
    const binding = {
      apiVersion: `${group}/v1`,
      kind: "ClusterRoleBinding",
      metadata: { name: "kubelet-client" },
      subjects: [{ apiGroup: group, kind: "User", name: USER }],
      roleRef: { apiGroup: group, kind: "ClusterRole", name: "system:kubelet-api-admin" },
    };
    return binding;
  }

  [Symbol.dispose](): void {
    this.proxy[Symbol.dispose]();
    this.#authority[Symbol.dispose]();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
