import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { type Outcome, runCommand } from "./run-command.ts";

let cwd: string;

beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), "tocsin-test-"));
});

afterEach(() => rm(cwd, { recursive: true }));

const RULES = `
rules:
  - name: pull
    match: { reason: BackOff }
    threshold: { count: 3, within: 10m }
    resolve: { by: [{ reason: Pulled, same: [object] }], quiet: 15m }
  - { name: bad, match: { reason: Bad }, severity: critical }
`;

async function write(path: string, content: string): Promise<void> {
  await mkdir(dirname(join(cwd, path)), { recursive: true });
  await writeFile(join(cwd, path), content);
}

/** Runs one test of the rules above. */
async function run(body: string, ...argv: readonly string[]): Promise<Outcome> {
  await write("rules/r.yaml", RULES);
  await write("rules/r.test.yaml", `rules: [r.yaml]\ntests:\n  - name: it\n${body}`);
  return runCommand(["test", ...argv], { cwd });
}

const OUTAGE = `
    events:
      - { every: 1m, until: 4m, reason: BackOff, object: "shop/Pod/web-{1..2}", owner: Deployment/web }
      - { at: 6m, reason: Pulled, type: Normal, object: "shop/Pod/web-{1..2}" }
`;

describe("tocsin test", () => {
  it("passes when all that is expected comes, and nothing else", async () => {
    const { stdout, stderr, status } = await run(`${OUTAGE}
    expect:
      - { at: 6m..7m, sink: console, kind: resolved, trigger: all-resolved }
      - at: 90s
        kind: firing
        sink: console
        rule: pull
        severity: warning
        alerts: 1
        occurrences: 4
        title: { contains: Deployment web }
    expectNothingElse: true
`);
    expect([status, stderr, stdout]).toEqual([0, "", "rules/r.test.yaml\n  ✓ it\n1 passed, 0 failed\n"]);
  });

  it.each([
    ["another time", "{ at: 1m31s..6m, kind: firing }"],
    ["another sink", "{ kind: firing, sink: ops }"],
    ["another kind", "{ kind: repeat }"],
    ["another trigger", "{ kind: firing, trigger: new-alert }"],
    ["another rule", "{ kind: firing, rule: bad }"],
    ["another severity", "{ kind: firing, severity: info }"],
    ["more alerts", "{ kind: firing, alerts: 2 }"],
    ["more occurrences", "{ kind: firing, occurrences: 99 }"],
    ["another title", "{ kind: firing, title: nothing }"],
  ])("fails on %s", async (_name, expectation) => {
    const { status, stdout } = await run(`${OUTAGE}    expect: [${expectation}]\n`);
    expect(status).toBe(1);
    expect(stdout).toContain("expected, and did not come:");
    expect(stdout).toMatch(/0 passed, 1 failed\n$/u);
  });

  it("gives every expectation a message of its own", async () => {
    const wide = "{ kind: firing }, { kind: firing, rule: pull }";
    const bad = '\n      - { reason: Bad, object: "shop/Pod/x" }\n';
    const both = OUTAGE.replace("events:", `events:${bad}`);
    expect(await run(`${both}    expect: [${wide}]\n`)).toMatchObject({ status: 0 });
    expect(await run(`${OUTAGE}    expect: [${wide}]\n`)).toMatchObject({ status: 1 });
  });

  it("says what was expected where, what came instead, and what still fires", async () => {
    const { stdout } = await run(`
    events: [{ reason: Bad, object: shop/Pod/a }]
    tail: 5m
    expect: [{ at: 30s..1m, kind: firing, sink: console, rule: bad, alerts: 1 }]
    expectNothingElse: true
`);
    expect(stdout).toBe(`rules/r.test.yaml
  ✗ it (rules/r.test.yaml:3)
      expected, and did not come:
        at 30s..1m: firing to console, rule bad, 1 alert (line 7)
      came, and was not expected:
        10s: firing/first to console, critical, rule bad, 1 alert, 1 occurrence: Bad: Pod a in shop
      all that came:
        10s: firing/first to console, critical, rule bad, 1 alert, 1 occurrence: Bad: Pod a in shop
        still firing: bad, Pod/a
0 passed, 1 failed
`);
  });

  it("expects nothing when it says so", async () => {
    const events = "    events: [{ reason: BackOff, object: shop/Pod/a }]\n    expect: []\n";
    expect(await run(`${events}    expectNothingElse: true\n`)).toMatchObject({ status: 0 });
    const more = events.replace("BackOff", "Bad");
    expect(await run(more)).toMatchObject({ status: 0 });
    expect(await run(`${more}    expectNothingElse: true\n`)).toMatchObject({ status: 1 });
  });

  it("prints JSON", async () => {
    const { stdout, status } = await run(`${OUTAGE}    expect: [{ kind: digest }]\n`, "--json");
    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toEqual({
      passed: 0,
      failed: 1,
      tests: [
        {
          file: "rules/r.test.yaml",
          line: 3,
          name: "it",
          ok: false,
          expected: "at any time: digest (line 8)",
          unexpected: "",
          actual: expect.stringContaining("1m30s: firing/first to console") as string,
        },
      ],
      findings: [],
    });
  });

  it("uses the routes and sinks of a configuration, and sends nothing", async () => {
    await write("rules/r.yaml", RULES);
    await write(
      "tocsin.yaml",
      `
cluster: prod
rules: [rules/*.yaml]
sinks:
  - { name: ops, type: webhook, url: "https://hooks.example.com/x" }
  - { name: night, type: slack, url: { env: NOT_SET } }
route:
  sinks: [ops]
  routes: [{ name: bad, match: { rule: bad }, sinks: [night], active: [night] }]
timeIntervals: { night: { zone: UTC, times: ["22:00-06:00"] } }
`,
    );
    await write(
      "rules/routes.test.yaml",
      `
config: ../tocsin.yaml
tests:
  - name: by day nobody is told
    events: [{ reason: Bad, object: shop/Pod/a }]
    expectNothingElse: true
  - name: by night somebody is
    start: 2026-06-01T23:00:00Z
    events: [{ reason: Bad, object: shop/Pod/a }]
    expect: [{ at: 10s, kind: firing, sink: night, rule: bad }]
`,
    );
    expect(await runCommand(["test"], { cwd })).toMatchObject({
      status: 0,
      stdout: expect.stringContaining("2 passed, 0 failed") as string,
    });
  });

  it("finds tests beside the configured rules, or under ./rules", async () => {
    const content = "rules: [r.yaml]\ntests: [{ name: it, events: [] }]\n";
    await write("rules/r.yaml", RULES);
    await write("rules/deep/r.yaml", RULES);
    await write("rules/deep/a.test.yaml", content);
    await write("rules/b.test.yaml", content);
    await write("other/c.test.yaml", content.replace("r.yaml", "../rules/r.yaml"));
    const files = async (): Promise<readonly string[]> =>
      (await runCommand(["test"], { cwd })).stdout.split("\n").filter((line) => line.endsWith("yaml"));
    expect(await files()).toEqual(["rules/b.test.yaml", "rules/deep/a.test.yaml"]);
    await write("tocsin.yaml", "cluster: c\nrules: [other/*.yaml, builtin]\nsinks: []\n");
    expect(await files()).toEqual(["other/c.test.yaml"]);
  });

  it.each([
    ["tests: [{ name: x, events: [] }]", "1:1: name either rules or a config"],
    ["rules: [r.yaml]\ntests: []", "2:8: tests: empty: write at least one test"],
    ["rules: [r.yaml]\ntests: [{ name: x, events: [{ reason: X }] }]", "tests[0].events[0].object"],
    [
      "rules: [r.yaml]\ntests: [{ name: x, events: [{ reason: X, object: pod }] }]",
      "expected namespace/Kind/name",
    ],
    [
      "rules: [r.yaml]\ntests: [{ name: x, events: [], expect: [{ at: soon, kind: firing }] }]",
      "2:47: tests[0].expect[0].at: not a time or a span",
    ],
    ["rules: [r.yaml]\ntests: [{ name: x, events: [], expct: [] }]", 'did you mean "expect"?'],
    [
      "rules: [r.yaml]\ntests: [{ name: x, events: [{ every: 1ms, until: 7d, reason: X, object: a/Pod/b }] }]",
      "more than 200000 Events",
    ],
    ["rules: [none.yaml]\ntests: [{ name: x, events: [] }]", 'no rule file matches "rules/none.yaml"'],
    ["rules: [bad.yaml]\ntests: [{ name: x, events: [] }]", "rules/bad.yaml:1:27: rules[0].match"],
    ["rules: [", "rules/x.test.yaml:1:9"],
  ])("says what is wrong with %s", async (content, message) => {
    await write("rules/r.yaml", RULES);
    await write("rules/bad.yaml", "rules: [{ name: x, match: 5 }]");
    await write("rules/x.test.yaml", content);
    const { status, stderr } = await runCommand(["test", "rules/x.test.yaml"], { cwd });
    expect([status, stderr]).toEqual([2, expect.stringContaining(message) as string]);
  });

  it("says so when there is no test, or no such file", async () => {
    expect(await runCommand(["test"], { cwd })).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("there is no *.test.yaml") as string,
    });
    expect(await runCommand(["test", "x.test.yaml"], { cwd })).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("x.test.yaml: there is no such file") as string,
    });
  });

  it("finds the labels of the story, of objects without a namespace and of namespaces too", async () => {
    await write(
      "rules/zone.yaml",
      `rules:
  - name: node-lost
    match: { reason: NodeNotReady, kind: Node }
    labels: { zone: '{{ event.involvedObject.labels["topology.kubernetes.io/zone"].default("unknown") }}' }
  - name: of-team
    match: { reason: Slow, namespaceLabels: { team: pay } }
`,
    );
    await write(
      "rules/zone.test.yaml",
      `rules: [zone.yaml]
tests:
  - name: labels are looked up
    events:
      - { reason: NodeNotReady, object: "/Node/n{1..2}" }
      - { reason: Slow, object: shop/Deployment/web }
      - { reason: Slow, object: docs/Deployment/web }
    labels:
      "/Node/n{1..2}": { topology.kubernetes.io/zone: z7 }
      /Namespace/shop: { team: pay }
    expect:
      - { at: 30s, rule: node-lost, kind: firing, alerts: 2, title: { contains: n1 } }
      - { at: 30s, rule: of-team, kind: firing, title: { contains: shop } }
    tail: 1m
    expectNothingElse: true
`,
    );
    expect(await runCommand(["test", "rules/zone.test.yaml"], { cwd })).toMatchObject({
      status: 0,
      stderr: "",
    });
    await write(
      "rules/bad.test.yaml",
      "rules: [zone.yaml]\ntests: [{ name: x, events: [], labels: { node: { a: b } } }]",
    );
    expect(await runCommand(["test", "rules/bad.test.yaml"], { cwd })).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("namespace/Kind/name") as string,
    });
  });

  it("takes a pattern that the shell left as it is, and says when nothing is there", async () => {
    await write("rules/r.yaml", RULES);
    for (const name of ["b", "a"])
      await write(`rules/deep/${name}.test.yaml`, "rules: [../r.yaml]\ntests: [{ name: x, events: [] }]");
    const { status, stdout } = await runCommand(["test", "rules/**/*.test.yaml", "rules/deep/a.test.yaml"], {
      cwd,
    });
    expect(status).toBe(0);
    expect(stdout.split("\n").filter((line) => line.endsWith(".yaml"))).toEqual([
      "rules/deep/a.test.yaml",
      "rules/deep/b.test.yaml",
    ]);
    expect(await runCommand(["test", "rule/*.test.yaml"], { cwd })).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("rule/*.test.yaml: no file matches this pattern") as string,
    });
  });

  it("passes what init writes", async () => {
    await runCommand(["init"], { cwd });
    expect(await runCommand(["test"], { cwd })).toMatchObject({
      status: 0,
      stdout: expect.stringContaining("2 passed, 0 failed") as string,
    });
  });
});
