import { describe, expect, it } from "vitest";

import { at, type Rendered, render, renderSet, VALUE_SETS } from "./rendered.ts";
import { areToolsMissing } from "./tools.ts";

type Labels = Readonly<Record<string, string>>;

const TWO = ["--set", "cluster=prod-eu1", "--set", "slack.secretName=tocsin-slack"];

function podOf(rendered: Rendered): unknown {
  return at(rendered.one("Deployment"), "spec", "template", "spec");
}

function volumeOf(rendered: Rendered, name: string): unknown {
  const volumes = at(podOf(rendered), "volumes") as readonly unknown[];
  return volumes.find((volume) => at(volume, "name") === name);
}

/** Whether a selector finds an object. */
function selects(selector: unknown, labels: unknown): boolean {
  const wanted = Object.entries(selector as Labels);
  return wanted.length > 0 && wanted.every(([name, value]) => at(labels, name) === value);
}

describe.skipIf(areToolsMissing())("the objects of the chart", () => {
  it.each(VALUE_SETS)("find each other with the values %s", (set) => {
    const rendered = renderSet(set);
    const deployment = rendered.one("Deployment");
    const labels = at(deployment, "spec", "template", "metadata", "labels");
    const service = rendered.one("Service");
    expect(selects(at(deployment, "spec", "selector", "matchLabels"), labels)).toBe(true);
    expect(selects(at(service, "spec", "selector"), labels)).toBe(true);
    // Neither changes with the version: one is fixed for ever, the other would lose the old Pod.
    const own = { "app.kubernetes.io/name": "tocsin", "app.kubernetes.io/instance": "tocsin" };
    expect(at(deployment, "spec", "selector", "matchLabels")).toEqual(own);
    expect(at(service, "spec", "selector")).toEqual(own);
    for (const policy of rendered.all("NetworkPolicy"))
      expect(selects(at(policy, "spec", "podSelector", "matchLabels"), labels)).toBe(true);
    for (const monitor of rendered.all("ServiceMonitor")) {
      expect(selects(at(monitor, "spec", "selector", "matchLabels"), service.metadata.labels)).toBe(true);
      expect(at(monitor, "spec", "endpoints", 0, "port")).toBe(at(service, "spec", "ports", 1, "name"));
      // The alert rules look for this job.
      expect(service.metadata.labels?.[String(at(monitor, "spec", "jobLabel"))]).toBe("tocsin");
    }
    const container = at(podOf(rendered), "containers", 0);
    expect(at(container, "ports", 0)).toEqual({
      name: at(service, "spec", "ports", 0, "targetPort"),
      containerPort: 8080,
    });
    expect(at(container, "ports", 1)).toEqual({
      name: at(service, "spec", "ports", 1, "targetPort"),
      containerPort: 8081,
    });
    expect(at(container, "env")).toContainEqual({ name: "TOCSIN_LISTEN", value: "0.0.0.0:8080" });
    expect(at(container, "env")).toContainEqual({ name: "TOCSIN_PROBES", value: "0.0.0.0:8081" });
    for (const probe of ["startupProbe", "livenessProbe", "readinessProbe"])
      expect(at(container, probe, "httpGet", "port")).toBe("probes");
    const account = String(at(podOf(rendered), "serviceAccountName"));
    expect(rendered.one("ServiceAccount").metadata.name).toBe(account);
    for (const { roleRef, subjects, metadata } of rendered.manifests.filter(({ kind }) =>
      kind.endsWith("RoleBinding"),
    )) {
      expect(subjects).toEqual([{ kind: "ServiceAccount", name: account, namespace: rendered.namespace }]);
      const roles = rendered.all(String(at(roleRef, "kind")));
      const place = { name: at(roleRef, "name"), namespace: metadata.namespace };
      expect(roles.map(({ metadata: { name, namespace } }) => ({ name, namespace }))).toContainEqual(place);
    }
  });

  it("have names and namespaces of the release, so that two do not meet", () => {
    const names = (release: string) =>
      render(["--values", "test/chart/values/everything.yaml"], {
        release,
        namespace: `ns-${release}`,
      }).manifests.map(({ kind, metadata }) => `${kind} ${metadata.namespace ?? ""}/${metadata.name}`);
    const [one, other] = [names("one"), names("other")];
    expect(new Set([...one, ...other]).size).toBe(one.length + other.length);
    expect(new Set(names("tocsin-eu")).has("Deployment ns-tocsin-eu/tocsin-eu")).toBe(true);
    expect(one.every((name) => name.includes("one-tocsin"))).toBe(true);
  });

  it("run one Pod after the other, without a right that it does not need", () => {
    const rendered = renderSet("two-values");
    expect(at(rendered.one("Deployment"), "spec")).toMatchObject({
      replicas: 1,
      strategy: { type: "Recreate" },
    });
    expect(podOf(rendered)).toMatchObject({
      securityContext: {
        runAsNonRoot: true,
        runAsUser: 65_532,
        runAsGroup: 65_532,
        fsGroup: 65_532,
        seccompProfile: { type: "RuntimeDefault" },
      },
      containers: [
        {
          securityContext: {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ["ALL"] },
          },
          resources: { requests: { cpu: "50m", memory: "192Mi" }, limits: { memory: "768Mi" } },
        },
      ],
    });
    expect(at(volumeOf(rendered, "secret-0"), "secret", "defaultMode")).toBe(0o440);
  });

  it("keep the state on a claim, on one that is there, or in an emptyDir with a bound", () => {
    const made = renderSet("two-values");
    expect(volumeOf(made, "state")).toEqual({
      name: "state",
      persistentVolumeClaim: { claimName: "tocsin" },
    });
    expect(at(made.one("PersistentVolumeClaim"), "spec")).toEqual({
      accessModes: ["ReadWriteOnce"],
      resources: { requests: { storage: "2Gi" } },
    });
    const given = render([...TWO, "--set", "persistence.existingClaim=ours"]);
    expect(volumeOf(given, "state")).toEqual({ name: "state", persistentVolumeClaim: { claimName: "ours" } });
    expect(given.all("PersistentVolumeClaim")).toEqual([]);
    const none = renderSet("events-only");
    expect(volumeOf(none, "state")).toEqual({ name: "state", emptyDir: { sizeLimit: "256Mi" } });
    expect(none.all("PersistentVolumeClaim")).toEqual([]);
  });

  it("let in the API and the probes from their peers, and out DNS and the ports that are named", () => {
    const spec = at(renderSet("everything").one("NetworkPolicy"), "spec");
    expect(spec).toMatchObject({
      policyTypes: ["Ingress", "Egress"],
      ingress: [
        {
          ports: [{ port: "http", protocol: "TCP" }],
          from: [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "operators" } } }],
        },
        {
          ports: [{ port: "probes", protocol: "TCP" }],
          from: [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "monitoring" } } }],
        },
      ],
      egress: [
        {
          ports: [
            { port: 53, protocol: "UDP" },
            { port: 53, protocol: "TCP" },
          ],
        },
        { ports: [443, 6443, 3128].map((port) => ({ port, protocol: "TCP" })) },
      ],
    });
  });

  it("stay texts where names look like numbers or truth", () => {
    const odd = {
      cluster: "1e3",
      slack: { secretName: "1e5" },
      secrets: ["true", "0x1f"],
      config: { kubernetes: { namespaces: ["12", "on", "1e6", "null"] } },
      selfEvents: { enabled: true },
      persistence: { existingClaim: "77" },
      serviceAccount: { name: "1e4" },
      image: { tag: "1.10", pullSecrets: ["5"] },
      priorityClassName: "6",
    };
    const json = Object.entries(odd).flatMap(([key, value]) => [
      "--set-json",
      `${key}=${JSON.stringify(value)}`,
    ]);
    const rendered = render(json, { release: "1e7", namespace: "1e8" });
    const names = rendered.manifests.flatMap(({ metadata, subjects }) => [
      metadata.name,
      metadata.namespace ?? "",
      ...Object.values(metadata.labels ?? {}),
      ...(Array.isArray(subjects) ? subjects.flatMap((subject: object) => Object.values(subject)) : []),
    ]);
    expect(names.filter((name) => typeof name !== "string")).toEqual([]);
    expect(rendered.all("Role").map(({ metadata }) => metadata.namespace)).toEqual([
      "12",
      "on",
      "1e6",
      "null",
      "1e8",
    ]);
    expect(podOf(rendered)).toMatchObject({
      serviceAccountName: "1e4",
      priorityClassName: "6",
      imagePullSecrets: [{ name: "5" }],
      containers: [{ image: "tocsin:1.10" }],
    });
    const volumes = at(podOf(rendered), "volumes") as readonly unknown[];
    const sources = volumes.map(
      (volume) => at(volume, "secret", "secretName") ?? at(volume, "persistentVolumeClaim", "claimName"),
    );
    expect(sources.filter((name) => name !== undefined)).toEqual(["1e5", "true", "0x1f", "77"]);
    expect(at(rendered.one("ConfigMap", "1e7-tocsin-config"), "data", "tocsin.yaml")).toContain(
      'cluster: "1e3"',
    );
    const annotations = at(
      rendered.one("Deployment"),
      "spec",
      "template",
      "metadata",
      "annotations",
    ) as object;
    expect(Object.values(annotations).every((value) => typeof value === "string")).toBe(true);
  });

  it("make nothing that was not asked for", () => {
    expect(
      renderSet("two-values")
        .manifests.map(({ kind }) => kind)
        .toSorted(),
    ).toEqual([
      "ClusterRole",
      "ClusterRoleBinding",
      "ConfigMap",
      "ConfigMap",
      "Deployment",
      "PersistentVolumeClaim",
      "Service",
      "ServiceAccount",
    ]);
  });
});
