import { describe, expect, it } from "vitest";

import { formatFinding } from "../../src/lib/finding.ts";
import { parseYaml } from "../../src/lib/yaml-file.ts";
import { compileRules, readRuleFile, type RuleInput } from "../../src/rule/index.ts";
import { compileFiles, makeEvent, ROWS } from "./make.ts";

/** The findings of one rule file in which other rules are of no concern. */
function findingsOf(text: string, input: Partial<RuleInput> = {}): readonly string[] {
  return compileFiles({ "r.yaml": text }, input).lines;
}

interface Row {
  readonly title: string;
  readonly text: string;
  readonly finds: string;
  readonly input?: Partial<RuleInput>;
}

const errors: readonly Row[] = [
  {
    title: "an alert that would end as it begins",
    text: "rules:\n  - { name: r, match: { reason: A }, resolve: { quiet: 0s } }",
    finds: "r.yaml:2:56: rules[0].resolve.quiet: shorter than 1s: its alerts would end as they begin",
  },
  {
    title: "a misspelt key",
    text: "rules:\n  - { name: r, match: {}, severty: info }",
    finds: 'r.yaml:2:27: rules[0].severty: unknown key "severty"; did you mean "severity"?',
  },
  {
    title: "another tool's word",
    text: "rules:\n  - { name: r, matchers: {} , match: {}, minCount: 3 }",
    finds: 'r.yaml:2:16: rules[0].matchers: unknown key "matchers"; here it is called "match"',
  },
  {
    title: "an unknown field",
    text: "rules:\n  - { name: r, match: { involvedObject: { knd: Pod } } }",
    finds: 'r.yaml:2:43: rules[0].match.involvedObject.knd: unknown key "knd"; did you mean "kind"?',
  },
  {
    title: "an unknown key of a file",
    text: "rules: []\nrule: []",
    finds: 'r.yaml:2:1: rule: unknown key "rule"; did you mean "rules"?',
  },
  {
    title: "a file that is a list",
    text: "- { name: r }",
    finds: "r.yaml:1:1: expected a rule file: a mapping with rules, drop, or both",
  },
  {
    title: "a missing match",
    text: "rules:\n  - name: r",
    finds: "r.yaml:2:5: rules[0].match: expected a mapping of fields, or a list of such mappings",
  },
  {
    title: "a name that is not kebab-case",
    text: "rules:\n  - { name: Image Pull, match: {} }",
    finds:
      'r.yaml:2:13: rules[0].name: expected a name in kebab-case such as image-pull-failing, not "Image Pull"',
  },
  {
    title: "a severity that does not exist",
    text: "rules:\n  - { name: r, match: {}, severity: high }",
    finds: 'r.yaml:2:37: rules[0].severity: invalid option: expected one of "critical"|"warning"|"info"',
  },
  {
    title: "an alias beside its long form",
    text: "rules:\n  - { name: r, match: { kind: Pod, involvedObject: { kind: Node } } }",
    finds:
      'r.yaml:2:25: rules[0].match.kind: "involvedObject.kind" and "kind" are the same field; give one of them',
  },
  {
    title: "two aliases of one field",
    text: "rules:\n  - { name: r, match: { source: a, reportingController: b } }",
    finds:
      'r.yaml:2:36: rules[0].match.reportingController: "source" and "reportingController" are the same field; give one of them',
  },
  {
    title: "a component beside a pattern",
    text: "rules:\n  - { name: r, match: { source: { component: a, like: b } } }",
    finds:
      "r.yaml:2:33: rules[0].match.source: expected either component and host, or a pattern on the component",
  },
  {
    title: "a scalar that looks like a pattern",
    text: "rules:\n  - { name: r, match: { reason: [A, 'Fail*'] } }",
    finds:
      'r.yaml:2:37: rules[0].match.reason[1]: "Fail*" is compared as it stands, not as a pattern; write { like: "Fail*" }, { regex: "Fail*" } or a list of values',
  },
  {
    title: "a broken regular expression, at its fault",
    text: "rules:\n  - { name: r, match: { message: { regex: 'ab(?=c)' } } }",
    finds:
      "r.yaml:2:46: rules[0].match.message.regex: not an RE2 expression: invalid or unsupported Perl syntax: `(?=` (RE2 has no look-around: match more, and take away with not)",
  },
  {
    title: "a number where a text is compared",
    text: "rules:\n  - { name: r, match: { message: { gt: 3 } } }",
    finds: "r.yaml:2:40: rules[0].match.message.gt: gt compares numbers, and this field is a text",
  },
  {
    title: "a text where a number is compared",
    text: "rules:\n  - { name: r, match: { count: many } }",
    finds: 'r.yaml:2:32: rules[0].match.count: expected a number, not "many"',
  },
  {
    title: "an unknown value in a condition, at its place",
    text: "rules:\n  - name: r\n    match: {}\n    when: event.cout > 1",
    finds: 'r.yaml:4:17: rules[0].when: "event" has no field "cout"; did you mean "count"?',
  },
  {
    title: "a condition of another type",
    text: "rules:\n  - name: r\n    match: {}\n    when: event.reason",
    finds: "r.yaml:4:11: rules[0].when: a condition must be true or false, and this is of type string",
  },
  {
    title: "an unknown value in a text, at its place",
    text: 'rules:\n  - name: r\n    match: {}\n    title: "in {{ alert.worklod }}"',
    finds: 'r.yaml:4:25: rules[0].title: "alert" has no field "worklod"; did you mean "workload"?',
  },
  {
    title: "a label that no alert has",
    text: 'rules:\n  - name: r\n    match: {}\n    text: "{{ alert.labels.taem }}"\n    labels: { team: a }',
    finds: 'r.yaml:4:28: rules[0].text: "alert.labels" has no field "taem"; did you mean "team"?',
  },
  {
    title: "an alert where there is none yet",
    text: 'rules:\n  - name: r\n    match: {}\n    labels: { x: "{{ alert.rule }}" }',
    finds: 'r.yaml:4:22: rules[0].labels.x: unknown name "alert"; known: event, cluster',
  },
  {
    title: "an unclosed hole",
    text: "rules:\n  - name: r\n    match: {}\n    text: see {{ event.reason",
    finds: 'r.yaml:4:15: rules[0].text: a "{{" has no "}}" after it',
  },
  {
    title: "a hole without quotes",
    text: "rules:\n  - name: r\n    match: {}\n    text: { a: b }",
    finds:
      'r.yaml:4:11: rules[0].text: expected a text ("{{ … }}" without quotes is a mapping in YAML: put quotes around it)',
  },
  {
    title: "a text that became a comment",
    text: "rules:\n  - name: r\n    match: {}\n    title: #ops\n",
    finds: "r.yaml:4:12: rules[0].title: expected a text, but it is empty (a # begins a comment in YAML)",
  },
  {
    title: "an own label with a name that is taken",
    text: "rules:\n  - { name: r, match: {}, labels: { namespace: x } }",
    finds:
      'r.yaml:2:37: rules[0].labels.namespace: every alert has a label "namespace" already; choose another name',
  },
  {
    title: "an own label that no expression could name",
    text: "rules:\n  - { name: r, match: {}, labels: { a-b: x } }",
    finds:
      'r.yaml:2:37: rules[0].labels.a-b: expected a label name of letters, digits and _ that begins with a letter, not "a-b"',
  },
  {
    title: "an identity that is not known",
    text: "rules:\n  - { name: r, match: {}, identity: [objct] }",
    finds:
      'r.yaml:2:38: rules[0].identity[0]: "objct" is neither a part of an identity nor a text with {{ }}; did you mean "object"?',
  },
  {
    title: "a count without a window",
    text: "rules:\n  - { name: r, match: {}, threshold: { count: 2 } }",
    finds: "r.yaml:2:38: rules[0].threshold: count 2 needs a window: add within, such as within: 10m",
  },
  {
    title: "different objects without a window",
    text: "rules:\n  - { name: r, match: {}, threshold: { distinct: 5, within: 0s } }",
    finds: "r.yaml:2:38: rules[0].threshold: distinct 5 needs a window: add within, such as within: 10m",
  },
  {
    title: "more different objects than are tracked",
    text: "rules:\n  - { name: r, match: {}, threshold: { distinct: 101, within: 5m } }",
    finds: "r.yaml:2:50: rules[0].threshold.distinct: at most 100 different objects are counted",
  },
  {
    title: "a sink that does not exist",
    text: "rules:\n  - { name: r, match: {}, sinks: [ops, osp, xyz] }",
    input: { sinkNames: new Set(["ops"]) },
    finds: 'r.yaml:2:40: rules[0].sinks[1]: unknown sink "osp"; did you mean "ops"?',
  },
  {
    title: "a counter-event that opens the alert it ends",
    text: "rules:\n  - { name: r, match: { reason: [BackOff, Pulled] }, resolve: { by: [{ reason: Pulled }] } }",
    finds:
      "r.yaml:2:70: rules[0].resolve.by[0]: Pulled is matched by the rule itself, so it would open the alert it ends; leave it out of match",
  },
  {
    title: "a counter-event without anything in common",
    text: "rules:\n  - { name: r, match: { reason: A }, resolve: { by: [{ reason: B, same: [objet] }] } }",
    finds:
      'r.yaml:2:74: rules[0].resolve.by[0].same[0]: invalid option: expected one of "object"|"container"|"node"|"namespace"|"workload"',
  },
  {
    title: "a fault in a counter-event",
    text: "rules:\n  - { name: r, match: { reason: A }, resolve: { by: [{ reason: 'B|C' }] } }",
    finds:
      'r.yaml:2:64: rules[0].resolve.by[0].reason: "B|C" is compared as it stands, not as a pattern; write a list, [B, C], or { like: … } or { regex: "B|C" }',
  },
  {
    title: "a fault in a drop",
    text: "drop:\n  - { name: d, match: { kind: 'Po*' } }",
    finds:
      'r.yaml:2:31: drop[0].match.kind: "Po*" is compared as it stands, not as a pattern; write { like: "Po*" }, { regex: "Po*" } or a list of values',
  },
];

const warnings: readonly Row[] = [
  {
    title: "a type that Events do not have",
    text: "rules:\n  - { name: r, match: { reason: A, type: [Warning, Error] } }",
    finds:
      'r.yaml:2:42: warning: rules[0].match.type: Events are of type Normal or Warning, hardly ever "Error"',
  },
  {
    title: "a field that only a look-up of another object could fill",
    text: "rules:\n  - { name: r, match: { reason: A, related: { labels: { team: shop } } } }",
    finds:
      'r.yaml:2:63: warning: rules[0].match.related.labels.team: related objects are not looked up, so this is always ""',
  },
  {
    title: "a kind in small letters",
    text: "rules:\n  - { name: r, match: { reason: A, kind: pod } }",
    finds: 'r.yaml:2:42: warning: rules[0].match.kind: kinds are written as in manifests: "Pod", not "pod"',
  },
  {
    title: "a kind in the plural",
    text: "rules:\n  - { name: r, match: { reason: A, involvedObject: { kind: Pods } } }",
    finds:
      'r.yaml:2:60: warning: rules[0].match.involvedObject.kind: kinds are written as in manifests: "Pod", not "Pods"',
  },
  {
    title: "a short name of kubectl",
    text: "rules:\n  - { name: r, match: { reason: A, kind: pvc } }",
    finds:
      'r.yaml:2:42: warning: rules[0].match.kind: kinds are written as in manifests: "PersistentVolumeClaim", not "pvc"',
  },
  {
    title: "an unknown kind in small letters",
    text: "rules:\n  - { name: r, match: { reason: A, kind: widget } }",
    finds:
      'r.yaml:2:42: warning: rules[0].match.kind: kinds are written as in manifests: such as Pod, not "widget"',
  },
  {
    title: "a list of mappings with one key each",
    text: "rules:\n  - { name: r, match: [{ reason: A }, { kind: Pod }], fallback: true }",
    finds:
      "r.yaml:2:23: warning: rules[0].match: this is OR; did you mean one mapping, in which all must hold?",
  },
  {
    title: "a rule without reason beside others",
    text: "rules:\n  - { name: r, match: { type: Warning } }\n  - { name: s, match: { reason: A } }",
    finds:
      "r.yaml:2:23: warning: rules[0].match: matches events of every reason, also those that other rules match; add reason, or fallback: true to match what no other rule does",
  },
  {
    title: "a drop that takes all of a rule",
    text: "rules:\n  - { name: r, match: { reason: A, kind: Pod } }\ndrop:\n  - { name: d, match: { reason: [A, B] } }",
    finds: 'r.yaml:4:23: warning: drop[0].match: drops everything that rule "r" could match',
  },
  {
    title: "a drop of everything Normal",
    text: "drop:\n  - { name: d, match: { type: Normal } }",
    finds:
      "r.yaml:2:23: warning: drop[0].match: drops every Normal Event, and with them NodeNotReady of Nodes, the back-off of image pulls and nearly every recovery",
  },
  {
    title: "reasons with different lifecycles",
    text: "rules:\n  - { name: r, match: { reason: [NodeNotReady, SystemOOM], kind: Node } }",
    finds:
      "r.yaml:2:23: warning: rules[0].match: its reasons have different lifecycles (transition, point); set lifecycle, or make two rules",
  },
  {
    title: "a count on reasons that are written as a series",
    text: "rules:\n  - { name: r, match: { reason: FailedScheduling }, threshold: { count: 3, within: 10m } }",
    finds:
      "r.yaml:2:64: warning: rules[0].threshold: repeats of FailedScheduling are published up to 30 minutes late, so 3 within 10m is hardly ever seen; to wait whether it lasts, use for",
  },
  {
    title: "a window longer than the server keeps Events",
    text: "rules:\n  - { name: r, match: { reason: A }, threshold: { count: 3, within: 2h } }",
    finds:
      "r.yaml:2:69: warning: rules[0].threshold.within: a window of 2h is longer than the server keeps Events (1h): after a gap it may count too few",
  },
  {
    title: "an identity of names without their namespace",
    text: "rules:\n  - { name: r, match: { reason: A }, identity: [object, node] }",
    finds:
      "r.yaml:2:48: warning: rules[0].identity: object without namespace: the same name in two namespaces is one alert; add namespace",
  },
  {
    title: "a quiet period that is over before the rule fires",
    text: "rules:\n  - { name: r, match: { reason: A }, for: 10m, resolve: { quiet: 10m } }",
    finds:
      "r.yaml:2:66: warning: rules[0].resolve.quiet: not longer than for (10m): without another Event it ends before it fires",
  },
  {
    title: "Nodes where their namespace is not watched",
    text: "rules:\n  - { name: r, match: { reason: A, kind: Node } }",
    input: { namespaces: ["shop"] },
    finds:
      'r.yaml:2:23: warning: rules[0].match: Events about Nodes live in namespace "default", which kubernetes.namespaces does not name',
  },
  {
    title: "a text that fails when it is filled",
    text: 'rules:\n  - name: r\n    match: { reason: A }\n    text: "{{ event.metadata.labels.team }}"',
    finds:
      'r.yaml:4:11: warning: rules[0].text: fails with a sample event: "{{ event.metadata.labels.team }}": no such key: team; where a key may be missing, add .default("")',
  },
  {
    title: "a condition that fails when it is asked",
    text: "rules:\n  - name: r\n    match: { reason: A }\n    when: event.metadata.labels.team == 'x'",
    finds: `r.yaml:4:11: warning: rules[0].when: fails with a sample event: "event.metadata.labels.team == 'x'": no such key: team; where a key may be missing, add .default("")`,
  },
];

describe("findings of rule files", () => {
  it.each(errors)("$title is an error at its place", ({ text, finds, input }) => {
    expect(findingsOf(text, input).join("\n")).toContain(finds);
  });

  it.each(warnings)("$title is a warning at its place, and the only one", ({ text, finds, input }) => {
    expect(findingsOf(text, input)).toEqual([finds]);
  });

  it.each([
    {
      title: "kinds of others",
      text: "rules: [{ name: r, match: { reason: A, kind: [Ingress, Endpoints, NodePool, ServiceMonitor] } }]",
    },
    {
      title: "a wide counter-event",
      text: "rules: [{ name: r, match: { reason: BackOff, kind: Pod }, resolve: { by: [{ kind: Pod }] } }]",
    },
    {
      title: "a counter-event that is excepted",
      text: "rules: [{ name: r, match: { kind: Node }, except: { reason: NodeReady }, resolve: { by: [{ kind: Node, reason: NodeReady }] } }]",
    },
    {
      title: "one fallback rule beside another",
      text: "rules: [{ name: r, match: { type: Warning }, fallback: true }, { name: s, match: { reason: A } }]",
    },
    { title: "a single rule without reason", text: "rules: [{ name: r, match: { type: Warning } }]" },
    {
      title: "a drop that leaves something",
      text: "rules: [{ name: r, match: { reason: A } }]\ndrop: [{ name: d, match: { reason: A, namespace: x } }]",
    },
    {
      title: "a count on a series over a long window",
      text: "rules: [{ name: r, match: { reason: FailedScheduling }, threshold: { count: 3, within: 35m } }]",
    },
    {
      title: "a lifecycle that is given",
      text: "rules: [{ name: r, lifecycle: point, match: { reason: [NodeNotReady, SystemOOM], kind: Node } }]",
    },
    {
      title: "the message forms of one reason told apart",
      text: "rules: [{ name: r, match: { reason: FailedAttachVolume, message: { contains: Multi-Attach } } }]",
    },
    { title: "an empty file of the two lists", text: "rules: []\ndrop: []" },
    { title: "an identity of nothing", text: "rules: [{ name: r, match: { reason: A }, identity: [] }]" },
  ])("$title: nothing to say", ({ text }) => {
    expect(findingsOf(text)).toEqual([]);
  });

  it("names both places of a rule that is there twice, over all files", () => {
    const { lines } = compileFiles({
      "a.yaml": "rules:\n  - { name: one, match: { reason: A } }\n  - { name: two, match: { reason: A } }",
      "b.yaml": "rules:\n  - match: { reason: A }\n    name: two\n  - { name: one, match: [] }",
    });
    expect(lines.filter((line) => line.includes("also defined"))).toEqual([
      'b.yaml:3:11: rules[0].name: rule "two" is also defined at a.yaml:3:13',
      'b.yaml:4:13: rules[1].name: rule "one" is also defined at a.yaml:2:13',
    ]);
  });

  it("tells all faults of all files at once, also those beside a broken part", () => {
    const { findings, rules } = compileFiles({
      "a.yaml": `rules:
  - name: Bad
    sevrity: info
    match: { tpe: x, reason: "A*", message: { regex: "(" } }
    title: "{{ nope }}"
    when: event.count
    threshold: { count: 2.5 }
    labels: { rule: x }
`,
      "b.yaml": "rules: [{ name: ok, match: { reason: A } }, 7]\ndrop: [{ name: d }]\nx: 1",
      "c.yaml": "rules: [",
    });
    expect(findings.map(({ file, path }) => `${file} ${path}`).toSorted()).toEqual([
      "a.yaml rules[0].labels.rule",
      "a.yaml rules[0].match.message.regex",
      "a.yaml rules[0].match.reason",
      "a.yaml rules[0].match.tpe",
      "a.yaml rules[0].name",
      "a.yaml rules[0].sevrity",
      "a.yaml rules[0].threshold.count",
      "a.yaml rules[0].title",
      "a.yaml rules[0].when",
      "b.yaml drop[0].match",
      "b.yaml rules[1]",
      "b.yaml x",
      expect.stringMatching(/^c\.yaml/u),
    ]);
    expect(rules.rules.map((rule) => rule.name)).toEqual(["ok"]);
  });

  it("places the faults of rules that stand in the configuration itself", () => {
    const document = parseYaml(
      "tocsin.yaml",
      "cluster: x\nrules:\n  - builtin\n  - { name: r, match: { reason: 'A*' } }",
    );
    const { value } = document as { value: { rules: unknown[] } };
    const { findings } = compileRules({
      units: [
        { ...readRuleFile(document), rules: [{ path: ["rules", 1], value: value.rules[1] }], findings: [] },
      ],
      reasonRows: ROWS,
      eventTtlMs: 3_600_000,
    });
    expect(findings.map(formatFinding)).toEqual([
      expect.stringMatching(/^tocsin\.yaml:4:33: rules\[1\]\.match\.reason: /u),
    ]);
  });
});

describe("overrides", () => {
  const RULE = "rules: [{ name: pods, match: { reason: A }, severity: info, labels: { a: x, b: y } }]";

  function override(text: string, rules = RULE): ReturnType<typeof compileRules> {
    const document = parseYaml("tocsin.yaml", text);
    const { overrides } = document.value as { overrides: unknown };
    const unit = readRuleFile(parseYaml("r.yaml", rules));
    return compileRules({
      units: [unit],
      overrides: { document, path: ["overrides"], value: overrides },
      reasonRows: ROWS,
      eventTtlMs: 3_600_000,
      sinkNames: new Set(["ops"]),
    });
  }

  it("change a rule, and its version", () => {
    const plain = override("overrides: {}").rules.byName.get("pods");
    const { rules, findings } = override(
      "overrides: { pods: { severity: critical, threshold: { count: 3, within: 5m }, for: 1m, labels: { b: z }, runbook: r, sinks: [ops] } }",
    );
    expect(findings).toEqual([]);
    const rule = rules.byName.get("pods");
    expect(rule).toMatchObject({
      severity: "critical",
      threshold: { count: 3, withinMs: 300_000, distinct: 1 },
      forMs: 60_000,
      sinks: ["ops"],
      runbook: { source: "r" },
    });
    expect([...rule!.labels].map(([name, { source }]) => [name, source])).toEqual([
      ["a", "x"],
      ["b", "z"],
    ]);
    expect(rule?.version).not.toBe(plain?.version);
    expect(override("overrides: { pods: { enabled: false } }").rules.rules).toEqual([]);
  });

  it("add exceptions to those of a rule, and replace its texts", () => {
    const rules = `
      rules:
        - { name: pods, match: { reason: A }, except: { namespace: own }, title: old, text: old }
        - { name: bare, match: { reason: A } }
    `;
    const changes =
      "{ except: [{ namespace: ci }, { name: { like: 'tmp-*' } }], title: 'T {{ event.name }}', text: new }";
    const { rules: compiled, findings } = override(
      `overrides: { pods: ${changes}, bare: ${changes} }`,
      rules,
    );
    expect(findings).toEqual([]);
    const matched = (namespace: string, name: string): readonly string[] =>
      compiled
        .match(makeEvent({ reason: "A", namespace, involvedObject: { namespace, name } }))
        .map((rule) => rule.name);
    expect(matched("shop", "web")).toEqual(["pods", "bare"]);
    expect(matched("own", "web")).toEqual(["bare"]);
    expect([matched("ci", "web"), matched("shop", "tmp-1")]).toEqual([[], []]);
    expect(compiled.byName.get("pods")).toMatchObject({
      title: { source: "T {{ event.name }}" },
      text: { source: "new" },
    });
  });

  it("have faults of exceptions where these are written", () => {
    const rules = 'rules: [{ name: pods, match: { reason: A }, except: { name: { regex: "(" } } }]';
    const lines = override('overrides: { pods: { except: { name: { regex: "[" } } } }', rules).findings;
    expect(lines.map(({ file, path }) => `${file} ${path}`)).toEqual([
      "tocsin.yaml overrides.pods.except.name.regex",
      "r.yaml rules[0].except.name.regex",
    ]);
  });

  it.each([
    {
      text: "overrides:\n  pod: { enabled: false }",
      finds: 'tocsin.yaml:2:3: overrides.pod: unknown rule "pod"; did you mean "pods"?',
    },
    {
      text: "overrides:\n  pods: { colour: x }",
      finds:
        'tocsin.yaml:2:11: overrides.pods.colour: unknown key "colour"; known: enabled, severity, threshold, for, except, labels, runbook, sinks, title, text',
    },
    {
      text: 'overrides:\n  pods: { labels: { b: "{{ evnt }}" } }',
      finds: 'tocsin.yaml:2:28: overrides.pods.labels.b: unknown name "evnt"; did you mean "event"?',
    },
    {
      text: "overrides:\n  pods: { sinks: [osp] }",
      finds: 'tocsin.yaml:2:19: overrides.pods.sinks[0]: unknown sink "osp"; did you mean "ops"?',
    },
    {
      text: "overrides:\n  pods: { threshold: { count: 3 } }",
      finds:
        "tocsin.yaml:2:22: overrides.pods.threshold: count 3 needs a window: add within, such as within: 10m",
    },
    {
      text: "overrides: []",
      finds: "tocsin.yaml:1:12: overrides: expected a mapping of rule names to what changes",
    },
  ])("$finds", ({ text, finds }) => {
    expect(override(text).findings.map(formatFinding)).toEqual([finds]);
  });
});
