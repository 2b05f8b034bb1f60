import { randomUUID } from "node:crypto";

import { alreadyExists, invalid, notFound } from "./status.ts";
import { formatTime } from "./timestamp.ts";

/** Present in every cluster. */
const BUILT_IN = ["default", "kube-node-lease", "kube-public", "kube-system"] as const;

const LABEL = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/u;

/** The namespaces of the embedded cluster; the uid of `kube-system` is the identity of the cluster. */
export class Namespaces {
  readonly #bodies = new Map<string, string>();

  constructor(clusterUid: string, now: number) {
    for (const name of BUILT_IN) this.#add(name, name === "kube-system" ? clusterUid : randomUUID(), now);
  }

  /** Adds a namespace unless it exists. */
  ensure(name: string, now: number): void {
    if (!this.#bodies.has(name)) this.#add(name, randomUUID(), now);
  }

  /**
   * Adds a namespace; returns its JSON.
   *
   * @throws {StatusError} 409 when it exists, 422 for a name that is no DNS label.
   */
  create(name: string, now: number): string {
    if (this.#bodies.has(name)) throw alreadyExists("core", name, "namespaces");
    if (!LABEL.test(name)) {
      const message = `Invalid value: "${name}": a lowercase RFC 1123 label must consist of lower case alphanumerics or '-'`;
      throw invalid("Namespace", "", name, [
        { reason: "FieldValueInvalid", message, field: "metadata.name" },
      ]);
    }
    this.#add(name, randomUUID(), now);
    return this.get(name);
  }

  /** @throws {StatusError} 404. */
  get(name: string): string {
    const body = this.#bodies.get(name);
    if (body === undefined) throw notFound("core", name, "namespaces");
    return `{"kind":"Namespace","apiVersion":"v1",${body.slice(1)}\n`;
  }

  list(revision: number): string {
    const items = [...this.#bodies.keys()].toSorted().map((name) => this.#bodies.get(name));
    return (
      `{"kind":"NamespaceList","apiVersion":"v1","metadata":{"resourceVersion":"${revision}"},` +
      `"items":[${items.join(",")}]}\n`
    );
  }

  #add(name: string, uid: string, now: number): void {
    const metadata = {
      name,
      uid,
      resourceVersion: "1",
      creationTimestamp: formatTime(now),
      labels: { "kubernetes.io/metadata.name": name },
    };
    const body = { metadata, spec: { finalizers: ["kubernetes"] }, status: { phase: "Active" } };
    this.#bodies.set(name, JSON.stringify(body));
  }
}
