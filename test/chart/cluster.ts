import { readFileSync } from "node:fs";

import { type ControlPlane, startControlPlane } from "../support/control-plane.ts";
import { until } from "../support/until.ts";
import { at, type Manifest } from "./rendered.ts";
import { DEFINITIONS } from "./tools.ts";

interface ResourceList {
  readonly resources: readonly {
    readonly name: string;
    readonly kind: string;
    readonly namespaced: boolean;
  }[];
}

/** The answer of the API server to a request. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** A control plane of its own to which manifests are applied. */
export class Cluster implements AsyncDisposable {
  readonly plane: ControlPlane;
  readonly #lists = new Map<string, ResourceList>();

  private constructor(plane: ControlPlane) {
    this.plane = plane;
  }

  /** Starts it, and teaches it the resources of prometheus-operator. */
  static async start(): Promise<Cluster> {
    const cluster = new Cluster(await startControlPlane());
    for (const resource of ["servicemonitors", "prometheusrules"]) {
      const text = readFileSync(`${DEFINITIONS}/monitoring.coreos.com_${resource}.yaml`, "utf8");
      const name = `${resource}.monitoring.coreos.com`;
      await cluster.send(
        "PATCH",
        `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${name}?fieldManager=test`,
        text,
      );
      await until(
        async () => (await cluster.request(`/apis/monitoring.coreos.com/v1/${resource}`)).status === 200,
      );
    }
    return cluster;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.plane.stop();
  }

  /** A namespace in which only Pods of the restricted standard are let in. */
  async createNamespace(name: string, labels: Readonly<Record<string, string>> = {}): Promise<void> {
    await this.apply({
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name, labels: { "pod-security.kubernetes.io/enforce": "restricted", ...labels } },
    });
  }

  /** Server-side apply; answers the object as the server has it then. @throws {Error} with what the server says. */
  async apply(manifest: Manifest): Promise<unknown> {
    const path = await this.pathOf(manifest);
    await this.send("PATCH", `${path}?fieldManager=test&fieldValidation=Strict`, JSON.stringify(manifest));
    return this.get(path);
  }

  /** @throws {Error} when the answer is not 2xx. */
  async send(method: "PATCH" | "POST" | "DELETE", path: string, body: string): Promise<unknown> {
    const type = method === "PATCH" ? "application/apply-patch+yaml" : "application/json";
    const answer = await this.request(path, { method, body, headers: { "content-type": type } });
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  async get(path: string): Promise<unknown> {
    const { status, body } = await this.request(path);
    if (status !== 200) throw new Error(`GET ${path}: ${JSON.stringify(body)}`);
    return body;
  }

  async request(path: string, init?: RequestInit): Promise<Answer> {
    const answer = await this.plane.request(path, init);
    const text = await answer.text();
    return { status: answer.status, body: text.startsWith("{") ? JSON.parse(text) : text };
  }

  /** Posts an object as the account of this token. */
  async requestAs(token: string, path: string, body: object): Promise<Answer> {
    return this.request(path, {
      method: "POST",
      body: JSON.stringify(body),
      headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
    });
  }

  /** A token for a ServiceAccount, as the kubelet asks for one. */
  async tokenFor(namespace: string, account: string): Promise<string> {
    const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${account}/token`;
    const request = { apiVersion: "authentication.k8s.io/v1", kind: "TokenRequest", spec: {} };
    return String(at(await this.send("POST", path, JSON.stringify(request)), "status", "token"));
  }

  /** Where an object is, by what the server says of its kind. */
  async pathOf({ apiVersion, kind, metadata }: Manifest): Promise<string> {
    const group = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    const known = this.#lists.get(group) ?? ((await this.get(group)) as ResourceList);
    this.#lists.set(group, known);
    const resource = known.resources.find((each) => each.kind === kind && !each.name.includes("/"));
    if (resource === undefined) throw new Error(`no ${kind} in ${group}`);
    const { namespace = "" } = metadata;
    if (resource.namespaced !== (namespace !== "")) throw new Error(`${kind} ${metadata.name}: namespace`);
    const scope = resource.namespaced ? `/namespaces/${namespace}` : "";
    return `${group}${scope}/${resource.name}/${metadata.name}`;
  }
}

/** Where what came back differs from what was sent; fields that the server added do not count. */
export function differences(sent: unknown, back: unknown, path = ""): readonly string[] {
  if (Array.isArray(sent)) {
    if (!Array.isArray(back) || back.length !== sent.length) return [`${path}: ${JSON.stringify(back)}`];
    return sent.flatMap((each, index) => differences(each, back[index], `${path}[${index}]`));
  }
  if (typeof sent === "object" && sent !== null) {
    return Object.entries(sent).flatMap(([key, value]) =>
      differences(value, at(back, key), `${path}.${key}`),
    );
  }
  return sent === back ? [] : [`${path}: sent ${JSON.stringify(sent)}, came back ${JSON.stringify(back)}`];
}
