import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { runCommand } from "../cli/run-command.ts";
import { readPage } from "../docs/pages.ts";
import { type Files, PodFolder } from "./pod-folder.ts";
import { at, CHART, type Rendered, render, renderSet, VALUE_SETS, valuesFile } from "./rendered.ts";
import { areToolsMissing, helm } from "./tools.ts";

const PAGE = readPage("docs/install.md");
const TWO = ["--set", "cluster=prod-eu1", "--set", "slack.secretName=tocsin-slack"];

/** A value of `data` of a ConfigMap. */
function dataOf(rendered: Rendered, name: string): Files {
  return (at(rendered.one("ConfigMap", name), "data") ?? {}) as Files;
}

function podOf(rendered: Rendered): unknown {
  return at(rendered.one("Deployment"), "spec", "template", "spec");
}

/** The rules of a kind of role, one line each. */
function grants(rendered: Rendered, kind: string): readonly string[] {
  return rendered.all(kind).flatMap((role) => {
    const rules = at(role, "rules") as readonly Record<"apiGroups" | "resources" | "verbs", string[]>[];
    return rules.map(
      ({ apiGroups, resources, verbs }) =>
        `${role.metadata.namespace ?? "*"}: ${verbs.join(",")} ${apiGroups.join(",")}/${resources.join(",")}`,
    );
  });
}

/** A Secret with something under every key that the configurations of the value sets read. */
const SECRET: Files = {
  url: "https://hooks.example.com/services/a/b/c",
  webhook: "https://hooks.example.com/services/a/b/c",
  password: "p",
  read: "r-0123456789",
  write: "w-0123456789",
  signing: `whsec_${Buffer.alloc(32, "x").toString("base64")}`,
};

function podFolder(rendered: Rendered): PodFolder {
  const configMaps = Object.fromEntries(
    rendered.all("ConfigMap").map(({ metadata: { name } }) => [name, dataOf(rendered, name)]),
  );
  const names = ["tocsin-slack", "tocsin-tokens", "tocsin-mail", "tocsin-hook"];
  return new PodFolder(podOf(rendered), {
    configMaps,
    secrets: Object.fromEntries(names.map((name) => [name, SECRET])),
  });
}

describe.skipIf(areToolsMissing())("the chart", () => {
  it("has the version of the program", () => {
    const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };
    const chart = readFileSync(`${CHART}/Chart.yaml`, "utf8");
    expect(chart).toContain(`\nversion: ${version}\nappVersion: ${version}\n`);
  });

  describe.each(VALUE_SETS)("with the values %s", (set) => {
    it("passes helm lint --strict", () => {
      const { status, stdout, stderr } = helm(["lint", "--strict", CHART, "--values", valuesFile(set)]);
      expect([status, stdout.match(/\[(?:ERROR|WARNING)\].*/gu), stderr]).toEqual([0, null, ""]);
    });

    it("makes a tocsin.yaml in which check finds nothing", async () => {
      using pod = podFolder(renderSet(set));
      const { status, stdout, stderr } = await runCommand(["check"], { cwd: pod.root, env: pod.env });
      expect([status, stderr]).toEqual([0, ""]);
      expect(stdout).toMatch(/^\d+ rules, \d+ sinks?, \d+ routes?\n$/u);
    });

    it("mounts every Secret that tocsin.yaml names as a folder, read-only", () => {
      const rendered = renderSet(set);
      const text = JSON.stringify(rendered.all("ConfigMap"));
      const named = [...text.matchAll(/\.\.\/secrets\/(?<name>[^/]+)\//gu)].map(
        ({ groups }) => `/etc/tocsin/secrets/${groups?.["name"]}`,
      );
      const mounts = at(podOf(rendered), "containers", 0, "volumeMounts") as Record<string, unknown>[];
      const secret = mounts.filter(({ mountPath }) => String(mountPath).includes("/secrets/"));
      expect(secret.map(({ mountPath }) => String(mountPath)).toSorted()).toEqual(
        [...new Set(named)].toSorted(),
      );
      expect(mounts.every((mount) => !("subPath" in mount))).toBe(true);
      expect(mounts.filter(({ readOnly }) => readOnly !== true).map(({ name }) => name)).toEqual(["state"]);
    });
  });

  it.each(PAGE.blocks.filter(({ mark }) => mark === "values.yaml"))(
    "makes of the values in line $line of docs/install.md a tocsin.yaml that passes check",
    async ({ text }) => {
      const folder = mkdtempSync(join(tmpdir(), "tocsin-values-"));
      writeFileSync(join(folder, "values.yaml"), text);
      using pod = podFolder(render(["--values", join(folder, "values.yaml")]));
      rmSync(folder, { recursive: true });
      const { status, stderr } = await runCommand(["check"], { cwd: pod.root, env: pod.env });
      expect([status, stderr]).toEqual([0, ""]);
    },
  );

  const APPS = "get apps/daemonsets,deployments,replicasets,statefulsets";

  it("grants by default Events, and the objects whose state decides about alerts", () => {
    const rendered = renderSet("two-values");
    expect(grants(rendered, "ClusterRole")).toEqual([
      "*: list,watch /events",
      "*: get /namespaces,nodes,persistentvolumeclaims,persistentvolumes,pods",
      `*: ${APPS}`,
      "*: get batch/cronjobs,jobs",
      "*: get autoscaling/horizontalpodautoscalers",
    ]);
    expect(rendered.all("Role")).toEqual([]);
  });

  it("grants the metadata of pods and their owners with one value", () => {
    const rendered = render([...TWO, "--set", "config.kubernetes.enrich=owners"]);
    expect(grants(rendered, "ClusterRole")).toEqual([
      "*: list,watch /events",
      "*: get /pods",
      "*: get apps/replicasets",
      "*: get batch/jobs",
    ]);
  });

  it("grants Events alone with one value", () => {
    const rendered = render([...TWO, "--set", "config.kubernetes.enrich=off"]);
    expect(grants(rendered, "ClusterRole")).toEqual(["*: list,watch /events"]);
    expect(rendered.all("Role")).toEqual([]);
    expect(grants(renderSet("events-only"), "ClusterRole")).toEqual(["*: list,watch events.k8s.io/events"]);
  });

  it("grants in the namespaces that are watched, and nowhere else", () => {
    const rendered = renderSet("namespaced");
    expect(rendered.manifests.filter(({ kind }) => kind.startsWith("ClusterRole"))).toEqual([]);
    expect(grants(rendered, "Role")).toEqual(
      ["shop", "shop-staging"].flatMap((namespace) => [
        `${namespace}: list,watch /events`,
        `${namespace}: get /namespaces,persistentvolumeclaims,pods`,
        `${namespace}: ${APPS}`,
        `${namespace}: get batch/cronjobs,jobs`,
        `${namespace}: get autoscaling/horizontalpodautoscalers`,
      ]),
    );
  });

  it("lets namespaces be read for owners only where a rule reads their labels or they may carry silences", () => {
    const owners = (...more: readonly string[]): readonly string[] =>
      grants(
        render([...TWO, "--set", ["config.kubernetes.enrich=owners", ...more].join(",")]),
        "ClusterRole",
      );
    expect(owners()).toContain("*: get /pods");
    expect(owners("config.kubernetes.silenceAnnotations=true")).toContain("*: get /pods,namespaces");
    expect(
      owners("extraRules.a\\.yaml=rules: [{ name: a\\, match: { namespaceLabels: { x: y } } }]"),
    ).toContain("*: get /pods,namespaces");
    const off = render([
      ...TWO,
      "--set",
      "config.kubernetes.silenceAnnotations=true,config.kubernetes.enrich=off",
    ]);
    expect(grants(off, "ClusterRole")).toEqual(["*: list,watch /events"]);
  });

  it("lets Events be written only with self-events, in its own namespace", () => {
    expect(grants(renderSet("everything"), "Role")).toEqual([
      "monitoring: create,patch events.k8s.io/events",
    ]);
  });

  it("makes no roles where somebody else does, and no account that is there", () => {
    const rendered = render([
      ...TWO,
      "--set",
      "rbac.create=false,serviceAccount.create=false,serviceAccount.name=ours",
    ]);
    expect(rendered.manifests.filter(({ kind }) => /Role|ServiceAccount/u.test(kind))).toEqual([]);
    expect(at(podOf(rendered), "serviceAccountName")).toBe("ours");
  });

  it("takes the text of a rule letter by letter, and never evaluates it", () => {
    const text =
      'rules:\n  - name: a\n    match: { reason: B }\n    title: "{{ .Values.cluster }} ${HOME} {{ event.name }} <&>\t\\\\"\n\n';
    const rendered = render([...TWO, "--set-json", `extraRules=${JSON.stringify({ "a.yaml": text })}`]);
    expect(dataOf(rendered, "tocsin-rules")).toEqual({ "a.yaml": text });
  });

  it("restarts the Pod for what a running Tocsin does not take over, and for nothing else", () => {
    const template = (...set: string[]) =>
      at(render([...TWO, ...set.flatMap((each) => ["--set", each])]).one("Deployment"), "spec", "template");
    const before = template();
    expect(template("config.overrides.crash-loop.enabled=false")).toEqual(before);
    expect(template("config.server.publicUrl=https://tocsin.example.com")).toEqual(before);
    expect(template("extraRules.a\\.yaml=rules: []")).toEqual(before);
    for (const set of [
      "cluster=b",
      "config.kubernetes.eventTtl=3h",
      "config.state.maxBytes=1GiB",
      "config.log.level=warn",
    ])
      expect(template(set)).not.toEqual(before);
  });

  it("takes a digest before a tag, and a tag before its version", () => {
    const image = (...args: string[]) => at(podOf(render([...TWO, ...args])), "containers", 0, "image");
    expect(image()).toMatch(/^tocsin:\d+\.\d+\.\d+/u);
    expect(image("--set", "image.tag=edge")).toBe("tocsin:edge");
    expect(image("--set", `image.tag=edge,image.digest=sha256:${"a".repeat(64)}`)).toBe(
      `tocsin@sha256:${"a".repeat(64)}`,
    );
  });

  it.each([
    [[], /cluster: missing; name this cluster: --set cluster=/u],
    [["--set", "cluster=a"], /slack\.secretName: missing; no message would be sent/u],
    [
      ["--set", "cluster=a", "--set-json", 'config.sinks=[{"name":"b","type":"stdout"}]'],
      /config\.route: missing/u,
    ],
    [
      [...TWO, "--set-json", 'config.sinks=[{"name":"slack","type":"stdout"}]'],
      /config\.sinks has one: give that one another name/u,
    ],
    [["--set", "cluster=5"], /at '\/cluster': got number, want string/u],
    [
      [...TWO, "--set", "config.kubernetes.namespaces=shop"],
      /at '\/config\/kubernetes\/namespaces': got string, want array/u,
    ],
    [
      [...TWO, "--set", "persistence.enabled=perhaps"],
      /at '\/persistence\/enabled': got string, want boolean/u,
    ],
    [[...TWO, "--set", "replicaCount=2"], /additional properties 'replicaCount' not allowed/u],
    [
      [...TWO, "--set-json", 'config.sinks=[{"name":"a","type":"slack","url":{"env":"X"},"chanel":"y"}]'],
      /at '\/config\/sinks\/0': additional properties 'chanel' not allowed/u,
    ],
    [
      [...TWO, "--set-json", 'extraRules={"a.yaml":[{"name":"a","match":{"reason":{"regx":"b"}}}]}'],
      /at '\/extraRules\/a\.yaml\/0\/match/u,
    ],
  ])("refuses %j, and says where and why", (args, words) => {
    const { status, stdout, stderr } = helm(["template", "tocsin", CHART, ...args]);
    expect([status, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(words);
  });
});
