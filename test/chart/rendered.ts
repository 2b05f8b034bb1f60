import { readdirSync } from "node:fs";

import { parseAllDocuments } from "yaml";

import { helm } from "./tools.ts";

export const CHART = "chart";

/** The value sets that are tried, by name; each is an example as well. */
export const VALUE_SETS = readdirSync("test/chart/values").map((file) => file.replace(/\.yaml$/u, ""));

/** One object of the chart, as it is sent. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly [field: string]: unknown;
}

/** The manifests that `helm template` makes of the chart. */
export interface Rendered {
  readonly release: string;
  readonly namespace: string;
  readonly manifests: readonly Manifest[];
  /** The one object of a kind, or of a name as well. @throws {Error} when there is none, or several. */
  one(kind: string, name?: string): Manifest;
  all(kind: string): readonly Manifest[];
}

export function valuesFile(set: string): string {
  return `test/chart/values/${set}.yaml`;
}

/** Renders a value set as the release `tocsin`. */
export function renderSet(set: string, namespace = "monitoring"): Rendered {
  return render(["--values", valuesFile(set)], { namespace });
}

/** Renders the chart with these arguments of helm. @throws {Error} with what helm says. */
export function render(
  args: readonly string[],
  {
    release = "tocsin",
    namespace = "monitoring",
  }: { readonly release?: string; readonly namespace?: string } = {},
): Rendered {
  const { status, stdout, stderr } = helm(["template", release, CHART, "--namespace", namespace, ...args]);
  if (status !== 0) throw new Error(stderr);
  // Kubernetes reads YAML 1.1; helm has just written these objects.
  const manifests = parseAllDocuments(stdout, { version: "1.1" })
    .map((document) => document.toJS() as Manifest | null)
    .filter((manifest) => manifest !== null);
  const all = (kind: string): readonly Manifest[] => manifests.filter((each) => each.kind === kind);
  const one = (kind: string, name?: string): Manifest => {
    const found = all(kind).filter((each) => name === undefined || each.metadata.name === name);
    const [manifest] = found;
    if (manifest === undefined || found.length > 1)
      throw new Error(`${found.length} of ${kind} ${name ?? ""}`.trim());
    return manifest;
  };
  return { release, namespace, manifests, one, all };
}

/** A value inside an object, by keys and indexes; undefined where there is none. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>(
    (inner, key) => (typeof inner === "object" && inner !== null ? Reflect.get(inner, key) : undefined),
    value,
  );
}
