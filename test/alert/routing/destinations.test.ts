import { describe, expect, it } from "vitest";

import type { Route } from "../../../src/alert/route.ts";
import { destinationsOf, ruleRoute } from "../../../src/alert/routing/destinations.ts";
import { compileRoute } from "../../../src/alert/routing/route-spec.ts";
import { timerFor } from "../../../src/alert/routing/route-timers.ts";
import { parseYaml } from "../../../src/lib/yaml-file.ts";
import { makePolicy } from "../../support/engine-bed.ts";
import { makeAlert } from "../make.ts";

const a = makeAlert("a");
const b = makeAlert("b");

function routeOf(text: string): Route {
  const { route } = compileRoute(parseYaml("route.yaml", text).value, {
    path: [],
    sinkNames: new Set(["ops", "shop", "pager"]),
    labels: { names: new Set(["severity", "namespace", "team"]) },
    intervals: new Map(),
  });
  if (route === undefined) throw new Error("the route has faults");
  return route;
}

describe("destinations", () => {
  const root = routeOf(`{ sinks: [ops], routes: [
    { name: a, match: { team: a }, sinks: [pager], continue: true },
    { name: b, match: { namespace: x }, sinks: [shop, pager], routes: [{ name: c, match: { severity: info }, sinks: [ops] }] },
    { name: d, match: { team: a }, sinks: [ops] }] }`);
  it.each([
    [{}, ["default: ops"]],
    [{ team: "a" }, ["a: pager", "d: ops"]],
    [{ namespace: "x" }, ["b: shop pager"]],
    [{ team: "a", namespace: "x" }, ["a: pager", "b: shop"]],
    [{ namespace: "x", severity: "info" }, ["c: ops"]],
  ])("of %o are %o", (labels, expected) => {
    const reached = destinationsOf({ route: root, sinks: new Map() }, { ...a, labels }, undefined);
    expect(reached.map(({ route, sinks }) => `${route.name}: ${sinks.join(" ")}`)).toEqual(expected);
  });

  it("of a rule with sinks of its own are timed as the root", () => {
    const own = ruleRoute(root, "oom", ["shop"]);
    expect(own).toMatchObject({
      name: "rule:oom",
      sinks: ["shop"],
      routes: [],
      continue: false,
      groupWait: root.groupWait,
    });
    expect([
      timerFor(own.groupWait, "critical"),
      timerFor(own.groupWait, "warning"),
      timerFor(own.groupWait, "info"),
    ]).toEqual([10_000, 30_000, 30_000]);
  });
});

describe("the group of a destination", () => {
  const policy = (route: string): ReturnType<typeof makePolicy> =>
    makePolicy({
      rules: "rules: [{ name: it, match: { reason: X } }]",
      route,
      sinks: [{ name: "ops" }, { name: "shop" }],
    });
  const labels = (route: string, namesReason = true, sinks?: readonly string[]): unknown =>
    destinationsOf(policy(route), a, { sinks, namesReason }).map(({ route: { name }, ...to }) => [
      name,
      to.sinks,
      to.labels,
    ]);

  it("is named by rule, cluster and namespace, with the reason for rules that name none", () => {
    expect(labels("sinks: [ops]")).toEqual([
      ["default", ["ops"], { rule: "it", cluster: "test", namespace: "shop" }],
    ]);
    expect(labels("sinks: [ops]", false)).toEqual([
      ["default", ["ops"], { rule: "it", cluster: "test", namespace: "shop", reason: "BackOff" }],
    ]);
  });

  it("is named by what the route groups by, empty where the alert has no such label", () => {
    expect(labels("{ sinks: [ops], groupBy: [namespace, team] }")).toEqual([
      ["default", ["ops"], { namespace: "shop", team: "" }],
    ]);
    expect(labels("{ sinks: [ops], groupBy: [] }")).toEqual([["default", ["ops"], {}]]);
    expect(labels('{ sinks: [ops], groupBy: ["..."] }')).toEqual([["default", ["ops"], a.labels]]);
  });

  it("is the rule's own with sinks of its own", () => {
    expect(labels("{ sinks: [ops], routes: [{ name: a, sinks: [ops] }] }", true, ["shop"])).toEqual([
      ["rule:it", ["shop"], { rule: "it", cluster: "test", namespace: "shop" }],
    ]);
  });

  it("is nowhere without a route", () => {
    expect(
      destinationsOf({ route: undefined, sinks: new Map() }, a, { sinks: ["ops"], namesReason: true }),
    ).toEqual([]);
  });

  it("has a key of names and values that stays, and differs where they differ", () => {
    const key = (route: string, alert = a): string | undefined =>
      destinationsOf(policy(route), alert, undefined)[0]?.groupKey;
    expect(key("{ sinks: [ops], groupWait: 1s }")).toBe(key("sinks: [shop]"));
    expect(key("{ name: x, sinks: [ops] }")).toMatch(/^x\/[0-9a-f]{20}$/u);
    const [byNamespace, alone] = [
      "{ sinks: [ops], groupBy: [namespace] }",
      '{ sinks: [ops], groupBy: ["..."] }',
    ];
    const other = makeAlert("b", { labels: { ...a.labels, namespace: "bank" } });
    expect(new Set([key(byNamespace), key(byNamespace, other), key(alone), key(alone, other)]).size).toBe(4);
    expect(key(byNamespace)).toBe(key(byNamespace, b));
  });
});
