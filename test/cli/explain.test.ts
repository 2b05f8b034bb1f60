import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { runCommand } from "./run-command.ts";

let cwd: string;

beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), "tocsin-explain-"));
});

afterEach(() => rm(cwd, { recursive: true }));

const event = {
  kind: "Event",
  metadata: { name: "web-1.18a", namespace: "shop" },
  type: "Warning",
  reason: "BackOff",
  message: "Back-off restarting failed container\u001b[2J app",
  source: { component: "kubelet", host: "node-1" },
  involvedObject: { kind: "Pod", namespace: "shop", name: "web-1", fieldPath: "spec.containers{app}" },
};

const CONFIGURATION = `
cluster: prod
rules:
  - { name: restarts, match: { reason: BackOff, message: { contains: restarting } }, threshold: { count: 3, within: 10m } }
  - { name: pulls, match: { reason: BackOff, message: { contains: pulling } }, severity: critical }
  - { name: evictions, match: { reason: Evicted } }
  - { name: slow, match: { reason: Slow }, for: 5m, severity: info }
  - { name: night, match: { reason: Night } }
  - { name: known, match: { reason: Known } }
  - { name: either, match: [{ reason: Up }, { reason: Down }, { reason: Left, kind: Node }] }
drop:
  - { name: noise, match: { reason: Noise } }
forward:
  - { name: all, match: { reason: Forwarded }, sinks: [lines] }
sinks:
  - { name: ops, type: stdout }
  - { name: loud, type: stdout, minSeverity: warning }
  - { name: lines, type: file, path: lines.jsonl }
route:
  sinks: [ops]
  routes:
    - { name: pager, match: { severity: critical }, sinks: [loud], continue: true }
    - { name: loud, match: { namespace: loud }, sinks: [loud] }
    - { name: night, match: { rule: night }, mute: [always] }
    - { name: rest, sinks: [ops] }
timeIntervals: { always: { zone: UTC } }
silences:
  - { name: move, match: { rule: known }, until: "2999-01-01T00:00:00Z", comment: the registry is being moved }
`;

async function explain(events: unknown, argv: readonly string[] = []) {
  await writeFile(join(cwd, "tocsin.yaml"), CONFIGURATION);
  await writeFile(join(cwd, "event.json"), JSON.stringify(events));
  return runCommand(["explain", "event.json", ...argv], { cwd });
}

async function explainJson(events: unknown) {
  return JSON.parse((await explain(events, ["--json"])).stdout);
}

describe("the last sentence", () => {
  it.each([
    { title: "no rule", change: { reason: "Unheard" }, summary: "nothing: no rule matches" },
    { title: "a threshold", change: {}, summary: "nothing: threshold 1 of 3" },
    { title: "a threshold that is met", change: { count: 3 }, summary: "1 message to ops in 30 s" },
    {
      title: "two routes",
      change: { message: "pulling" },
      summary: "1 message to loud in 10 s, 1 message to ops in 10 s",
    },
    { title: "a drop", change: { reason: "Noise" }, summary: 'nothing: dropped by "noise"' },
    { title: "a forward", change: { reason: "Forwarded" }, summary: "1 record to lines" },
    {
      title: "a silence",
      change: { reason: "Known" },
      summary: "nothing: silence config/move until 2999-01-01T00:00Z",
    },
    { title: "a time to wait", change: { reason: "Slow" }, summary: "1 message to ops in 5 min 30 s" },
  ])("says what would be sent after $title", async ({ change, summary }) => {
    const { status, stdout } = await explain({ ...event, ...change });
    expect(status).toBe(0);
    expect(stdout.trimEnd().split("\n").at(-1)).toBe(summary);
  });

  it("names the hours in which the route tells nobody", async () => {
    const { summary, alerts } = await explainJson({ ...event, reason: "Night" });
    expect(summary).toMatch(/^nothing: mute always until \d{4}-\d\d-\d\dT\d\d:\d\dZ$/u);
    expect(alerts).toMatchObject([
      { route: "night", heldBackBy: [{ reason: "mute", detail: expect.stringMatching(/^mute always /u) }] },
    ]);
  });

  it("names the sink that does not take it", async () => {
    const metadata = { name: "x", namespace: "loud" };
    const involvedObject = { kind: "Pod", namespace: "loud", name: "web-1" };
    const { summary } = await explainJson({ ...event, reason: "Slow", metadata, involvedObject });
    expect(summary).toBe("nothing: for 5 min, minSeverity of sink loud (this is info)");
  });
});

describe("tocsin explain", () => {
  it("shows in full what matched, the clause that failed where the reason was right, and the rest as a number", async () => {
    expect((await explain(event)).stdout)
      .toBe(`Warning BackOff: Pod shop/web-1 (container app), from kubelet, count 1
  Back-off restarting failed container app

rule restarts: yes
  yes match.reason: wants BackOff, is BackOff
  yes match.message: wants contains "restarting", is Back-off restarting failed container app

rule pulls: no
  no  match.message: wants contains "pulling", is Back-off restarting failed container app

5 other rules: no

alert of restarts
  title        Back off: Pod web-1 in shop
  severity     warning
  labels       rule=restarts severity=warning cluster=prod namespace=shop kind=Pod name=web-1 workload=Pod/web-1 reason=BackOff type=Warning component=kubelet container=app node=node-1
  fingerprint  ${(await explainJson(event)).alerts[0].fingerprint}
  proof        stable: a state of its objects that ends it
  route        rest
  group        ${(await explainJson(event)).alerts[0].groupKey}
  sinks        ops
  held back by threshold 1 of 3

nothing: threshold 1 of 3
`);
  });

  it("shows every clause of every rule with --all", async () => {
    const { stdout } = await explain(event, ["--all"]);
    expect(stdout).toContain("rule evictions: no\n  no  match.reason: wants Evicted, is BackOff\n");
  });

  it("counts the other alternatives that failed as well", async () => {
    const { stdout } = await explain({ ...event, reason: "Left" });
    expect(stdout).toContain(
      "rule either: no\n  no  match[2].kind: wants Node, is Pod\n  no  match: its 2 other alternatives fail as well\n",
    );
  });

  it("gives the documented JSON", async () => {
    const explanation = await explainJson({ ...event, count: 5 });
    expect(explanation.event).toMatchObject({
      reason: "BackOff",
      count: 5,
      involvedObject: { container: "app" },
    });
    expect(explanation.rules[1]).toEqual({
      rule: "pulls",
      matched: false,
      near: true,
      otherAlternatives: 0,
      clauses: [
        { path: "match.reason", alternative: null, ok: true, expected: "BackOff", actual: "BackOff" },
        {
          path: "match.message",
          alternative: null,
          ok: false,
          expected: 'contains "pulling"',
          actual: expect.any(String),
        },
      ],
    });
    expect(explanation.alerts).toEqual([
      {
        rule: "restarts",
        fingerprint: expect.stringMatching(/^[\da-f]{16,}$/u),
        title: expect.stringContaining("web-1"),
        severity: "warning",
        labels: expect.objectContaining({ namespace: "shop", name: "web-1", container: "app" }),
        proof: "stable",
        route: "rest",
        groupKey: expect.any(String),
        sinks: ["ops"],
        heldBackBy: [],
        waitMs: 30_000,
      },
    ]);
    expect(explanation.summary).toBe("1 message to ops in 30 s");
  });

  it("takes a list event by event, and learns from it who owns what", async () => {
    const created = {
      ...event,
      reason: "SuccessfulCreate",
      message: "Created pod: web-1",
      source: { component: "replicaset-controller" },
      involvedObject: { kind: "ReplicaSet", namespace: "shop", name: "web" },
    };
    const alone = await explainJson(event);
    const { items } = await explainJson({ kind: "List", items: [created, event] });
    expect(items).toHaveLength(2);
    expect(items[1].alerts[0].fingerprint).not.toBe(alone.alerts[0].fingerprint);
  });

  it("says so when the Event lies in another namespace than its object", async () => {
    const { stdout } = await explain({ ...event, metadata: { name: "x", namespace: "other" } });
    expect(stdout).toContain("note: the Event lies in namespace other, its object in shop");
  });

  it("reads standard input, and needs no configuration", async () => {
    const { status, stdout } = await runCommand(["explain", "-"], { cwd, stdin: JSON.stringify(event) });
    expect(status).toBe(0);
    expect(stdout).toContain("rule crash-loop: yes");
  });

  it("takes the description of an Event that nobody wrote yet", async () => {
    await writeFile(join(cwd, "tocsin.yaml"), CONFIGURATION);
    const flags = ["--reason", "Slow", "--kind", "Deployment", "--name", "web", "--namespace", "shop"];
    const { stdout } = await runCommand(["explain", ...flags, "--component", "deployer", "--message", "m"], {
      cwd,
    });
    expect(stdout).toContain("Warning Slow: Deployment shop/web, from deployer, count 1\n  m\n");
    expect(stdout).toContain("rule slow: yes");
  });

  it("takes the labels that a look-up would find, of the object and of its namespace", async () => {
    await writeFile(
      join(cwd, "rules.yaml"),
      `rules:
  - name: zoned
    match: { reason: Bad, involvedObject: { labels: { app: web } }, namespaceLabels: { "example.com/team": pay } }
    labels: { zone: '{{ event.involvedObject.labels["zone"].default("none") }}', team: '{{ event.namespaceLabels["example.com/team"] }}' }
`,
    );
    const argv = ["explain", "--rules", "rules.yaml", "--reason", "Bad", "--kind", "Pod", "--name", "p"];
    expect((await runCommand(argv, { cwd })).stdout).toContain("nothing: no rule matches");
    const labels = [
      "--label",
      "app=web",
      "--label",
      "zone=z 1=a",
      "--namespace-label",
      "example.com/team=pay",
    ];
    const { stdout, status } = await runCommand([...argv, ...labels], { cwd });
    expect(status).toBe(0);
    expect(stdout).toContain(' zone="z 1=a" team=pay\n');
    expect(await runCommand([...argv, "--label", "web"], { cwd })).toMatchObject({
      status: 2,
      stderr: 'tocsin: --label: expected KEY=VALUE such as team=shop, not "web" (ERR_USAGE)\n',
    });
  });

  it("ends with 2 and the findings when the configuration is not usable", async () => {
    await writeFile(join(cwd, "tocsin.yaml"), "sniks: []");
    const { status, stdout, stderr } = await runCommand(["explain", "-"], {
      cwd,
      stdin: JSON.stringify(event),
    });
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toContain('tocsin.yaml:1:1: sniks: unknown key "sniks"; did you mean "sinks"?\n');
  });
});

describe("tocsin explain NAMESPACE/EVENT", () => {
  let server: Server;
  const requests: (string | undefined)[] = [];

  beforeEach(async () => {
    requests.length = 0;
    server = createServer((request, response) => {
      requests.push(request.url);
      const found = request.url === "/api/v1/namespaces/shop/events/web-1.18a";
      const missing = { kind: "Status", code: 404, reason: "NotFound", message: 'events "gone" not found' };
      response.writeHead(found ? 200 : 404, { "content-type": "application/json" });
      response.end(
        JSON.stringify(
          found
            ? { ...event, apiVersion: "v1", metadata: { ...event.metadata, resourceVersion: "7" } }
            : missing,
        ),
      );
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    // A server that listens on TCP has a port.
    const { port } = server.address() as AddressInfo;
    const kubeconfig = {
      apiVersion: "v1",
      kind: "Config",
      "current-context": "test",
      clusters: [{ name: "test", cluster: { server: `http://127.0.0.1:${port}` } }],
      users: [{ name: "test", user: {} }],
      contexts: [{ name: "test", context: { cluster: "test", user: "test" } }],
    };
    await writeFile(join(cwd, "kubeconfig"), JSON.stringify(kubeconfig));
    await writeFile(join(cwd, "tocsin.yaml"), `kubernetes: { kubeconfig: kubeconfig }\n${CONFIGURATION}`);
  });

  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  it("fetches the Event from the cluster", async () => {
    const { status, stdout } = await runCommand(["explain", "shop/web-1.18a"], { cwd });
    expect(status).toBe(0);
    expect(stdout).toContain("rule restarts: yes");
    expect(requests).toEqual(["/api/v1/namespaces/shop/events/web-1.18a"]);
  });

  it("ends with 1 when there is no such Event", async () => {
    const { status, stderr } = await runCommand(["explain", "shop/gone"], { cwd });
    expect(status).toBe(1);
    expect(stderr).toContain('events "gone" not found');
  });

  it("prefers a file of that name", async () => {
    await writeFile(join(cwd, "gone"), "");
    const { stderr } = await runCommand(["explain", "./gone"], { cwd });
    expect(stderr).toContain("there is no Event in ./gone: kubectl get events");
    expect(requests).toEqual([]);
  });
});
