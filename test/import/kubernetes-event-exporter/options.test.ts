import { readFileSync } from "node:fs";

import { describe, expect, it } from "vitest";

import {
  IMPORT_TOOLS,
  importConfiguration,
  type Imported,
  importedFiles,
  type ImportOptions,
} from "../../../src/import/index.ts";
import { caseInputs, casesOf } from "../../support/import-case.ts";

const TOOL = "kubernetes-event-exporter";

const NONE: ImportOptions = {
  cluster: "lab",
  firstSight: false,
  tidy: false,
  alerts: new Set(),
  forward: new Set(),
};

function imported(text: string, options: Partial<ImportOptions> = {}): Imported {
  const outcome = importConfiguration([{ file: "config.yaml", text }], undefined, {
    ...NONE,
    ...options,
    tools: IMPORT_TOOLS,
  });
  if (outcome.imported === undefined) throw new Error(JSON.stringify(outcome.findings));
  return outcome.imported;
}

const receiver = (options: string): string => `
route: { routes: [{ match: [{ receiver: r }] }] }
receivers: [{ name: r, ${options} }]
`;

const route = (routes: string, more = ""): string => `
${more}
route: { routes: [${routes}] }
receivers: [{ name: out, stdout: {} }, { name: chat, slack: { token: "\${T}", channel: "#c", message: "{{ .Message }}" } }]
`;

describe("--first-sight", () => {
  const text = route(
    "{ match: [{ receiver: out }, { receiver: chat }] }, { match: [{ receiver: out, minCount: 5 }] }",
  );

  it("writes the condition for forwards, but not where a count is asked for, and not for rules", () => {
    const { configuration, rules } = imported(text, { firstSight: true });
    expect(configuration.forward?.map(({ when }) => when)).toEqual(["event.count <= 1", undefined]);
    expect(rules?.rules?.map(({ when }) => when)).toEqual([undefined]);
  });

  it("stands as a comment without the option", () => {
    const files = importedFiles(imported(text), { tool: TOOL, read: [], withSecrets: false });
    expect(files[0]?.text.match(/^ *# .*event\.count <= 1/gmu)).toHaveLength(1);
  });
});

describe("--tidy", () => {
  it("writes lists of words as lists, and says which kinds and reasons are lost", () => {
    const text = route(
      '{ match: [{ receiver: out, kind: "Pod|Deployment", reason: Failed, message: "a|b", namespace: "^shop$" }] }',
    );
    const { configuration, lines } = imported(text, { tidy: true });
    expect(configuration.forward?.[0]?.match).toEqual({
      message: { regex: "a|b" },
      involvedObject: { kind: ["Pod", "Deployment"] },
      namespace: { regex: "^shop$" },
      reason: "Failed",
    });
    const wider = lines.filter(({ code }) => code === "regex-wider");
    expect(wider.map(({ written }) => written)).toEqual([
      "the list [Pod, Deployment], which loses PodDisruptionBudget and HorizontalPodAutoscaler",
      expect.stringMatching(/^the list \[Failed\], which loses .*FailedMount/u),
    ]);
  });
});

describe("--alerts and --forward", () => {
  it("change what a receiver gets where its sink can do both", () => {
    const text = `
route: { routes: [{ match: [{ receiver: out }, { receiver: hook }, { receiver: search }] }] }
receivers:
  - { name: out, stdout: {} }
  - { name: hook, webhook: { endpoint: "https://hooks.slack.com/services/a/b/c" } }
  - { name: search, elasticsearch: { hosts: ["http://search:9200"] } }
`;
    const { configuration, rules } = imported(text, {
      alerts: new Set(["out", "search"]),
      forward: new Set(["hook"]),
    });
    expect(rules?.rules?.flatMap(({ sinks }) => sinks)).toEqual(["out"]);
    expect(configuration.forward?.flatMap(({ sinks }) => sinks)).toEqual(["hook", "search"]);
    expect(configuration.sinks.find(({ name }) => name === "hook")?.type).toBe("webhook");
  });
});

describe("omitLookup", () => {
  it("leaves out entries that asked for labels, which never held, and drops that asked for them", () => {
    const text = route(
      "{ drop: [{ labels: { app: web } }, { type: Normal }], match: [{ receiver: out, labels: { app: db } }, { receiver: chat }] }",
      "omitLookup: true",
    );
    const { configuration, rules, deliveries } = imported(text);
    expect(configuration.kubernetes).toMatchObject({ enrich: "off" });
    expect(configuration.forward).toBe(undefined);
    expect(rules?.rules?.[0]).toMatchObject({ match: {}, except: { type: "Normal" } });
    expect(deliveries).toEqual({ found: 2, written: 1, never: 1 });
  });
});

describe("a variable in a condition", () => {
  it("is no condition that could be written, so its entry stays out, with the place in the report", () => {
    const { configuration, lines, deliveries } = imported(
      route("{ match: [{ receiver: out, namespace: $NS }, { receiver: out }] }"),
    );
    expect(configuration.forward?.[0]).toEqual({ name: "out", sinks: ["out"] });
    const places = lines.filter(({ code }) => code === "env").map(({ path }) => path);
    expect(places).toContain("route.routes[0].match[0].namespace");
    expect(deliveries.written).toBe(1);
  });

  it("is gone where it is one of a shell, as the tool leaves nothing of it", () => {
    const { configuration } = imported(route('{ match: [{ receiver: out, reason: "a$$b$1c" }] }'));
    expect(configuration.forward?.[0]?.match).toEqual({ reason: { contains: "abc" } });
  });
});

describe("secrets", () => {
  const SECRET = "s3cr3t-of-mine";
  const WITH_SECRETS = [
    receiver(`slack: { token: ${SECRET}, channel: "#c", message: x }`),
    receiver(`webhook: { endpoint: "https://u:${SECRET}@hook.example/" }`),
    receiver(`webhook: { endpoint: "https://hooks.slack.com/services/${SECRET}" }`),
    receiver(
      `webhook: { endpoint: "https://hook.example/", headers: { Authorization: "Bearer ${SECRET}", X-Api-Key: ${SECRET} } }`,
    ),
    receiver(
      `elasticsearch: { hosts: ["https://u:${SECRET}@search"], username: u, password: ${SECRET}, apiKey: ${SECRET} }`,
    ),
    receiver(`opsgenie: { apiKey: ${SECRET} }`),
    receiver(
      `kafka: { brokers: ["b:1"], topic: t, sasl: { enable: true, username: u, password: ${SECRET} } }`,
    ),
    receiver(`loki: { url: "https://u:${SECRET}@loki/" }`),
  ];

  it.each(WITH_SECRETS)("of %s stay behind, and are copied into files of mode 600 on demand", (text) => {
    const result = imported(text);
    const plain = importedFiles(result, { tool: TOOL, read: ["x"], withSecrets: false });
    expect(JSON.stringify([plain, result.lines])).not.toContain(SECRET);
    const all = importedFiles(result, { tool: TOOL, read: ["x"], withSecrets: true });
    const copied = all.filter(({ text: content }) => content.includes(SECRET));
    expect(copied.length).toBeGreaterThan(0);
    for (const { path, mode } of copied) expect([path.startsWith("secrets/"), mode]).toEqual([true, 0o600]);
    expect(JSON.stringify(result.configuration)).toContain('{"file":"secrets/r-');
  });

  it("in variables stay variables", () => {
    const { configuration, secrets } = imported(
      receiver('slack: { token: "${TOKEN}", channel: "#c", message: x }'),
    );
    expect(configuration.sinks[0]).toMatchObject({ token: { env: "TOKEN" } });
    expect(secrets).toEqual([]);
  });
});

describe("receivers without an equal", () => {
  it.each(["kinesis: {}", "pubsub: {}", "bigquery: {}", "firehose: {}", "opscenter: {}", "pipe: {}"])(
    "are counted, and their forward stands in a comment: %s",
    (options) => {
      const result = imported(receiver(options));
      expect(result.receivers).toMatchObject({ found: 1, written: 0, withoutEqual: 1 });
      const [file] = importedFiles(result, { tool: TOOL, read: [], withSecrets: false });
      expect(file?.text).toContain("# r has no equal; it got:");
      expect(result.lines.map(({ code }) => code)).toContain("no-equal-sink");
    },
  );

  it("also without a destination at all, and a receiver that does not exist", () => {
    const result = imported(
      "route: { routes: [{ match: [{ receiver: r }, { receiver: gone }, { receiver: o }] }] }\nreceivers: [{ name: r }, { name: o, stdout: {} }]",
    );
    const codes = result.lines.map(({ code }) => code);
    expect(codes).toContain("receiver-without-sink");
    expect(codes).toContain("unknown-receiver");
    expect(result.configuration.forward?.flatMap(({ sinks }) => sinks)).toEqual(["o"]);
  });
});

describe("the templates of the 28 cases", () => {
  it("are translated but for at most five of a hundred holes", () => {
    const counts = casesOf(TOOL).flatMap((name) =>
      caseInputs(TOOL, name).map((path) => imported(readFileSync(path, "utf8")).templates),
    );
    const found = counts.reduce((sum, each) => sum + each.found, 0);
    const translated = counts.reduce((sum, each) => sum + each.translated, 0);
    expect(found).toBeGreaterThan(60);
    expect(translated / found).toBeGreaterThanOrEqual(0.95);
  });
});
