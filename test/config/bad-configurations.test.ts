import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { describe, expect, it } from "vitest";

import { loadConfiguration } from "../../src/config/index.ts";
import { formatFinding } from "../../src/lib/finding.ts";

const cwd = fileURLToPath(new URL("bad", import.meta.url));

/** Line, column, path and a piece of the message; a file other than the configuration stands before the line. */
type Expected = readonly [at: string, path: string, message: string];

const CASES: readonly { readonly file: string; readonly findings: readonly Expected[] }[] = [
  {
    file: "addresses.yaml",
    findings: [
      ["3:36", "sinks[0].url", "not an http:// or https:// URL: begin it with https://"],
      ["4:39", "sinks[1].url", "not an http:// or https:// URL"],
    ],
  },
  { file: "alias-trap.yaml", findings: [["5:41", "", "*-shop is an alias"]] },
  { file: "braces-trap.yaml", findings: [["4:12", "sinks[0].title", "without quotes is a mapping"]] },
  {
    file: "comment-trap.yaml",
    findings: [
      ["1:10", "cluster", "a word that starts with # is a comment"],
      ["5:10", "sinks[0].url", "a word that starts with # is a comment"],
    ],
  },
  { file: "duplicate-key.yaml", findings: [["3:1", "", "Map keys must be unique"]] },
  {
    file: "empty.yaml",
    findings: [
      ["1:1", "sinks", "missing: name at least one destination"],
      ["1:1", "route", "missing: name the sinks for alerts"],
    ],
  },
  {
    file: "fallbacks.yaml",
    findings: [
      ["2:42", "sinks[0].fallback", 'unknown sink "mial"; did you mean "mail"?'],
      ["3:43", "sinks[1].fallback", "a sink cannot be its own fallback"],
      ["4:40", "sinks[2].fallback", '"mail" has a fallback itself; a message falls back once'],
      ["5:45", "sinks[3].fallbackAfter", "fallbackAfter needs a fallback"],
      ["6:40", "sinks[4].fallback", '"c" has a fallback itself'],
    ],
  },
  {
    file: "forward-to-alerts.yaml",
    findings: [
      [
        "5:26",
        "forward[0].sinks[0]",
        'slack takes alerts, not single events: write a rule and route it to "ops"',
      ],
      ["6:27", "forward[1].sinks[0]", 'unknown sink "opz"; did you mean "ops"?'],
    ],
  },
  {
    file: "heartbeat.yaml",
    findings: [
      ["4:21", "heartbeat.every", "at least 10s"],
      ["4:30", "heartbeat.url", "not an http:// or https:// URL"],
      ["4:69", "heartbeat.headers.te", "is set by the connection"],
    ],
  },
  {
    file: "homes.yaml",
    findings: [
      ["3:44", "sinks[0].url.file", "write the whole path instead of ~/slack"],
      ["4:75", "sinks[1].tls.caFile", "write the whole path instead of ~/ca.pem"],
      ["5:98", "sinks[2].caFile", "write the whole path instead of ~/ca.pem"],
      ["6:36", "sinks[3].path", "write the whole path instead of ~/alerts.jsonl"],
      ["8:9", "rules[0]", "~ is not replaced here: write the whole path"],
      ["9:37", "server.tokens.write[0].file", "write the whole path instead of ~/token"],
    ],
  },
  {
    file: "impossible.yaml",
    findings: [
      ["3:43", "rules[0].match.reason.regex", "matches nothing, whatever the text is"],
      ["4:59", "rules[1].resolve.by[0]", "B is matched by the rule itself"],
      ["6:57", "rules[3].except", "takes everything that match takes"],
      ["7:43", "rules[4].match.count", "no number is in this range"],
      ["10:10", "timeIntervals.night.zone", "missing"],
    ],
  },
  {
    file: "inspected-kinds.yaml",
    findings: [
      ["4:16", "kubernetes.inspect[0].group", "not an API group such as longhorn.io"],
      ["4:39", "kubernetes.inspect[0].resource", "not a resource in the plural such as nodes"],
      ["4:59", "kubernetes.inspect[0].kind", "not a kind such as Node"],
      ["4:97", "kubernetes.inspect[0].healthy.status", "expected True, False or Unknown"],
    ],
  },
  {
    file: "inspected-twice.yaml",
    findings: [
      ["5:51", "kubernetes.inspect[0].kind", "the state of Deployment is read already"],
      ["7:46", "kubernetes.inspect[2].kind", "another entry reads Thing of a.io"],
    ],
  },
  { file: "listen.yaml", findings: [["3:19", "server.listen", "write host:port, such as 127.0.0.1:8080"]] },
  {
    file: "no-destinations.yaml",
    findings: [
      ["1:1", "route", "missing: name the sinks for alerts"],
      ["1:8", "sinks", "empty: name at least one destination"],
    ],
  },
  { file: "no-route.yaml", findings: [["1:1", "route", "missing: name the sinks for alerts"]] },
  { file: "not-a-mapping.yaml", findings: [["1:1", "", "expected a mapping of settings"]] },
  {
    file: "rule-faults.yaml",
    findings: [
      ["3:11", "rules[1].name", "expected a name in kebab-case"],
      ["4:14", "rules[1].match.raeson", 'did you mean "reason"?'],
      ["6:3", "overrides.no-such-rule", "unknown rule"],
      ["8:47", "drop[0].match.reason.regex", "not an RE2 expression"],
      ["14:42", "route.routes[0].match.taem", 'did you mean "team"?'],
      ["rule-files/a.yaml:4:24", "rules[0].when", "unexpected token"],
      ["rule-files/a.yaml:7:22", "rules[1].match.reason", 'write { like: "Back*" }'],
      ["rule-files/a.yaml:8:13", "rules[1].sinks[0]", 'did you mean "ops"?'],
      ["rule-files/b.yaml:4:39", "", "Flow sequence"],
    ],
  },
  {
    file: "rule-lists.yaml",
    findings: [
      ["2:5", "rules[0]", 'unknown rule file "builtin/podz"; did you mean "builtin/pods"?'],
      ["3:5", "rules[1]", 'no rule file matches "nothing/*.yaml" in this folder'],
      ["4:5", "rules[2]", "expected builtin, a pattern of files or a rule, not 7"],
    ],
  },
  { file: "runbooks-url.yaml", findings: [["3:18", "runbooks.url", "not an http or https URL"]] },
  { file: "runbooks.yaml", findings: [["3:43", "runbooks.url", "event"]] },
  {
    file: "server.yaml",
    findings: [
      ["4:11", "server.listen", "expected a text: put quotes around it"],
      ["5:14", "server.publicUrl", "not an http or https URL"],
      ["6:19", "server.proxy.from[0]", "not an address or a range of addresses"],
      ["6:32", "server.proxy.from[1]", "not an address or a range of addresses"],
      ["6:60", "server.proxy.userHeader", "not the name of a header"],
      ["7:21", "server.tokens.write[0]", ""],
      ["7:42", "server.tokens.write[1]", ""],
    ],
  },
  {
    file: "several-sections.yaml",
    findings: [
      ["1:10", "cluster", "expected a text: put quotes around it"],
      ["3:14", "kubernetes.startFrom", "expected now, all or a duration such as 5m, not 5"],
      ["4:13", "kubernetes.eventTtl", 'not a duration: "1 hour"'],
      ["5:8", "kubernetes.api", '"core"|"events"'],
      ["6:16", "kubernetes.namespaces[0]", 'not the name of a namespace: "shop-*"'],
      ["7:20", "state.maxBytes", 'not a size: "1GB" (write 512KiB, 64MiB or 1GiB)'],
      ["9:24", "sinks[0].type", 'unknown sink type "slak"; did you mean "slack"?'],
      ["10:15", "log.level", '"debug"|"info"|"warn"|"error"'],
      ["11:18", "route.sinks[0]", 'did you mean "ops"?'],
      ["12:23", "selfAlerts.sinks[0]", 'unknown sink "ups"; did you mean "ops"?'],
    ],
  },
  {
    file: "sink-names.yaml",
    findings: [
      ["4:13", "sinks[1].name", 'there is another sink named "ops"; names are unique'],
      ["5:5", "sinks[2].name", "expected a name"],
      ["6:5", "sinks[3]", "expected a mapping, such as { key: value }, not a text"],
    ],
  },
  {
    file: "unknown-keys.yaml",
    findings: [
      ["1:1", "clutser", 'unknown key "clutser"; did you mean "cluster"?'],
      ["2:15", "kubernetes.namspaces", 'did you mean "namespaces"?'],
      ["3:1", "receivers", 'here it is called "sinks"'],
      ["7:3", "route.receiver", 'here it is called "sinks"'],
      ["8:3", "route.group_by", 'here it is called "groupBy"'],
    ],
  },
  {
    file: "values-that-cannot-be.yaml",
    findings: [
      ["9:37", "route.routes[0].match.severity", 'unknown severity "crit"; did you mean "critical"?'],
      ["17:68", "inhibit[0].target.severity", 'unknown severity "warn"; did you mean "warning"?'],
    ],
  },
  {
    file: "variables.yaml",
    findings: [
      ["1:10", "cluster", "variables are not replaced in this file"],
      ["2:16", "state.path", "variables are not replaced in this file"],
      ["4:36", "sinks[0].url", "write { env: NAME } or { file: path }"],
      ["5:39", "sinks[1].url", "write { env: NAME } or { file: path }"],
      ["7:29", "server.tokens.write[0]", "write { env: NAME } or { file: path }"],
      ["8:27", "kubernetes.kubeconfig", "~ is not replaced in this file: write the whole path"],
    ],
  },
];

describe("a broken configuration", () => {
  it.each(CASES)("is refused with everything that is wrong: $file", async ({ file, findings }) => {
    const loaded = await loadConfiguration({ file, env: {}, cwd });
    expect(loaded.configuration).toBeUndefined();
    const errors = loaded.findings.filter(({ level }) => level === "error");
    expect(
      errors.map(({ file: where, line, column, path, message }) => ({
        at: `${where === file ? "" : `${where}:`}${line}:${column}`,
        path,
        message,
      })),
    ).toEqual(
      findings.map(([at, path, message]) => ({ at, path, message: expect.stringContaining(message) })),
    );
  });

  it("is warned of values that no alert has, beside its errors", async () => {
    const { findings } = await loadConfiguration({ file: "values-that-cannot-be.yaml", env: {}, cwd });
    const warnings = findings.filter(({ level }) => level === "warning").map(formatFinding);
    const place = "values-that-cannot-be.yaml:";
    expect(warnings).toEqual([
      `${place}10:33: warning: route.routes[1].match.rule: unknown rule "crashloop"; did you mean "crash-loop"?`,
      `${place}11:33: warning: route.routes[2].match.kind: kinds are written as in manifests: "Pod", not "pod"`,
      `${place}12:36: warning: route.routes[3].match.cluster: alerts are of cluster "prod" only`,
      expect.stringContaining(
        "13:35: warning: route.routes[4].match.reason: OOMKilled is the end of a container",
      ),
      `${place}13:52: warning: route.routes[4].match.type: Events are of type Normal or Warning, hardly ever "Error"`,
      `${place}15:31: warning: silences[0].match.rule: unknown rule "crashloop"; did you mean "crash-loop"?`,
      `${place}17:32: warning: inhibit[0].source.rule: unknown rule "nodenotready"; did you mean "node-not-ready"?`,
    ]);
  });

  it("is in the table, each file of the corpus", () => {
    const files = readdirSync(cwd).filter((name) => name.endsWith(".yaml"));
    expect(CASES.map(({ file }) => file)).toEqual(files.toSorted());
  });

  it("may still be watched, so that mending it is noticed", async () => {
    const { watched } = await loadConfiguration({ file: "rule-faults.yaml", env: {}, cwd });
    expect(watched.files).toEqual([
      `${cwd}/rule-faults.yaml`,
      `${cwd}/rule-files/a.yaml`,
      `${cwd}/rule-files/b.yaml`,
    ]);
    expect(watched.globs).toEqual([`${cwd}/rule-files/*.yaml`]);
  });

  it("is found wrong also when there is no such file", async () => {
    const { findings } = await loadConfiguration({ file: "gone.yaml", env: {}, cwd });
    expect(findings).toEqual([
      { level: "error", file: "gone.yaml", line: 0, column: 0, path: "", message: "there is no such file" },
    ]);
  });
});
