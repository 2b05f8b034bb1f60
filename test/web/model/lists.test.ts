import { describe, expect, it } from "vitest";

import { countChoices, filterAlerts } from "../../../web/model/filter-alerts.ts";
import { groupAlerts, type GroupBy } from "../../../web/model/group-alerts.ts";
import { groupFacts, headingOf } from "../../../web/model/group-heading.ts";
import { LAY_OUT, layOut } from "../../../web/model/lay-out.ts";
import { markParameters, parseOpenQuery, toggled } from "../../../web/model/open-query.ts";
import { makeRow } from "./make-row.ts";

const NOW = Date.parse("2026-06-01T09:00:00Z");
const ALL = { text: "", marks: [], namespaces: [] } as const;

const rows = [
  makeRow({ fingerprint: "a" }),
  makeRow({ fingerprint: "b", labels: { namespace: "data", workload: "StatefulSet/db" }, message: "OOM" }),
  makeRow({
    fingerprint: "c",
    rule: "node-not-ready",
    severity: "critical",
    labels: { namespace: "", workload: "Node/n3" },
  }),
  makeRow({ fingerprint: "d", rule: "quota", phase: "pending", firedAt: null, groups: [] }),
];
const names = (chosen: readonly { readonly fingerprint: string }[]): string =>
  chosen.map(({ fingerprint }) => fingerprint).join("");

describe("filterAlerts", () => {
  it.each([
    { filter: ALL, chosen: "abcd" },
    { filter: { ...ALL, text: "  " }, chosen: "abcd" },
    { filter: { ...ALL, text: "statefulset DATA" }, chosen: "b" },
    { filter: { ...ALL, text: "data checkout" }, chosen: "" },
    { filter: { ...ALL, text: "oom" }, chosen: "b" },
    { filter: { ...ALL, marks: ["critical", "pending"] as const }, chosen: "cd" },
    { filter: { ...ALL, namespaces: ["-", "data"] }, chosen: "bc" },
  ])("chooses $chosen by $filter", ({ filter, chosen }) => {
    expect(names(filterAlerts(rows, filter))).toBe(chosen);
  });

  it("counts what each button would choose beside the other parts of the filter", () => {
    const { marks, namespaces } = countChoices(rows, { ...ALL, marks: ["warning"] });
    expect(Object.fromEntries(marks)).toEqual({ warning: 2, critical: 1, pending: 1 });
    expect(Object.fromEntries(namespaces)).toEqual({ shop: 1, data: 1 });
  });
});

describe("groupAlerts", () => {
  const keys = (by: GroupBy, of = rows): readonly string[] => groupAlerts(of, by).map(({ key }) => key);

  it.each([
    { by: "rule", expected: ["node-not-ready", "crash-loop", "quota"] },
    { by: "namespace", expected: ["cluster-wide", "shop", "data"] },
    { by: "workload", expected: ["Node/n3", "data · StatefulSet/db", "shop · Deployment/web"].toSorted() },
    { by: "told", expected: ["default/1", ""] },
  ] as const)("puts the worst first by $by", ({ by, expected }) => {
    expect(by === "workload" ? keys(by).toSorted() : keys(by)).toEqual(expected);
  });

  it("puts what somebody has seen to below the rest of its severity", () => {
    const silenced = ["x", "y"].map((fingerprint) =>
      makeRow({ fingerprint, rule: "autoscaler", condition: "silenced" }),
    );
    expect(keys("rule", [...silenced, ...rows])).toEqual([
      "node-not-ready",
      "crash-loop",
      "autoscaler",
      "quota",
    ]);
  });

  it("keeps an alert in its place that changes while the list is held", () => {
    const ended = {
      ...makeRow({ fingerprint: "c", phase: "resolved", rule: "node-not-ready" }),
      placedAs: "critical" as const,
    };
    expect(keys("rule", [...rows.filter(({ fingerprint }) => fingerprint !== "c"), ended])[0]).toBe(
      "node-not-ready",
    );
  });

  it("orders a group by severity and age, whatever was seen last", () => {
    const later = makeRow({
      fingerprint: "0",
      openedAt: "2026-06-01T08:30:00.000Z",
      lastSeenAt: "2026-06-01T08:59:00.000Z",
    });
    const [group] = groupAlerts([later, ...rows.slice(0, 2)], "rule");
    expect(names(group?.alerts ?? [])).toBe("ab0");
  });
});

describe("a heading", () => {
  const descriptions = new Map([["crash-loop", "A container keeps crashing."]]);
  const of = (by: GroupBy, key: string): string => {
    const group = groupAlerts(rows, by).find((each) => each.key === key);
    return group === undefined ? "" : `${headingOf(group, by, descriptions)} | ${groupFacts(group, by, NOW)}`;
  };

  it.each([
    {
      by: "rule",
      key: "crash-loop",
      expected: "A container keeps crashing | 2 alerts · 6× · data, shop · since 1 h",
    },
    { by: "rule", key: "quota", expected: "quota | " },
    {
      by: "told",
      key: "default/1",
      expected: "node-not-ready, and 1 other rule | 3 alerts · 9× · cluster-wide, data +1 · since 1 h",
    },
    { by: "told", key: "", expected: "Not sent yet | " },
    { by: "namespace", key: "data", expected: "data | " },
  ] as const)("says of $key: $expected", ({ by, key, expected }) => {
    expect(of(by, key)).toBe(expected);
  });
});

describe("layOut", () => {
  const groups = groupAlerts(
    Array.from({ length: 5000 }, (_, i) => makeRow({ fingerprint: `${i}`, rule: `rule-${i % 40}` })),
    "rule",
  );

  it("shows a bounded number of rows, and what is opened besides", () => {
    const { cards, further } = layOut(groups, "", 0);
    expect(cards.reduce((sum, card) => sum + card.rows, 0)).toBe(LAY_OUT.allRows);
    expect(cards.length + further).toBe(40);
    const opened = layOut(groups, groups[1]?.key ?? "", 0);
    expect(opened.cards[1]?.rows).toBe(LAY_OUT.opened);
    expect(opened.cards.length).toBe(cards.length);
  });

  it("goes on where the page before ended", () => {
    const { cards } = layOut(groups, "", 0);
    const next = layOut(groups, "", cards.length);
    expect(next.cards[0]?.group.key).toBe(groups[cards.length]?.key);
    expect(next.further).toBe(40 - cards.length - next.cards.length);
  });
});

describe("the address of the list", () => {
  it("is read with what is unknown left out", () => {
    const query = new URLSearchParams("q=a b&sev=critical,fatal&state=pending&ns=shop,-&by=colour");
    expect(parseOpenQuery(query)).toEqual({
      text: "a b",
      marks: ["critical", "pending"],
      namespaces: ["shop", "-"],
      by: "rule",
    });
    expect(parseOpenQuery(new URLSearchParams("by=toString")).by).toBe("rule");
  });

  it("is written as it is read", () => {
    expect(markParameters(toggled(["critical"], "pending"))).toEqual({ sev: "critical", state: "pending" });
    expect(toggled(["a", "b"], "a")).toEqual(["b"]);
  });
});
