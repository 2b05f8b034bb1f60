import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { type LoadedConfiguration, loadConfiguration, summaryOf } from "../../src/config/index.ts";
import { currentHash } from "../../src/config/watched-files.ts";
import { normalise } from "../../src/event/index.ts";
import { formatFinding } from "../../src/lib/finding.ts";
import { makeUnit, MemoryRules } from "../support/rule-units.ts";

let cwd: string;

beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), "tocsin-config-"));
});

afterEach(() => rm(cwd, { recursive: true }));

async function write(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(cwd, path)), { recursive: true });
    await writeFile(join(cwd, path), content);
  }
}

async function load(text: string, env: NodeJS.ProcessEnv = {}): Promise<LoadedConfiguration> {
  await write({ "tocsin.yaml": text });
  return loadConfiguration({ file: undefined, env, cwd });
}

const CONSOLE = "sinks: [{ name: console, type: stdout }]\nroute: { sinks: [console] }\n";
const rule = (name: string) => `rules: [{ name: ${name}, match: { reason: BackOff } }]\n`;
const names = ({ configuration }: LoadedConfiguration) =>
  configuration?.policy.rules.rules.map(({ name }) => name);

describe("loadConfiguration", () => {
  it("takes a text instead of its file, and rules in the places of those with their names", async () => {
    await write({ "rules/a.yaml": rule("old") });
    const text = `${CONSOLE}rules: [rules/*.yaml, { name: kept, match: { reason: BackOff } }]\n`;
    const instead = makeUnit({
      origin: "tried",
      onError: "refuse",
      rules: [{ name: "old", match: { reason: "FailedMount" }, severity: "critical" }],
    });
    const loaded = await loadConfiguration({ file: "none.yaml", text, instead, env: {}, cwd });
    expect(loaded.findings).toEqual([]);
    expect(names(loaded)).toEqual(["kept", "old"]);
    expect(loaded.configuration?.policy.rules.byName.get("old")?.severity).toBe("critical");
    const faulty = makeUnit({
      origin: "tried",
      onError: "refuse",
      rules: [{ name: "old", match: { reason: "BackOff" }, severity: "loud" }],
    });
    const { configuration, findings } = await loadConfiguration({
      file: "none.yaml",
      text,
      instead: faulty,
      env: {},
      cwd,
    });
    expect(configuration).toBeUndefined();
    expect(findings.map(({ file }) => file)).toContain("tried");
  });

  it("fills in every default, and makes paths absolute from where the file is", async () => {
    await write({
      "conf/tocsin.yaml": `${CONSOLE}rules: []\nforward: [{ name: all, sinks: [console] }]\nkubernetes: { kubeconfig: kube/config }\n`,
    });
    const { configuration, findings } = await loadConfiguration({ file: "conf/tocsin.yaml", env: {}, cwd });
    expect(findings).toEqual([]);
    expect(configuration?.origin).toMatchObject({ file: "conf/tocsin.yaml", baseDir: join(cwd, "conf") });
    expect(configuration?.process).toMatchObject({
      cluster: undefined,
      kubernetes: {
        kubeconfig: join(cwd, "conf/kube/config"),
        namespaces: [],
        startFrom: 300_000,
        eventTtl: 3_600_000,
        api: "core",
        enrich: "state",
        inspect: [],
        trustSeverityFrom: [],
      },
      state: { path: join(cwd, "conf/data/tocsin.db"), maxBytes: 1024 ** 3 },
      server: { listen: { host: "127.0.0.1", port: 8080 }, tokens: { read: [], write: [] } },
      log: { level: "info" },
      selfAlerts: undefined,
      heartbeat: undefined,
    });
  });

  it("is found by --config, then $TOCSIN_CONFIG, then ./tocsin.yaml", async () => {
    const named = (cluster: string) => `cluster: ${cluster}\nrules: []\n${CONSOLE}`;
    await write({ "a.yaml": named("a"), "b.yaml": named("b"), "tocsin.yaml": named("c") });
    const cluster = async (file: string | undefined, env: NodeJS.ProcessEnv) =>
      (await loadConfiguration({ file, env, cwd })).configuration?.policy.cluster;
    expect(await cluster("a.yaml", { TOCSIN_CONFIG: "b.yaml" })).toBe("a");
    expect(await cluster(undefined, { TOCSIN_CONFIG: "b.yaml" })).toBe("b");
    expect(await cluster(undefined, { TOCSIN_CONFIG: "" })).toBe("c");
  });

  it.each([
    { text: "", options: {}, cluster: "" },
    { text: "", options: { nameCluster: () => "kind-dev" }, cluster: "kind-dev" },
    { text: "cluster: prod\n", options: { nameCluster: () => "kind-dev" }, cluster: "prod" },
    { text: "cluster: prod\n", options: { cluster: "kept" }, cluster: "kept" },
  ])(
    "names the cluster $cluster, with $text and $options: the name that stays, the file, then its context",
    async ({ text, options, cluster }) => {
      const when = `rules: [{ name: a, match: { reason: A }, when: 'cluster == "${cluster}"' }]\n`;
      await write({ "tocsin.yaml": text + when + CONSOLE });
      const { configuration } = await loadConfiguration({ file: undefined, env: {}, cwd, ...options });
      expect(configuration?.policy.cluster).toBe(cluster);
      const event = normalise(
        { metadata: { name: "a", namespace: "a", uid: "a", resourceVersion: "1" }, reason: "A" },
        configuration?.policy.cluster ?? "",
      );
      expect(configuration?.policy.rules.match(event)).toHaveLength(1);
    },
  );

  it.each([
    { server: "publicUrl: https://tocsin.example", pageUrl: "https://tocsin.example" },
    { server: 'publicUrl: "http://10.0.0.2:8080/ops/?x#y"', pageUrl: "http://10.0.0.2:8080/ops" },
    { server: "publicUrl: https://tocsin.example, page: false", pageUrl: undefined },
    { server: "page: true", pageUrl: undefined },
  ])(
    "links messages to the page, and shipped rules to its runbooks: $server",
    async ({ server, pageUrl }) => {
      const own = "{ name: own, match: { reason: A } }";
      await write({
        "tocsin.yaml": `cluster: prod\nrules: [builtin/pods, ${own}]\nserver: { ${server} }\n${CONSOLE}`,
      });
      const { configuration } = await loadConfiguration({ file: undefined, env: {}, cwd });
      const { pageUrl: given, runbookOf } = configuration?.policy ?? {};
      expect(given).toBe(pageUrl);
      expect(runbookOf?.("crash-loop")).toBe(pageUrl && `${pageUrl}/runbooks/crash-loop`);
      expect(runbookOf?.("own")).toBe(pageUrl && "");
    },
  );

  it("prefers the runbooks that somebody names to those of the page", async () => {
    const runbooks = 'runbooks: { url: "https://wiki.example/{{ rule }}" }\n';
    const server = "server: { publicUrl: https://tocsin.example }\n";
    await write({ "tocsin.yaml": `cluster: prod\nrules: [builtin/pods]\n${server}${runbooks}${CONSOLE}` });
    const { configuration } = await loadConfiguration({ file: undefined, env: {}, cwd });
    expect(configuration?.policy.runbookOf?.("crash-loop")).toBe("https://wiki.example/crash-loop");
  });

  it("names the cluster by where its kubeconfig is, seen from the file", async () => {
    await write({ "conf/tocsin.yaml": `rules: []\nkubernetes: { kubeconfig: kube }\n${CONSOLE}` });
    const { configuration } = await loadConfiguration({
      file: "conf/tocsin.yaml",
      env: {},
      cwd,
      nameCluster: ({ kubeconfig }) => `of ${kubeconfig}`,
    });
    expect(configuration?.policy.cluster).toBe(`of ${join(cwd, "conf/kube")}`);
  });

  it.each([
    { text: "", env: { TOCSIN_LISTEN: "0.0.0.0:9090" }, listen: { host: "0.0.0.0", port: 9090 } },
    {
      text: 'server: { listen: "[::1]:7070" }\n',
      env: { TOCSIN_LISTEN: "0.0.0.0:9090" },
      listen: { host: "::1", port: 7070 },
    },
  ])(
    "lets $TOCSIN_LISTEN stand in for server.listen only where it is not written",
    async ({ text, env, listen }) => {
      const { configuration } = await load(`rules: []\n${CONSOLE}${text}`, env);
      expect(configuration?.process.server.listen).toEqual(listen);
    },
  );

  it.each([
    { text: "", probes: { host: "0.0.0.0", port: 9091 } },
    { text: 'server: { probes: "[::1]:7071" }\n', probes: { host: "::1", port: 7071 } },
  ])("lets $TOCSIN_PROBES stand in for server.probes: $text", async ({ text, probes }) => {
    const env = { TOCSIN_PROBES: "0.0.0.0:9091" };
    const { configuration } = await load(`rules: []\n${CONSOLE}${text}`, env);
    expect(configuration?.process.server.probes).toEqual(probes);
    const { configuration: without } = await load(`rules: []\n${CONSOLE}`, {});
    expect(without?.process.server.probes).toBeUndefined();
  });

  it("refuses the same address for probes as for everything else", async () => {
    const { findings } = await load(`rules: []\n${CONSOLE}server: { probes: "127.0.0.1:8080" }\n`, {});
    expect(findings.map(formatFinding).join()).toContain(
      "server.probes: the same address as listen: choose another port",
    );
  });

  it("names the variable when its address cannot be read", async () => {
    const { findings } = await load(`rules: []\n${CONSOLE}`, { TOCSIN_LISTEN: "8080" });
    expect(findings.map(formatFinding)).toEqual([
      'environment variable TOCSIN_LISTEN: not an address: "8080" (write host:port, such as 127.0.0.1:8080)',
    ]);
  });

  it("works without a file: the rules inside the program and a sink named console", async () => {
    const { configuration, findings } = await loadConfiguration({
      file: undefined,
      builtinWithoutFile: true,
      env: {},
      cwd,
    });
    expect(findings).toEqual([]);
    expect(configuration?.sinks.map(({ name }) => name)).toEqual(["console"]);
    expect(configuration?.policy.rules.byName.has("image-pull-failing")).toBe(true);
  });

  it("says how to get a configuration where one is needed", async () => {
    const { configuration, findings } = await loadConfiguration({ file: undefined, env: {}, cwd });
    expect(configuration).toBeUndefined();
    expect(findings.map(formatFinding)).toEqual([
      `there is no configuration: write one with tocsin init, or name one with --config FILE (${cwd} has no tocsin.yaml)`,
    ]);
  });

  it("uses rules instead of a configuration, also where there is one", async () => {
    await write({ "mine/a.yaml": rule("mine") });
    await load("sniks: wrong");
    expect(names(await loadConfiguration({ file: undefined, rules: ["mine/*.yaml"], env: {}, cwd }))).toEqual(
      ["mine"],
    );
    const nothing = await loadConfiguration({ file: undefined, rules: ["none/*.yaml"], env: {}, cwd });
    expect(nothing.findings.map(formatFinding)).toEqual([
      'rules[0]: no rule file matches "none/*.yaml" in this folder',
    ]);
  });

  it("counts what it holds, for people", async () => {
    const { configuration } = await load(
      "rules: [{ name: a, match: { reason: A } }]\nsinks: [{ name: x, type: stdout }, { name: y, type: stdout }]\n" +
        "route: { sinks: [x], routes: [{ name: child, match: { severity: info }, sinks: [y] }] }\n",
    );
    expect(configuration === undefined ? "" : summaryOf(configuration)).toBe("1 rule, 2 sinks, 2 routes");
  });

  it("says to the engine what it decides by", async () => {
    const { configuration } = await load(
      "cluster: a\nkubernetes: { trustSeverityFrom: [deployer] }\nrules: []\nroute: { sinks: [x] }\n" +
        "sinks: [{ name: x, type: stdout, minSeverity: warning, sendResolved: proven, maxAge: 1h }]\n",
    );
    const policy = configuration?.policy;
    expect(policy?.sinks.get("x")).toEqual({
      name: "x",
      minSeverity: "warning",
      sendResolved: "proven",
      logs: true,
      merges: true,
      chooses: [],
      digest: undefined,
      maxAgeMs: 3_600_000,
    });
    expect(policy?.trustSeverityFrom).toEqual(new Set(["deployer"]));
  });

  it("warns of a sink that chooses by a label that no alert has", async () => {
    const slack = (by: string): string =>
      `{ name: ${by}, type: slack, token: { env: T }, channel: { by: ${by}, of: { x: '#x' }, else: '#ops' } }`;
    const { findings } = await load(
      "cluster: a\nrules: [{ name: a, match: { reason: A }, labels: { team: shop } }]\n" +
        `sinks: [${["zone", "team", "namespace"].map(slack).join(", ")}]\n` +
        "route: { sinks: [zone, team, namespace] }\n",
    );
    expect(findings.map(({ level, path, message }) => [level, path, message])).toEqual([
      ["warning", "sinks[0]", expect.stringMatching(/no rule gives an alert the label "zone"/u)],
    ]);
  });

  it("says to the engine how a sink, and its fallback, choose a destination", async () => {
    const mail = (name: string, to: string): string =>
      `{ name: ${name}, type: email, host: mail.example, from: t@a.example, to: ${to}`;
    const { configuration } = await load(
      "cluster: a\nrules: []\nroute: { sinks: [mail, chat] }\nsinks:\n" +
        `  - ${mail("mail", "{ by: team, of: { pay: p@a.example, buy: p@a.example }, else: o@a.example }")}, fallback: late }\n` +
        `  - ${mail("late", "{ by: zone, of: { eu: e@a.example }, else: o@a.example }")} }\n` +
        "  - { name: chat, type: slack, token: { env: T }, channel: { by: team, of: { pay: '#pay' }, else: '#ops' } }\n",
    );
    const shown = ["mail", "late", "chat"].map((name) =>
      configuration?.policy.sinks
        .get(name)
        ?.chooses.map(({ label, nameOf }) => [label, ...["pay", "buy", "eu"].map(nameOf)]),
    );
    expect(shown).toEqual([
      [
        ["team", "p@a.example", "p@a.example", "o@a.example"],
        ["zone", "o@a.example", "o@a.example", "e@a.example"],
      ],
      [["zone", "o@a.example", "o@a.example", "e@a.example"]],
      [["team", "#pay", "#ops", "#ops"]],
    ]);
  });

  it("says to the engine which kinds beside the built-in ones show their health", async () => {
    const inspect =
      "{ group: a.io, resource: things, kind: Thing, healthy: { type: Stalled, status: False } }";
    const { configuration, findings } = await load(`kubernetes: { inspect: [${inspect}] }\n${CONSOLE}`);
    expect(findings.filter(({ level }) => level === "error")).toEqual([]);
    expect(configuration?.policy.inspected).toEqual([
      { group: "a.io", resource: "things", kind: "Thing", healthy: { type: "Stalled", status: "False" } },
    ]);
  });

  it.each([
    ["auto", "state", 0],
    ["state", "state", 0],
    ["owners", "owners", 1],
    ["off", "off", 1],
  ])("reads %s as %s, and warns where kinds are inspected in vain", async (word, enrich, warnings) => {
    const inspect =
      "[{ group: a.io, resource: things, kind: Thing, healthy: { type: Ready, status: True } }]";
    const { configuration, findings } = await load(
      `kubernetes: { enrich: ${word}, inspect: ${inspect} }\n${CONSOLE}`,
    );
    expect(configuration?.process.kubernetes.enrich).toBe(enrich);
    expect(findings.filter(({ path }) => path === "kubernetes.inspect")).toHaveLength(warnings);
  });
});

describe("logs in messages", () => {
  const logsOf = async (kubernetes: string) => {
    const { configuration, findings } = await load(`kubernetes: { ${kubernetes} }\n${CONSOLE}`);
    const own = findings.filter(({ path }) => path.startsWith("kubernetes.evidence"));
    return {
      logs: configuration?.process.kubernetes.evidence?.logs,
      findings: own.map(({ path, message }) => `${path}: ${message}`),
    };
  };

  it("are off, and have twenty lines where they are on", async () => {
    expect(await logsOf("")).toEqual({ logs: undefined, findings: [] });
    expect(await logsOf("evidence: { logs: { namespaces: [shop] } }")).toEqual({
      logs: { namespaces: ["shop"], lines: 20 },
      findings: [],
    });
  });

  it("are warned of where no message can have them", async () => {
    const logs = "evidence: { logs: { namespaces: [shop, pay] } }";
    expect((await logsOf(`enrich: owners, ${logs}`)).findings).toEqual([
      "kubernetes.evidence.logs: needs kubernetes.enrich: state, and it is owners",
    ]);
    expect((await logsOf(`namespaces: [shop], ${logs}`)).findings).toEqual([
      "kubernetes.evidence.logs.namespaces[1]: kubernetes.namespaces lacks pay",
    ]);
  });

  it("need the names of namespaces", async () => {
    expect((await logsOf("evidence: { logs: { namespaces: [] } }")).findings).toHaveLength(1);
    expect((await logsOf('evidence: { logs: { namespaces: ["*"] } }')).findings).toHaveLength(1);
  });
});

describe("a rule that ends by a condition", () => {
  it("is warned of where kubernetes.inspect does not name its kind, and the pack is not", async () => {
    const own = "{ name: r, match: { reason: A, kind: Thing }, resolve: { when: condition } }";
    const inspect =
      "[{ group: a.io, resource: things, kind: Thing, healthy: { type: Ready, status: True } }]";
    const pathsOf = async (text: string): Promise<readonly string[]> =>
      (await load(`${text}rules: [builtin, builtin/more, ${own}]\n${CONSOLE}`)).findings.map(
        ({ path }) => path,
      );
    expect(await pathsOf("")).toEqual(["rules[2].resolve.when"]);
    expect(await pathsOf(`kubernetes: { inspect: ${inspect} }\n`)).toEqual([]);
  });
});

describe("the list of rules", () => {
  it("keeps the order of the list and of names, and takes each file once", async () => {
    await write({ "rules/b.yaml": rule("b"), "rules/a.yaml": rule("a"), "more/c.yaml": rule("c") });
    const list = "rules: [more/c.yaml, { name: here, match: { reason: X } }, rules/*.yaml, '**/*.yaml']\n";
    const loaded = await load(list + CONSOLE);
    expect(loaded.findings).toEqual([]);
    expect(names(loaded)).toEqual(["here", "c", "a", "b"]);
  });

  it("never takes tests, the configuration itself, or what begins with a dot", async () => {
    await write({
      "a.yaml": rule("a"),
      "a.test.yaml": "tests: []",
      "..data/a.yaml": rule("a"),
      ".b.yaml": rule("b"),
    });
    expect(names(await load(`rules: ['**/*.yaml']\n${CONSOLE}`))).toEqual(["a"]);
  });

  it("asks nothing of rules/*.yaml while nobody wrote it", async () => {
    expect((await load(CONSOLE)).findings).toEqual([]);
    const written = await load(`rules: [builtin, rules/*.yaml]\n${CONSOLE}`);
    expect(written.findings.map(({ line, path }) => ({ line, path }))).toEqual([
      { line: 1, path: "rules[1]" },
    ]);
  });

  it("takes one file of the pack by its name", async () => {
    const [whole, part] = [await load(CONSOLE), await load(`rules: [builtin/images]\n${CONSOLE}`)];
    expect(names(part)).toContain("image-pull-failing");
    expect(names(part)?.length).toBeLessThan(names(whole)?.length ?? 0);
  });

  it("shows names of files as they are seen from where the command runs", async () => {
    await write({
      "conf/tocsin.yaml": `rules: [rules/*.yaml]\n${CONSOLE}`,
      "conf/rules/a.yaml": "rulez: []",
    });
    const { findings } = await loadConfiguration({ file: "conf/tocsin.yaml", env: {}, cwd });
    expect(findings.map(formatFinding)).toEqual([
      'conf/rules/a.yaml:1:1: rulez: unknown key "rulez"; did you mean "rules"?',
    ]);
  });
});

describe("rules of a provider", () => {
  const rule = (name: string, match: object) => ({ name, match });
  const bad = makeUnit({ origin: "rule shop/bad", rules: [rule("bad", { raeson: "A" })] });
  const good = makeUnit({ origin: "rule shop/good", rules: [rule("good", { reason: "A" })] });

  it("come after the files; a bad unit is left out and reported, and the rest is in force", async () => {
    await write({ "tocsin.yaml": `rules: [{ name: here, match: { reason: X } }]\n${CONSOLE}` });
    const provider = new MemoryRules(bad, good);
    const load = () => loadConfiguration({ file: undefined, env: {}, cwd, ruleProviders: [provider] });
    const loaded = await load();
    expect(loaded.findings).toEqual([]);
    expect(names(loaded)).toEqual(["here", "good"]);
    expect(loaded.reports).toMatchObject([
      { origin: "rule shop/bad", isInForce: false, findings: [{ path: "spec.rules[0].match.raeson" }] },
      { origin: "rule shop/good", isInForce: true, findings: [] },
    ]);
    provider.units = [good];
    expect((await load()).reports).toMatchObject([{ origin: "rule shop/good", isInForce: true }]);
  });

  it("are reported on also when a file has a mistake, which changes nothing as ever", async () => {
    await write({ "tocsin.yaml": `rules: [{ nam: here }]\n${CONSOLE}` });
    const ruleProviders = [new MemoryRules(bad, good)];
    const { configuration, findings, reports } = await loadConfiguration({
      file: undefined,
      env: {},
      cwd,
      ruleProviders,
    });
    expect(configuration).toBeUndefined();
    expect(findings.map(({ file }) => file)).not.toContain("rule shop/bad");
    expect(reports.map(({ isInForce }) => isInForce)).toEqual([false, true]);
  });
});

describe("warnings", () => {
  it.each([
    {
      title: "a sink that nothing goes to",
      text: "rules: [builtin]\nsinks: [{ name: a, type: stdout }, { name: b, type: stdout }]\nroute: { sinks: [a] }\n",
      finding:
        'tocsin.yaml:2:36: warning: sinks[1]: nothing goes to the sink "b": no route, rule or forward names it',
    },
    {
      title: "neither rules nor forwards",
      text: `rules: []\n${CONSOLE}`,
      finding: "tocsin.yaml:1:8: warning: rules: there is nothing to do: no rule and nothing to forward",
    },
    {
      title: "a text of a sink that fails on a message",
      text: "sinks: [{ name: a, type: stdout, title: '{{ alerts[7].rule }}' }]\nroute: { sinks: [a] }\n",
      finding: expect.stringContaining(
        "tocsin.yaml:1:41: warning: sinks[0].title: fails on a sample message: ",
      ),
    },
    {
      title: "a state that a restart forgets",
      text: `${CONSOLE}state: { path: ":memory:" }\n`,
      finding:
        "tocsin.yaml:3:16: warning: state.path: a restart forgets open alerts and undelivered messages; name a file to keep them",
    },
    {
      title: "a secret in the file itself",
      text: `${CONSOLE}server: { tokens: { write: [s3cret-token] } }\n`,
      finding: expect.stringContaining(
        "tocsin.yaml:3:29: warning: server.tokens.write[0]: a secret written into",
      ),
    },
  ])("are given for $title", async ({ text, finding }) => {
    const { findings, configuration } = await load(text);
    expect(configuration).toBeDefined();
    expect(findings.map(formatFinding)).toEqual([finding]);
  });

  it("are not given for a sink that only a rule, a forward or selfAlerts names", async () => {
    const { findings } = await load(
      "rules: [{ name: a, match: { reason: A }, sinks: [by-rule] }]\n" +
        "forward: [{ name: all, sinks: [by-forward] }]\nselfAlerts: { sinks: [by-self] }\nroute: { sinks: [by-route] }\nsinks:\n" +
        ["by-rule", "by-forward", "by-self", "by-route"]
          .map((name) => `  - { name: ${name}, type: stdout }\n`)
          .join(""),
    );
    expect(findings).toEqual([]);
  });
});

describe("secrets and the hash", () => {
  const text =
    `rules: []\nroute: { sinks: [hook, ops] }\nsinks:\n` +
    "  - { name: hook, type: webhook, url: https://x.example/s3cret, headers: { x-key: { file: key } } }\n" +
    "  - { name: ops, type: slack, url: { env: SLACK_URL } }\n";

  it("are located, watched and kept out of what may be shown", async () => {
    const { configuration, watched } = await load(text);
    expect(configuration?.origin.secrets).toEqual([
      { ref: "https://x.example/s3cret", file: "tocsin.yaml", line: 4, column: 39, path: "sinks[0].url" },
      { ref: { file: "key" }, file: "tocsin.yaml", line: 4, column: 83, path: "sinks[0].headers.x-key" },
      { ref: { env: "SLACK_URL" }, file: "tocsin.yaml", line: 5, column: 36, path: "sinks[1].url" },
    ]);
    expect(watched.secretFiles).toEqual([join(cwd, "key")]);
    expect(JSON.stringify(configuration?.origin.redacted)).not.toContain("s3cret");
    expect(JSON.stringify(configuration?.origin.redacted)).toContain("SLACK_URL");
  });

  it("is that of the watched files as they were read, and changes with any of them but a secret", async () => {
    await write({ "rules/a.yaml": rule("a"), key: "one" });
    const first = await load(text.replace("rules: []", "rules: [rules/*.yaml]"));
    expect(first.configuration?.origin.hash).toBe(await currentHash(first.watched));
    await write({ key: "two" });
    expect(await currentHash(first.watched)).toBe(first.watched.hash);
    await write({ "rules/b.yaml": rule("b") });
    expect(await currentHash(first.watched)).not.toBe(first.watched.hash);
  });
});
