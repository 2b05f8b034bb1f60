import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { loadConfiguration } from "../../src/config/index.ts";
import { formatFinding } from "../../src/lib/finding.ts";

let cwd: string;

beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), "tocsin-wording-"));
});

afterEach(() => rm(cwd, { recursive: true }));

const BASE = "sinks: [{ name: ops, type: stdout }]\nroute: { sinks: [ops] }\n";

/** The findings of a configuration, without file and place. */
async function findingsOf(text: string): Promise<readonly string[]> {
  await writeFile(join(cwd, "tocsin.yaml"), text);
  const { findings } = await loadConfiguration({ file: undefined, env: {}, cwd });
  return findings.map((finding) => formatFinding({ ...finding, file: "" }));
}

/** Of the rule that has this beside its name and match. */
function ofRule(more: string): Promise<readonly string[]> {
  return findingsOf(`${BASE}rules: [{ name: r, match: { reason: X }, ${more} }]`);
}

const NEEDS_UNIT = "a duration needs a unit: write 5s or 5m, not 5";

describe("a value of the wrong type", () => {
  it.each([
    ["for: 5", `rules[0].for: ${NEEDS_UNIT}`],
    ["threshold: { within: 5 }", `rules[0].threshold.within: ${NEEDS_UNIT}`],
    ["resolve: { quiet: 5 }", `rules[0].resolve.quiet: ${NEEDS_UNIT}`],
    ["for: [5m]", "rules[0].for: not a duration (write 250ms, 30s, 5m, 1h30m or 7d)"],
    ["threshold: 3", "rules[0].threshold: expected a mapping: write { count: 3, within: 10m }"],
    [
      "resolve: { by: { reason: Y } }",
      'rules[0].resolve.by: expected a list: begin each entry with "- ", or write [ … ] around them',
    ],
    ["sinks: ops", 'rules[0].sinks: expected a list: begin each entry with "- ", or write [ … ] around them'],
    ["sinks: []", "rules[0].sinks: expected at least one sink; leave it out to use the route"],
    ["enabled: on", "rules[0].enabled: expected true or false, not a text"],
    ["title: 5", "rules[0].title: expected a text: put quotes around it"],
  ])("%s is answered with the right form", async (more, finding) => {
    expect(await ofRule(more)).toEqual([finding]);
  });

  it.each([
    ["sinks: { ops: { type: stdout } }", "sinks: expected a list: "],
    ["route: { sinks: ops }", "route.sinks: expected a list: "],
    ["cluster: 5", "cluster: expected a text: put quotes around it"],
    [
      "silences: [{ match: { rule: x }, comment: c, until: 2026-12-01T20:00:00Z }]",
      "silences[0].name: missing",
    ],
    [
      "heartbeat: { url: http://x.example, every: 30 }",
      "heartbeat.every: a duration needs a unit: write 30s or 30m",
    ],
  ])("%s of a configuration too", async (section, finding) => {
    const [key = ""] = section.split(":", 1);
    const others = BASE.split("\n").filter((line) => !line.startsWith(`${key}:`));
    expect(await findingsOf([section, ...others].join("\n"))).toContainEqual(
      expect.stringContaining(finding),
    );
  });
});

describe("faults of form and of meaning", () => {
  it("are found in one round", async () => {
    const route = "route: { sinks: [opz], groupBy: [rule, namespaces], repeatInterval: 4 hours }";
    const found = await findingsOf(`sinks: [{ name: ops, type: stdout }]\n${route}\n`);
    expect(found).toEqual([
      expect.stringContaining('route.sinks[0]: unknown sink "opz"; did you mean "ops"?'),
      expect.stringContaining('route.groupBy[1]: unknown label "namespaces"; did you mean "namespace"?'),
      expect.stringContaining('route.repeatInterval: not a duration: "4 hours"'),
    ]);
  });

  it("are none where a part of a wrong form was taken away", async () => {
    const found = await findingsOf("sinks: [{ name: ops, type: stdout }]\nroute: { sinks: ops }\n");
    expect(found).toEqual([expect.stringContaining("route.sinks: expected a list: ")]);
  });
});

describe("YAML that is something else than it looks", () => {
  it.each([
    ["sinks:\n  - { name: a, type: slack, url: ${URL} }\nroute: { sinks: [a] }", "write { env: NAME }"],
    [`${BASE}---\nrules: []`, "a second document begins after ---"],
    [`${BASE}cluster: a: b: c\nlog: [`, "Nested mappings"],
  ])("%j is one error, not one for each word", async (text, finding) => {
    expect(await findingsOf(text)).toEqual([expect.stringContaining(finding)]);
  });

  it.each([
    ["!not foo", "!not is a tag of YAML, which has no meaning here: write { not: value }"],
    ["!!js/function foo", "!!js/function is a tag of YAML, which has no meaning here: leave it out"],
    ["!ENV NS", "!ENV is a tag of YAML, which has no meaning here: write { env: NAME }"],
  ])("the tag of %s is an error: without it the value means something else", async (value, finding) => {
    const text = `${BASE}rules: [{ name: r, match: { reason: X, namespace: ${value} } }]`;
    expect(await findingsOf(text)).toEqual([expect.stringContaining(finding)]);
  });

  it("takes the tags of YAML itself", async () => {
    expect(await findingsOf(`${BASE}cluster: !!str 5\nrules: [{ name: r, match: { reason: X } }]`)).toEqual(
      [],
    );
  });
});

describe("a slip in CEL", () => {
  it.each([
    ["text: '{{ event.message | upper }}'", "(functions are called with a dot: event.message.upper())"],
    [`when: 'event.message.contain("x")'`, "(did you mean contains?)"],
    ["title: '{{ event.lastSeen.week() }}'", "(a time has ago, getFullYear, "],
  ])("%s is answered with the right form", async (more, hint) => {
    expect(await ofRule(more)).toEqual([expect.stringContaining(hint)]);
  });

  it.each([
    ...["contains", "startsWith", "endsWith", "matches", "extract"].map(
      (name) => `when: 'event.message.${name}("a")${name === "extract" ? ' == ""' : ""}'`,
    ),
    ...["upper()", "lower()", "truncate(3)", 'split(",").join("-")', "trim()", "size()"].map(
      (call) => `title: 'a {{ event.message.${call} }}'`,
    ),
    ...[
      "ago()",
      "getFullYear()",
      "getMonth()",
      "getDate()",
      "getDayOfWeek()",
      "getDayOfYear()",
      "getHours()",
    ].map((call) => `title: 'a {{ event.lastSeen.${call} }}'`),
  ])("names only functions that there are: %s", async (more) => {
    expect(await ofRule(more)).toEqual([]);
  });
});
