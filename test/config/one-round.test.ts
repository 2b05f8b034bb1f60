import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { loadConfiguration } from "../../src/config/index.ts";

/** A configuration without a fault, with every section. */
const SOUND = {
  cluster: "prod",
  kubernetes: {
    namespaces: ["default", "shop"],
    inspect: [
      { group: "a.io", resource: "things", kind: "Thing", healthy: { type: "Ready", status: "True" } },
    ],
  },
  state: { path: "state.db" },
  server: {
    listen: "127.0.0.1:8080",
    tokens: { write: [{ env: "TOKEN" }] },
    proxy: { from: ["10.0.0.0/8"] },
  },
  log: { level: "info" },
  heartbeat: { every: "1m", url: { env: "BEAT" } },
  selfAlerts: { sinks: ["ops"] },
  rules: [
    { name: "pulls", match: { reason: "Failed" }, labels: { team: "shop" } },
    { name: "backs-off", match: { reason: "BackOff" } },
  ],
  overrides: { pulls: { severity: "info" } },
  reasons: [{ component: "mine", reason: "Broken", lifecycle: "recurring" }],
  drop: [{ name: "noise", match: { reason: "DNSConfigForming" } }],
  sinks: [
    { name: "ops", type: "slack", url: { env: "SLACK" } },
    { name: "mail", type: "email", host: "mail.example", from: "a@b.example", to: ["c@d.example"] },
    { name: "hook", type: "webhook", url: "https://hook.example" },
  ],
  route: {
    sinks: ["ops"],
    mute: ["night"],
    routes: [{ name: "mail", match: { team: "shop" }, sinks: ["mail"] }],
  },
  forward: [{ name: "all", sinks: ["hook"] }],
  inhibit: [{ name: "own", source: { rule: "pulls" }, target: { rule: "backs-off" }, equal: ["namespace"] }],
  silences: [{ name: "move", match: { namespace: "shop" }, untilResolved: true, comment: "a move" }],
  timeIntervals: {
    night: { zone: "UTC", times: ["22:00-06:00"] },
    weekend: { zone: "UTC", weekdays: ["sunday"] },
  },
  runbooks: { url: "https://wiki.example/{{ rule }}" },
};

/** One fault: the place of a value, and the value; undefined takes it away. */
type Slip = readonly [path: string, value: unknown];

const SLIPS: readonly Slip[] = [
  ["cluster", 5],
  ["kubernetes.eventTtl", 5],
  [
    "kubernetes.inspect.1",
    {
      group: "apps",
      resource: "deployments",
      kind: "Deployment",
      healthy: { type: "Ready", status: "True" },
    },
  ],
  ["kubernetes.inspect.0.group", "Not A Group"],
  ["kubernetes.kubeconfig", "~/.kube/config"],
  ["state.maxBytes", "1GB"],
  ["server.publicUrl", "here"],
  ["server.proxy.from.0", "here"],
  ["server.probes", "127.0.0.1:8080"],
  ["server.tokens.write.0", "${TOKEN}"],
  ["log.level", "loud"],
  ["heartbeat.every", 5],
  ["heartbeat.url", "${BEAT}"],
  ["selfAlerts.sink", "ops"],
  ["selfAlerts.sinks.0", "opz"],
  ["rules.0.severity", "page"],
  ["rules.0.text", "{{ evnt.message }}"],
  ["rules.1.sinks", ["opz"]],
  ["rules.1.match.raeson", "X"],
  ["overrides.pulls.for", 5],
  ["overrides.pulls.title", "{{ evnt.message }}"],
  ["overrides.pushes", {}],
  ["reasons.0.lifecycle", "ever"],
  ["drop.0.why", "noise"],
  ["drop.0.match.message", { regex: "(" }],
  ["sinks.0.timeout", "soon"],
  ["sinks.0.url", "${SLACK}"],
  ["sinks.0.text", "{{ evnt.message }}"],
  ["sinks.0.fallback", "mial"],
  ["sinks.1.port", "many"],
  ["sinks.1.username", "me"],
  ["sinks.2.concurrency", 0],
  ["sinks.2.type", "webhok"],
  ["sinks.2.headers", { te: "x", other: 5 }],
  ["sinks.2.tls", { certFile: "a.pem", serverName: "-" }],
  ["sinks.3", { type: "stdout", fromat: "json" }],
  ["route.groupWait", 30],
  ["route.mute.0", "nigth"],
  ["route.groupBy", ["taem"]],
  ["route.routes.0.name", undefined],
  ["route.routes.0.sinks.0", "mial"],
  ["forward.0.match", { raeson: "X" }],
  ["forward.0.when", "evnt.count > 1"],
  ["forward.0.sinks", ["ops"]],
  ["inhibit.0.equalNode", "yes"],
  ["inhibit.0.equal.0", "namespcae"],
  ["inhibit.0.source", {}],
  ["inhibit.0.target", undefined],
  ["silences.0.comment", 5],
  ["silences.0.match", { namespcae: "shop" }],
  ["silences.0.untilResolved", undefined],
  ["silences.1", { name: "move", match: { kind: "Pod" }, untilResolved: true }],
  ["timeIntervals.night.zone", undefined],
  ["timeIntervals.weekend.weekdays.0", "sun"],
  ["runbooks.link", "x"],
  ["runbooks.url", "{{ event.message }}"],
];

let cwd: string;

beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), "tocsin-round-"));
});

afterAll(() => rm(cwd, { recursive: true }));

/** `path: message` of every error of a configuration with these slips. */
async function errorsOf(...slips: readonly Slip[]): Promise<readonly string[]> {
  const document: unknown = structuredClone(SOUND);
  for (const [path, value] of slips) put(document, path.split("."), value);
  await writeFile(join(cwd, "tocsin.yaml"), JSON.stringify(document));
  const { findings } = await loadConfiguration({ file: undefined, env: {}, cwd });
  return findings
    .filter(({ level }) => level === "error")
    .map(({ path, message }) => `${path}: ${message}`)
    .toSorted();
}

/** Sets a value of plain data; undefined removes it. */
function put(into: unknown, [key = "", ...rest]: readonly string[], value: unknown): void {
  // Every path leads through mappings and lists of the configuration above.
  const mapping = into as Record<string, unknown>;
  if (rest.length > 0) put((mapping[key] ??= {}), rest, value);
  else if (value === undefined) delete mapping[key];
  else mapping[key] = value;
}

/** Whether one slip lies in the value of the other. */
function touches([a]: Slip, [b]: Slip): boolean {
  return `${a}.`.startsWith(`${b}.`) || `${b}.`.startsWith(`${a}.`);
}

/** Each two slips of one section, and once as many as there is room for. */
function* togethers(): Iterable<readonly Slip[]> {
  const all: Slip[] = [];
  for (const [index, slip] of SLIPS.entries()) {
    if (!all.some((other) => touches(slip, other))) all.push(slip);
    for (const other of SLIPS.slice(index + 1)) {
      const isNear = slip[0].split(".")[0] === other[0].split(".")[0];
      if (isNear && !touches(slip, other)) yield [slip, other];
    }
  }
  yield all;
}

describe("a configuration with several faults", () => {
  it("is sound without them", async () => {
    expect(await errorsOf()).toEqual([]);
  });

  it("is refused for each of them by itself, and where it stands", async () => {
    const wrong: string[] = [];
    for (const slip of SLIPS) {
      const [section = ""] = slip[0].split(".");
      const errors = await errorsOf(slip);
      if (errors.length === 0) wrong.push(`${slip[0]} passes`);
      for (const error of errors) if (!error.startsWith(section)) wrong.push(`${slip[0]} invents ${error}`);
    }
    expect(wrong).toEqual([]);
  });

  it("whose list is none is refused for that alone", async () => {
    const lists: readonly Slip[] = [
      ["sinks", { ops: { type: "slack" } }],
      ["rules", "rules/*.yaml"],
      ["timeIntervals", []],
      ["selfAlerts", "ops"],
    ];
    for (const slip of lists) {
      const errors = await errorsOf(slip, ["overrides", undefined], ["route.routes", undefined]);
      expect(errors).toEqual([expect.stringMatching(new RegExp(`^${slip[0]}`, "u"))]);
    }
  });

  it("is refused for all at once, whichever they are, and for nothing else", async () => {
    const alone = new Map<Slip, readonly string[]>();
    for (const slip of SLIPS) alone.set(slip, await errorsOf(slip));
    const wrong: string[] = [];
    for (const slips of togethers()) {
      const all = new Set(await errorsOf(...slips));
      const each = new Set(slips.flatMap((slip) => alone.get(slip) ?? []));
      const names = slips.length > 2 ? "all" : slips.map(([path]) => path).join(" + ");
      for (const error of each.difference(all)) wrong.push(`${names} hide ${error}`);
      for (const error of all.difference(each)) wrong.push(`${names} invent ${error}`);
    }
    expect(wrong).toEqual([]);
  });
});
