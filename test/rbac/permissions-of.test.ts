import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { loadConfiguration } from "../../src/config/index.ts";
import { ObjectKey } from "../../src/event/index.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { silentLogger } from "../../src/lib/log.ts";
import { Metrics } from "../../src/lib/metrics.ts";
import { createLookUps, LookUp } from "../../src/lookup/index.ts";
import { OBJECT_KINDS } from "../../src/object/index.ts";
import { becauseText, type PermissionOptions, permissionsOf, resourceName } from "../../src/rbac/index.ts";
import { until } from "../support/until.ts";

let cwd = "";

beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), "tocsin-rbac-"));
});
afterEach(() => rm(cwd, { recursive: true }));

/** `verbs resource in namespaces: because`, one for each permission. */
async function needs(
  { kubernetes = {}, ...sections }: { readonly kubernetes?: object; readonly [section: string]: unknown },
  options: PermissionOptions = {},
): Promise<readonly string[]> {
  const whole = {
    cluster: "c",
    kubernetes: { enrich: "owners", ...kubernetes },
    sinks: [{ name: "a", type: "stdout" }],
    route: { sinks: ["a"] },
    ...sections,
  };
  await writeFile(join(cwd, "tocsin.yaml"), JSON.stringify(whole));
  const { configuration, findings } = await loadConfiguration({ file: undefined, env: {}, cwd });
  if (configuration === undefined) throw new Error(JSON.stringify(findings));
  return permissionsOf(configuration, options).map((permission) => {
    const { verbs, namespaces, because } = permission;
    const where = namespaces.length === 0 ? "" : ` in ${namespaces.join("+")}`;
    return `${verbs.join("+")} ${resourceName(permission)}${where}: ${becauseText(because)}`;
  });
}

const WATCH = "list+watch events: the watch";
const rule = (name: string, match: object, more: object = {}) => ({ name, match, ...more });

describe("what a configuration needs for owners", () => {
  it.each([
    {
      title: "of rules about pods: pods, and what may own them",
      sections: { rules: [rule("a", { kind: "Pod" })] },
      expected: [WATCH, "get pods: rule a", "get replicasets.apps: rule a", "get jobs.batch: rule a"],
    },
    {
      title: "of rules about any kind: the same",
      sections: { rules: [rule("a", { reason: "X" })] },
      expected: [WATCH, "get pods: rule a", "get replicasets.apps: rule a", "get jobs.batch: rule a"],
    },
    {
      title: "of rules about a pattern of kinds: the same",
      sections: { rules: [rule("a", { kind: { like: "P*" } })] },
      expected: [WATCH, "get pods: rule a", "get replicasets.apps: rule a", "get jobs.batch: rule a"],
    },
    {
      title: "of rules about jobs: jobs alone",
      sections: { rules: [rule("a", { kind: "Job" })] },
      expected: [WATCH, "get jobs.batch: rule a"],
    },
    {
      title: "of rules about replica sets and deployments: replica sets alone",
      sections: { rules: [rule("a", { kind: ["ReplicaSet", "Deployment"] })] },
      expected: [WATCH, "get replicasets.apps: rule a"],
    },
    {
      title: "of rules about nodes: nothing but Events",
      sections: { rules: [rule("a", { kind: "Node" })] },
      expected: [WATCH],
    },
    {
      title: "of one alternative among others: that of each",
      sections: { rules: [rule("a", [{ kind: "Node" }, { kind: "Job" }] as object)] },
      expected: [WATCH, "get jobs.batch: rule a"],
    },
    {
      title: "of a rule that is switched off: nothing",
      sections: { rules: [rule("a", { kind: "Node" }), rule("b", { kind: "Job" }, { enabled: false })] },
      expected: [WATCH],
    },
    {
      title: "of labels of nodes where no state is read: nothing but Events",
      sections: { rules: [rule("a", { kind: "Node", involvedObject: { labels: { zone: "a" } } })] },
      expected: [WATCH],
    },
    {
      title: "of a forward that reads labels of nodes where states are read: nodes",
      sections: {
        rules: [],
        forward: [
          { name: "f", match: { kind: "Node", involvedObject: { labels: { a: "b" } } }, sinks: ["a"] },
        ],
        kubernetes: { enrich: "state" },
      },
      expected: [WATCH, "get nodes: forward f"],
    },
    {
      title: "of labels of namespaces: namespaces",
      sections: {
        rules: [rule("a", { kind: "Node" }), rule("b", { kind: "Node", namespaceLabels: { team: "x" } })],
      },
      expected: [WATCH, "get namespaces: rule b"],
    },
    {
      title: "of labels of namespaces in a text: namespaces",
      sections: {
        rules: [rule("a", { kind: "Node" }, { labels: { team: "{{ event.namespaceLabels['team'] }}" } })],
      },
      expected: [WATCH, "get namespaces: rule a"],
    },
    {
      title: "of labels of namespaces in an exception or a condition: namespaces",
      sections: {
        rules: [
          rule("a", { kind: "Node" }, { except: { namespaceLabels: { team: "x" } } }),
          rule("b", { kind: "Node" }, { when: "'x' in event.namespaceLabels" }),
        ],
      },
      expected: [WATCH, "get namespaces: rules a, b"],
    },
    {
      title: "of silences by annotation: objects that rules are about, and namespaces",
      sections: { rules: [rule("a", { kind: "Job" })], kubernetes: { silenceAnnotations: true } },
      expected: [
        WATCH,
        "get jobs.batch: rule a, kubernetes.silenceAnnotations",
        "get namespaces: kubernetes.silenceAnnotations",
      ],
    },
    {
      title: "of a forward: nothing but Events",
      sections: { rules: [], forward: [{ name: "all", sinks: ["a"] }] },
      expected: [WATCH],
    },
    {
      title: "of a forward that reads labels: the objects, not their owners",
      sections: {
        rules: [],
        forward: [
          { name: "some", match: { kind: "Pod", involvedObject: { labels: { app: "x" } } }, sinks: ["a"] },
        ],
      },
      expected: [WATCH, "get pods: forward some"],
    },
    {
      title: "of a drop that reads labels: the objects",
      sections: {
        rules: [rule("a", { kind: "Node" })],
        drop: [{ name: "noise", match: { kind: "Job", involvedObject: { labels: { app: "x" } } } }],
      },
      expected: [WATCH, "get jobs.batch: drop noise"],
    },
    {
      title: "of silences by annotation where only a drop is about jobs: no jobs",
      sections: {
        rules: [rule("a", { kind: "Node" })],
        drop: [{ name: "noise", match: { kind: "Job" } }],
        kubernetes: { silenceAnnotations: true },
      },
      expected: [WATCH, "get namespaces: kubernetes.silenceAnnotations"],
    },
    {
      title: "without look-ups: nothing but Events",
      sections: {
        rules: [rule("a", { kind: "Pod", namespaceLabels: { team: "x" } })],
        kubernetes: { enrich: "off", silenceAnnotations: true },
      },
      expected: [WATCH],
    },
    {
      title: "of the newer API: its group",
      sections: { rules: [rule("a", { kind: "Node" })], kubernetes: { api: "events" } },
      expected: ["list+watch events.events.k8s.io: the watch"],
    },
    {
      title: "of some namespaces: the same in each, in the order of their names",
      sections: {
        rules: [rule("a", { kind: "Job" })],
        kubernetes: { namespaces: ["shop", "default", "shop"] },
      },
      expected: ["list+watch events in default+shop: the watch", "get jobs.batch in default+shop: rule a"],
    },
  ])("$title", async ({ sections, expected }) => {
    expect(await needs(sections)).toEqual(expected);
  });

  it("names three rules and counts the others", async () => {
    const rules = ["a", "b", "c", "d", "e"].map((name) => rule(name, { kind: "Job" }));
    expect(await needs({ rules })).toEqual([WATCH, "get jobs.batch: rules a, b, c and 2 more"]);
  });

  it.each([
    {
      title: "with what finds its owner, where nothing else grants that",
      sections: { rules: [rule("a", { kind: "Node" })] },
      expected: [
        WATCH,
        "create+patch events.events.k8s.io in ops: self-events",
        "get pods in ops: self-events",
        "get replicasets.apps in ops: self-events",
      ],
    },
    {
      title: "alone, where pods may be read anywhere",
      sections: { rules: [rule("a", { kind: "Pod" })] },
      expected: [
        WATCH,
        "get pods: rule a",
        "get replicasets.apps: rule a",
        "get jobs.batch: rule a",
        "create+patch events.events.k8s.io in ops: self-events",
      ],
    },
    {
      title: "alone, where pods may be read in that namespace",
      sections: { rules: [rule("a", { kind: "Pod" })], kubernetes: { namespaces: ["ops"] } },
      expected: [
        "list+watch events in ops: the watch",
        "get pods in ops: rule a",
        "get replicasets.apps in ops: rule a",
        "get jobs.batch in ops: rule a",
        "create+patch events.events.k8s.io in ops: self-events",
      ],
    },
  ])("needs for its own Events these two verbs $title", async ({ sections, expected }) => {
    expect(await needs(sections, { selfEvents: { namespace: "ops" } })).toEqual(expected);
  });
});

/** Without the reasons. */
async function resources(sections: Parameters<typeof needs>[0]): Promise<readonly string[]> {
  return (await needs(sections)).map((line) => line.replace(/:.*$/u, ""));
}

describe("what a configuration needs for the state of objects", () => {
  const state = { enrich: "state" };
  const WORKLOADS = [
    "get pods",
    "get replicasets.apps",
    "get deployments.apps",
    "get statefulsets.apps",
    "get daemonsets.apps",
    "get jobs.batch",
    "get cronjobs.batch",
  ];
  const OTHERS = ["get horizontalpodautoscalers.autoscaling", "get persistentvolumeclaims"];
  const [watch] = [WATCH.replace(/:.*$/u, "")];

  it.each([
    { kind: "Pod", expected: [...WORKLOADS, "get nodes"] },
    { kind: "ReplicaSet", expected: ["get replicasets.apps", "get deployments.apps"] },
    { kind: "Deployment", expected: ["get replicasets.apps", "get deployments.apps"] },
    { kind: "StatefulSet", expected: ["get statefulsets.apps"] },
    { kind: "Job", expected: ["get jobs.batch", "get cronjobs.batch"] },
    { kind: "Node", expected: ["get nodes"] },
    { kind: "PersistentVolumeClaim", expected: ["get persistentvolumeclaims"] },
    { kind: "Namespace", expected: ["get namespaces"] },
    { kind: "Service", expected: [] },
  ])("of rules about $kind: $expected", async ({ kind, expected }) => {
    expect(await resources({ rules: [rule("a", { kind })], kubernetes: state })).toEqual([
      watch,
      ...expected,
    ]);
  });

  it("of a rule about any kind: every kind whose state is read", async () => {
    expect(await resources({ rules: [rule("a", { reason: "X" })], kubernetes: state })).toEqual([
      watch,
      ...WORKLOADS,
      ...OTHERS,
      "get persistentvolumes",
      "get namespaces",
      "get nodes",
    ]);
  });

  it("in some namespaces: no Nodes and no volumes, which have none", async () => {
    const kubernetes = { ...state, namespaces: ["shop"] };
    expect(await resources({ rules: [rule("a", { reason: "X" })], kubernetes })).toEqual(
      [watch, ...WORKLOADS, ...OTHERS, "get namespaces"].map((each) => `${each} in shop`),
    );
  });

  it("of a kind that is inspected: its resource, where a rule is about it", async () => {
    const inspect = ["Thing", "Other"].map((kind) => ({
      group: "a.io",
      resource: `${kind.toLowerCase()}s`,
      kind,
      healthy: { type: "Ready", status: "True" },
    }));
    const rules = [rule("a", { kind: "Thing" })];
    expect(await needs({ rules, kubernetes: { ...state, inspect } })).toEqual([
      WATCH,
      "get things.a.io: rule a",
    ]);
    expect(await needs({ rules, kubernetes: { inspect } })).toEqual([WATCH]);
  });

  it("of logs in messages: pods/log in these namespaces alone, in a Role of each", async () => {
    const evidence = { logs: { namespaces: ["shop", "pay", "shop"] } };
    const rules = [rule("a", { kind: "Thing" })];
    const logs = "get pods/log in pay+shop: kubernetes.evidence.logs";
    expect(await needs({ rules, kubernetes: { ...state, evidence } })).toEqual([WATCH, logs]);
    expect(await needs({ rules, kubernetes: { evidence } })).toEqual([WATCH]);
  });

  it("of a forward, and of a rule that is switched off: nothing more", async () => {
    const rules = [rule("a", { kind: "Pod" }, { enabled: false })];
    const forward = [{ name: "all", sinks: ["a"] }];
    expect(await resources({ rules, forward, kubernetes: state })).toEqual([watch]);
  });
});

describe("the permissions", () => {
  it("name exactly the resources that look-ups ask for, by the paths that they ask", async () => {
    const asked: string[] = [];
    const client = {
      getJson: (path: string) => {
        asked.push(path);
        return Promise.reject(new Error("nobody is there"));
      },
      getText: () => Promise.reject(new Error("nobody is there")),
    };
    const deps = { cluster: "test", client, log: silentLogger, metrics: new Metrics() };
    const { states } = createLookUps({
      ...deps,
      clock: systemClock,
      enrich: "state",
      namespaces: [],
      inspected: () => [],
      keepsTexts: () => true,
    });
    const objects = ["Service", "Endpoints", ...OBJECT_KINDS.keys()].flatMap((kind) => [
      { object: `test/${kind}/shop/x`, apiVersion: "", purpose: "tell" } as const,
      { object: `test/${kind}//x`, apiVersion: "", purpose: "tell" } as const,
    ]);
    const answers: unknown[] = [];
    states?.ask(objects, (fact) => answers.push(fact));
    await until(() => answers.length === objects.length);
    states?.close();
    const inPaths = asked.map((path) => {
      const [, group = "", resource = ""] =
        /^\/(?:api|apis\/([a-z]+))\/v\d\/(?:namespaces\/shop\/(?!$))?([a-z]+)\/[a-z]+$/u.exec(path) ?? [];
      return `get ${resource}${group === "" ? "" : `.${group}`}`;
    });
    const [, ...granted] = await resources({
      rules: [rule("a", { reason: "X" })],
      kubernetes: { enrich: "state" },
    });
    expect(inPaths.toSorted()).toEqual(granted.toSorted());
  });

  it("name every kind whose owners are looked up, by the path that they ask", async () => {
    const asked: string[] = [];
    const client = {
      getJson: (path: string) => {
        asked.push(path);
        return Promise.resolve({ status: 200, body: {}, date: undefined });
      },
    };
    const lookUp = new LookUp({
      cluster: "test",
      namespaces: [],
      keepsTexts: () => true,
      client,
      clock: systemClock,
      log: silentLogger,
      metrics: new Metrics(),
    });
    const kinds = ["Pod", "ReplicaSet", "Job", "Node", "Deployment", "CronJob", "StatefulSet", "DaemonSet"];
    const objects = [...kinds.map((kind) => `test/${kind}/shop/x`), "test/Namespace//shop"];
    await lookUp.describe(
      objects.map((object) => ({ object, kind: ObjectKey.parse(object).kind, apiVersion: "" })),
    );
    const resources = asked.map((path) => {
      const [, group = "", resource = ""] =
        /^\/(?:api|apis\/([a-z]+))\/v1\/(?:namespaces\/shop\/(?!$))?([a-z]+)\/[a-z]+$/u.exec(path) ?? [];
      return `get ${resource}${group === "" ? "" : `.${group}`}`;
    });
    const all = await needs({
      rules: [rule("a", { reason: "X", namespaceLabels: { team: "x" } })],
    });
    expect(resources.toSorted()).toEqual(
      all
        .filter((line) => line.startsWith("get "))
        .map((line) => line.replace(/:.*$/u, ""))
        .toSorted(),
    );
  });
});
