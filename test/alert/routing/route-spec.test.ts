import { describe, expect, it } from "vitest";

import { compileTimeIntervals } from "../../../src/alert/matching/time-interval-spec.ts";
import type { Route } from "../../../src/alert/route.ts";
import { compileRoute } from "../../../src/alert/routing/route-spec.ts";
import { parseYaml } from "../../../src/lib/yaml-file.ts";

const MINUTE = 60_000;
const SINKS = new Set(["ops", "shop", "pager"]);
const LABELS = new Set(["rule", "severity", "namespace", "team", "name"]);

function compile(text: string): ReturnType<typeof compileRoute> {
  return compileRoute(parseYaml("route.yaml", text).value, {
    path: ["route"],
    sinkNames: SINKS,
    labels: { names: LABELS },
    intervals: compileTimeIntervals({ night: { zone: "UTC" }, weekend: { zone: "UTC" } }, []).intervals,
  });
}

function route(text: string): Route {
  const { route: root, faults } = compile(text);
  if (root === undefined) throw new Error(JSON.stringify(faults));
  return root;
}

function child(root: Route, ...path: readonly number[]): Route {
  return path.reduce((node, index) => node.routes[index] ?? node, root);
}

const nested = (depth: number): string =>
  depth === 0 ? "{ name: n0 }" : `{ name: n${depth}, routes: [${nested(depth - 1)}] }`;

describe("a routing tree", () => {
  it.each([
    [
      "{ routes: [] }",
      "route",
      "sinks is missing: the root needs sinks for alerts that no other route takes",
    ],
    [
      "{ sinks: [ops], match: { team: a } }",
      "route.match",
      "the root takes every alert: move this to a route below it",
    ],
    ["{ sinks: [ops], continue: true }", "route.continue", "the root has no siblings to continue to"],
    ["{ sinks: [opps] }", "route.sinks.0", 'unknown sink "opps"; did you mean "ops"?'],
    ["{ sinks: [ops], mute: [nigt] }", "route.mute.0", 'unknown time interval "nigt"; did you mean "night"?'],
    [
      "{ sinks: [ops], active: [weekend, x] }",
      "route.active.1",
      'unknown time interval "x"; known: night, weekend',
    ],
    [
      "{ sinks: [ops], repeatInterval: 0s }",
      "route.repeatInterval",
      "shorter than 1m: nobody reads the same message that often",
    ],
    [
      "{ sinks: [ops], repeatInterval: { critical: 59s } }",
      "route.repeatInterval.critical",
      "shorter than 1m: nobody reads the same message that often",
    ],
    [
      "{ sinks: [ops], groupWait: 30 }",
      "route.groupWait",
      "expected a duration such as 30s, or { critical: 10s, else: 30s }, not 30",
    ],
    [
      "{ sinks: [ops], groupWait: soon }",
      "route.groupWait",
      'not a duration: "soon" (write 250ms, 30s, 5m, 1h30m or 7d)',
    ],
    [
      "{ sinks: [ops], routes: [{ name: default }] }",
      "route.routes.0.name",
      'another route is called "default" already',
    ],
    ["{ sinks: [ops, zzzzzz] }", "route.sinks.1", 'unknown sink "zzzzzz"; known: ops, shop, pager'],
    [
      "{ sinks: [ops], routes: [{ sinks: [shop] }] }",
      "route.routes.0",
      "name is missing: groups are remembered by the names of their routes",
    ],
    [
      "{ sinks: [ops], routes: [{ name: a, match: { team: x } }, { name: a }] }",
      "route.routes.1.name",
      'another route is called "a" already',
    ],
    [
      "{ sinks: [ops], name: x, routes: [{ name: x }] }",
      "route.routes.0.name",
      'another route is called "x" already',
    ],
    [
      '{ sinks: [ops], routes: [{ name: "rule:a" }] }',
      "route.routes.0.name",
      'names that start with "rule:" belong to the sinks of rules',
    ],
    [
      '{ sinks: [ops], groupBy: ["...", team] }',
      "route.groupBy",
      '"..." stands alone: every alert is a group by itself then',
    ],
    [
      "{ sinks: [ops], groupBy: [team, teem] }",
      "route.groupBy.1",
      'unknown label "teem"; did you mean "team"?',
    ],
    [
      "{ sinks: [ops], routes: [{ name: a, match: { teem: x } }] }",
      "route.routes.0.match.teem",
      'unknown label "teem"; did you mean "team"?',
    ],
  ])("%s is refused at %s", (text, path, message) => {
    const { route: root, faults } = compile(text);
    expect(root).toBeUndefined();
    expect(faults.map((fault) => [fault.level, fault.path.join("."), fault.message])).toEqual([
      ["error", path, message],
    ]);
  });

  it("may be ten routes deep below the root, and no deeper", () => {
    expect(compile(`{ sinks: [ops], routes: [${nested(9)}] }`).faults).toEqual([]);
    const { faults } = compile(`{ sinks: [ops], routes: [${nested(10)}] }`);
    expect(faults.map(({ message }) => message)).toEqual(["routes are nested more than 10 deep"]);
  });

  it("has every fault reported at once, those of its shape first", () => {
    const { faults } = compile("{ sinks: [nope1], groupBy: [nope2], routes: [{ match: { nope3: a } }] }");
    expect(faults.map(({ path }) => path.join("."))).toEqual([
      "route.sinks.0",
      "route.groupBy.0",
      "route.routes.0",
      "route.routes.0.match.nope3",
    ]);
    expect(compile("{ sinks: ops, groupWat: 5s }").faults.map(({ path }) => path.join("."))).toEqual([
      "route.sinks",
      "route.groupWat",
    ]);
    expect(compile("{ sinks: [], groupWait: 5 }").faults).toHaveLength(2);
  });

  it("marks the key of an unknown label, and names the slip in a pattern", () => {
    expect(compile("{ sinks: [ops], routes: [{ name: a, match: { teem: x } }] }").faults[0]?.onKey).toBe(
      true,
    );
    const { faults } = compile('{ sinks: [ops], routes: [{ name: a, match: { team: { regex: "(" } } }] }');
    expect(faults.map(({ level, path }) => [level, path.join(".")])).toEqual([
      ["error", "route.routes.0.match.team.regex"],
    ]);
  });

  it("refuses what looks like a pattern where values stand, and takes it elsewhere", () => {
    const text = (label: string): string =>
      `{ sinks: [ops], routes: [{ name: a, match: { ${label}: "a*" } }] }`;
    expect(compile(text("namespace")).route).toBeUndefined();
    expect(compile(text("name")).route).toBeDefined();
  });

  it.each([
    [
      "[{ name: a }, { name: b }]",
      [["warning", "route.routes.1", 'never reached: the route "a" before it takes every alert']],
    ],
    [
      "[{ name: a, match: {} }, { name: b }, { name: c }]",
      [
        ["warning", "route.routes.1", 'never reached: the route "a" before it takes every alert'],
        ["warning", "route.routes.2", 'never reached: the route "a" before it takes every alert'],
      ],
    ],
    ["[{ name: a, continue: true }, { name: b }]", []],
    ["[{ name: a, match: { team: x } }, { name: b }]", []],
    [
      "[{ name: a, match: { team: x }, continue: true }]",
      [["warning", "route.routes.0.continue", "there is no route after this one to continue to"]],
    ],
  ])("with %s warns %#", (routes, expected) => {
    const { route: root, faults } = compile(`{ sinks: [ops], routes: ${routes} }`);
    expect(faults.map(({ level, path, message }) => [level, path.join("."), message])).toEqual(expected);
    expect(root).toBeDefined();
  });

  it("has the documented timers", () => {
    const { groupWait, groupInterval, repeatInterval, name, groupBy } = route("sinks: [ops]");
    expect([name, groupBy]).toEqual(["default", "default"]);
    expect(groupWait).toEqual({ critical: 10_000, else: 30_000 });
    expect(groupInterval).toEqual({ critical: MINUTE / 2, else: MINUTE });
    expect(repeatInterval).toEqual({ critical: 240 * MINUTE, else: 240 * MINUTE });
  });

  it.each([
    ["5s", { critical: 5000, else: 5000 }],
    ["2m", { critical: 10_000, else: 120_000 }],
    ["0s", { critical: 0, else: 0 }],
    ["{ critical: 1m, else: 5s }", { critical: 60_000, else: 5000 }],
    ["{ critical: 1m }", { critical: 60_000, else: 30_000 }],
    ["{ else: 5s }", { critical: 10_000, else: 5000 }],
  ])("groupWait %s is %o", (text, expected) => {
    expect(route(`{ sinks: [ops], groupWait: ${text} }`).groupWait).toEqual(expected);
    expect(child(route(`{ sinks: [ops], routes: [{ name: a, groupWait: ${text} }] }`), 0).groupWait).toEqual(
      expected,
    );
  });

  it("hands down sinks, timers and groupBy, but neither match nor continue", () => {
    const text =
      "{ sinks: [ops, ops, shop], groupBy: [team], groupWait: 1s, groupInterval: 2s, repeatInterval: 3m, routes: [{ name: a, match: { team: x }, continue: true, routes: [{ name: b }] }, { name: c, sinks: [pager], groupBy: [] }] }";
    const root = route(text);
    const both = (ms: number): object => ({ critical: ms, else: ms });
    expect(child(root, 0, 0)).toMatchObject({
      name: "b",
      routes: [],
      sinks: ["ops", "shop"],
      groupBy: ["team"],
      groupWait: both(1000),
      groupInterval: both(2000),
      repeatInterval: both(180_000),
      continue: false,
    });
    expect(child(root, 0, 0).matches({ team: "y" })).toBe(true);
    expect(child(root, 1)).toMatchObject({ sinks: ["pager"], groupBy: [] });
    expect([
      child(root, 0).continue,
      child(root, 0).matches({ team: "x" }),
      child(root, 0).matches({}),
    ]).toEqual([true, true, false]);
    expect(route('{ sinks: [ops], groupBy: ["..."] }').groupBy).toBe("alone");
  });
});
