import { describe, expect, it } from "vitest";

import { runCommand } from "../cli/run-command.ts";
import { type Files, PodFolder } from "./pod-folder.ts";
import { at, type Manifest, type Rendered, render, renderSet, VALUE_SETS } from "./rendered.ts";
import { areToolsMissing } from "./tools.ts";

const NAMESPACE = "monitoring";
const SECRETS = ["tocsin-slack", "tocsin-tokens", "tocsin-mail", "tocsin-hook"];
const TWO = ["--set", "cluster=prod-eu1", "--set", "slack.secretName=tocsin-slack"];
const SELF_EVENTS = ["--set", "selfEvents.enabled=true"];

/** One line for each namespace, resource and verb that roles allow, however the roles are cut. */
function grants(manifests: readonly Manifest[]): readonly string[] {
  return manifests
    .filter(({ kind }) => kind === "Role" || kind === "ClusterRole")
    .flatMap(({ kind, metadata: { namespace = "" }, rules }) =>
      (rules as readonly Record<"apiGroups" | "resources" | "verbs", string[]>[]).flatMap((rule) =>
        rule.apiGroups.flatMap((group) =>
          rule.resources.flatMap((resource) =>
            rule.verbs.map((verb) => `${kind === "Role" ? namespace : "*"}: ${verb} ${resource}.${group}`),
          ),
        ),
      ),
    )
    .toSorted(byText);
}

/** The manifests that `tocsin rbac` prints for the configuration of the chart. */
async function needed(rendered: Rendered): Promise<readonly Manifest[]> {
  const configMaps = Object.fromEntries(
    rendered
      .all("ConfigMap")
      .map((each): [string, Files] => [each.metadata.name, (at(each, "data") ?? {}) as Files]),
  );
  using pod = new PodFolder(at(rendered.one("Deployment"), "spec", "template", "spec"), {
    configMaps,
    secrets: Object.fromEntries(SECRETS.map((name) => [name, {}])),
  });
  const variables = at(rendered.one("Deployment"), "spec", "template", "spec", "containers", 0, "env");
  const writesOwn = JSON.stringify(variables).includes("TOCSIN_POD_NAME");
  const argv = ["rbac", "--json", "--namespace", NAMESPACE, ...(writesOwn ? ["--self-events"] : [])];
  const { status, stdout, stderr } = await runCommand(argv, { cwd: pod.root, env: pod.env });
  if (status !== 0) throw new Error(stderr);
  return (JSON.parse(stdout) as { items: readonly Manifest[] }).items;
}

describe.skipIf(areToolsMissing())("what the chart grants is what tocsin rbac prints", () => {
  it.each(VALUE_SETS)("for the values %s", async (set) => {
    const rendered = renderSet(set, NAMESPACE);
    expect(grants(rendered.manifests)).toEqual(grants(await needed(rendered)));
    expect(grants(rendered.manifests).length).toBeGreaterThan(1);
  });

  it.each([
    ["self-events without look-ups", [...TWO, ...SELF_EVENTS, "--set", "config.kubernetes.enrich=off"]],
    [
      "self-events in a namespace that is not watched",
      [...TWO, ...SELF_EVENTS, "--set", "config.kubernetes.namespaces={shop}"],
    ],
    [
      "self-events in a namespace that is watched",
      [...TWO, ...SELF_EVENTS, "--set", `config.kubernetes.namespaces={${NAMESPACE},shop}`],
    ],
    ["the newer API of Events", [...TWO, "--set", "config.kubernetes.api=events"]],
    ["owners alone", [...TWO, "--set", "config.kubernetes.enrich=owners"]],
    [
      "a kind that is inspected",
      [
        ...TWO,
        "--set-json",
        `config.kubernetes.inspect=${JSON.stringify([
          {
            group: "longhorn.io",
            resource: "nodes",
            kind: "Node",
            healthy: { type: "Ready", status: "True" },
          },
        ])}`,
      ],
    ],
    [
      "logs of crashed containers",
      [...TWO, "--set", "config.kubernetes.evidence.logs.namespaces={shop,pay}"],
    ],
    [
      "logs that nothing reads",
      [
        ...TWO,
        "--set",
        "config.kubernetes.enrich=owners",
        "--set",
        "config.kubernetes.evidence.logs.namespaces={shop}",
      ],
    ],
    ["silences by annotation", [...TWO, "--set", "config.kubernetes.silenceAnnotations=true"]],
  ])("with %s", async (_, args) => {
    const rendered = render(args, { namespace: NAMESPACE });
    expect(grants(rendered.manifests)).toEqual(grants(await needed(rendered)));
  });
});

function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
