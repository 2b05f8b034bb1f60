import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect, it } from "vitest";

import { main } from "../../src/cli/index.ts";
import { startEventsApi } from "../../src/demo/index.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { captureIo } from "../cli/run-command.ts";
import { until } from "../support/until.ts";
import { alertExpressions, dashboardExpressions, type Shipped } from "./monitoring.ts";
import { readPage, rowsOf } from "./pages.ts";

interface Described {
  readonly name: string;
  readonly type: string;
  readonly labels: readonly string[];
}

/** Name, type and labels, as the tables of the page give them. */
function documented(): readonly Described[] {
  return rowsOf(readPage("docs/metrics.md"))
    .filter(([, type = ""]) => ["counter", "gauge", "histogram"].includes(type))
    .map(([name = "", type = "", labels = ""]) => ({
      name: name.replaceAll("`", ""),
      type,
      labels: [...labels.matchAll(/`(\w+)`/gu)].map((match) => match[1] ?? "").toSorted(),
    }));
}

/** The metrics that `/metrics` has, a histogram under its own name; with labels only where a sample exists. */
function offered(text: string): readonly Described[] {
  return [...text.matchAll(/^# TYPE (?<name>\w+) (?<type>\w+)$/gmu)].map(({ groups = {} }) => {
    const { name = "", type = "" } = groups;
    const [, inner = ""] = new RegExp(`^${name}(?:_bucket)?\\{([^}]*)\\}`, "mu").exec(text) ?? [];
    const labels = [...inner.matchAll(/(\w+)=/gu)].map((match) => match[1] ?? "");
    return { name, type, labels: labels.filter((label) => label !== "le").toSorted() };
  });
}

/** The whole service on one Event that a rule matches, so that most metrics have a sample; answers its metrics. */
async function metricsOfService(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "tocsin-metrics-"));
  await using api = await startEventsApi({ clock: systemClock });
  api.create({
    metadata: { generateName: "test-", namespace: "shop" },
    type: "Warning",
    reason: "DeployFailed",
    message: "image not found",
    involvedObject: { kind: "Deployment", namespace: "shop", name: "web" },
  });
  await writeFile(join(directory, "kubeconfig.json"), JSON.stringify(kubeconfig(api.url)));
  await writeFile(join(directory, "tocsin.yaml"), JSON.stringify(CONFIGURATION));
  const { io, written, signal } = captureIo({ clock: systemClock, cwd: directory });
  const running = main(["run"], io);
  try {
    const address = await until(() => /"http":"([^"]+)"/u.exec(written.stderr)?.[1]);
    return await until(async () => {
      const text = await (await fetch(`${address}/metrics`)).text();
      return text.includes("tocsin_delivery_attempts_total{") && text;
    });
  } finally {
    signal("SIGTERM");
    expect(await running).toBe(0);
    await rm(directory, { recursive: true });
  }
}

const CONFIGURATION = {
  kubernetes: { kubeconfig: "kubeconfig.json", startFrom: "all" },
  state: { path: "tocsin.db" },
  rules: [{ name: "deploy-failing", match: { reason: "DeployFailed" } }],
  sinks: [{ name: "lines", type: "file", path: "lines.jsonl" }],
  route: { sinks: ["lines"], groupWait: "0s" },
  server: { listen: "127.0.0.1:0" },
  log: { format: "json" },
};

function kubeconfig(server: string): object {
  return {
    apiVersion: "v1",
    kind: "Config",
    "current-context": "test",
    contexts: [{ name: "test", context: { cluster: "test", user: "nobody" } }],
    clusters: [{ name: "test", cluster: { server } }],
    users: [{ name: "nobody", user: {} }],
  };
}

/** The words of a union of strings, in the file that declares it. */
function wordsOf(file: string, union: string): readonly string[] {
  const [, body = ""] = new RegExp(`type ${union} =([^;]*);`, "u").exec(readFileSync(file, "utf8")) ?? [];
  return [...body.matchAll(/"([^"]+)"/gu)].map((match) => match[1] ?? "");
}

it.each([
  { union: "Suppression", file: "src/alert/observer.ts" },
  { union: "Failure", file: "src/egress/delivery-error.ts" },
  { union: "ListCause", file: "src/source/kubernetes/decide.ts" },
  { union: "TroubleKind", file: "src/source/kubernetes/trouble.ts" },
])("docs/metrics.md names every value of a label of $union", ({ union, file }) => {
  const { text } = readPage("docs/metrics.md");
  const words = wordsOf(file, union);
  expect(words.length).toBeGreaterThan(4);
  expect(words.filter((word) => !text.includes(`\`${word}\``))).toEqual([]);
});

it("docs/metrics.md lists exactly what /metrics offers, with type and labels", async () => {
  const page = documented();
  const text = await metricsOfService();
  const program = offered(text);
  const byName = (list: readonly Described[]) => list.map(({ name, type }) => `${name} ${type}`).toSorted();
  expect(byName(page)).toEqual(byName(program));
  const sampled = program.filter(({ name }) => new RegExp(`^${name}(?:_bucket)?[ {]`, "mu").test(text));
  expect(sampled.map(({ name }) => page.find((row) => row.name === name))).toEqual(sampled);
});

/** The names in an expression that are no metric of the page, or no label of it. */
function unknownIn({ expr, legend }: Shipped, metrics: readonly Described[]): readonly string[] {
  const named = [...expr.matchAll(/\b(tocsin_\w+)(?:\{([^}]*)\})?/gu)].map(([, name = "", inner = ""]) => ({
    name: name.replace(/_bucket$/u, ""),
    labels: [...inner.matchAll(/(\w+)\s*=/gu)].map(([, label = ""]) => label),
  }));
  const labelsOf = (name: string) => [
    ...(metrics.find((metric) => metric.name === name)?.labels ?? []),
    "job",
    "instance",
    "le",
  ];
  const all = new Set(named.flatMap(({ name }) => labelsOf(name)));
  const grouped = [...expr.matchAll(/\bby \(([^)]*)\)/gu)].flatMap(([, inner = ""]) => inner.split(/,\s*/u));
  return [
    ...named.map(({ name }) => name).filter((name) => !metrics.some((metric) => metric.name === name)),
    ...named.flatMap(({ name, labels }) => labels.filter((label) => !labelsOf(name).includes(label))),
    ...[...grouped, ...legend].filter((label) => !all.has(label)),
  ];
}

it.each([...alertExpressions(), ...dashboardExpressions()])(
  "the chart's $name reads metrics and labels that there are: $expr",
  (shipped) => {
    expect(unknownIn(shipped, documented())).toEqual([]);
  },
);

it("the chart's dashboard shows every metric", () => {
  const shown = dashboardExpressions()
    .map(({ expr }) => expr)
    .join("\n");
  expect(documented().filter(({ name }) => !shown.includes(name))).toEqual([]);
});

it("the chart's alert rules select values of labels that docs/metrics.md names", () => {
  const { text } = readPage("docs/metrics.md");
  const values = alertExpressions()
    .flatMap(({ expr }) => [...expr.matchAll(/(?<label>\w+)=~?"(?<value>[^"]+)"/gu)])
    .filter(({ groups }) => groups?.["label"] !== "job")
    .flatMap(({ groups }) => groups?.["value"]?.split("|") ?? []);
  expect(values.length).toBeGreaterThan(4);
  expect(values.filter((value) => !text.includes(`\`${value}\``))).toEqual([]);
});
