import { describe, expect, it } from "vitest";

import { type LinkedNews, pageLinks, pageOf } from "../../../src/alert/message/page-links.ts";
import { EngineBed } from "../../support/engine-bed.ts";

const PAGE = "https://tocsin.example/ops";

const alert = (fingerprint: string, labels: Readonly<Record<string, string>>) => ({ fingerprint, labels });
const WEB = alert("a1", {
  rule: "crash-loop",
  cluster: "prod",
  namespace: "shop",
  workload: "Deployment/web",
});
const API = alert("a2", {
  rule: "crash-loop",
  cluster: "prod",
  namespace: "shop",
  workload: "Deployment/api",
});
const PAY = alert("a3", { rule: "oom", cluster: "prod", namespace: "pay", workload: "Deployment/pay" });

const news = (over: Partial<LinkedNews>): LinkedNews => ({
  alerts: [WEB],
  omitted: 0,
  common: {},
  status: "firing",
  ...over,
});

/** The labels that a link to a new silence names. */
const matches = (url: string | null): readonly string[] => new URL(url ?? "").searchParams.getAll("match");

describe("the links of a message", () => {
  it("lead to its only alert, and to a silence of what it is about", () => {
    const { alert: details, silence } = pageLinks(PAGE, news({}));
    expect(details).toBe(`${PAGE}/alerts/a1`);
    expect(silence?.startsWith(`${PAGE}/silences?match=`)).toBe(true);
    expect(matches(silence)).toEqual([
      "rule=crash-loop",
      "cluster=prod",
      "namespace=shop",
      "workload=Deployment/web",
    ]);
  });

  it("lead to the open alerts like those of a message about several, and to a silence of what they share", () => {
    const { alert: details, silence } = pageLinks(PAGE, news({ alerts: [WEB, API] }));
    expect(details).toBe(`${PAGE}/?q=crash-loop&ns=shop`);
    expect(matches(silence)).toEqual(["rule=crash-loop", "cluster=prod", "namespace=shop"]);
  });

  it("believe nothing that alerts may not share which the message leaves out", () => {
    const { alert: details, silence } = pageLinks(PAGE, news({ omitted: 3, common: { rule: "crash-loop" } }));
    expect(details).toBe(`${PAGE}/?q=crash-loop`);
    expect(matches(silence)).toEqual(["rule=crash-loop"]);
  });

  it("lead to all alerts, and to no silence, where alerts share too little: it would be of a whole cluster", () => {
    expect(pageLinks(PAGE, news({ alerts: [WEB, PAY] }))).toEqual({ alert: `${PAGE}/`, silence: null });
  });

  it("silence nothing that is over, and are none without a page", () => {
    expect(pageLinks(PAGE, news({ status: "resolved" }))).toEqual({
      alert: `${PAGE}/alerts/a1`,
      silence: null,
    });
    expect(pageLinks(undefined, news({}))).toEqual({ alert: null, silence: null });
  });

  it("stay whole whatever a label holds", () => {
    const labels = { rule: "r", namespace: "a&match=rule=*", workload: 'Pod/"x"#/../?y <z>' };
    const { silence } = pageLinks(PAGE, news({ alerts: [alert("a/../b?", labels)] }));
    // In quotes a value is itself, and no pattern.
    expect(matches(silence)).toEqual([
      "rule=r",
      `namespace="a&match=rule=*"`,
      `workload=${JSON.stringify(labels.workload)}`,
    ]);
    expect(pageLinks(PAGE, news({ alerts: [alert("a/../b?", labels)] })).alert).toBe(
      `${PAGE}/alerts/a%2F..%2Fb%3F`,
    );
  });

  it.each<Partial<LinkedNews>>([
    {},
    { alerts: [WEB, API] },
    { alerts: [WEB, PAY] },
    { alerts: [alert("a/b", {})] },
  ])("tell the address of the page", (over) => {
    expect(pageOf(pageLinks(PAGE, news(over)))).toBe(PAGE);
    expect(pageOf(pageLinks("http://10.0.0.2:8080", news(over)))).toBe("http://10.0.0.2:8080");
  });
});

const RULES = "rules: [{ name: it, match: { reason: BackOff } }]";

describe("messages with a page", () => {
  it("link to the alert and to a silence, from the first to the last", () => {
    const bed = new EngineBed({ rules: RULES, pageUrl: PAGE });
    bed.at(0, { reason: "BackOff", object: "shop/Pod/a" }).until(3600);
    const links = bed.messages.map(({ delivery: { notification } }) => notification);
    const [first] = links;
    const details = `${PAGE}/alerts/${first?.alerts[0]?.fingerprint}`;
    expect(links.map(({ status, links: { alert: link } }) => `${status} ${link}`)).toEqual([
      `firing ${details}`,
      `resolved ${details}`,
    ]);
    expect(matches(first?.links.silence ?? null)).toContain("workload=Pod/a");
    expect(links.at(-1)?.links.silence).toBeNull();
  });

  it("of several groups at once link to what these share", () => {
    const bed = new EngineBed({
      rules: RULES,
      route: "{ sinks: [ops], groupBy: [rule, cluster, namespace] }",
      pageUrl: PAGE,
    });
    const objects = ["shop", "pay", "bank"].map((namespace) => `${namespace}/Pod/of-${namespace}` as const);
    bed.at(0, ...objects.map((object) => ({ reason: "BackOff", object }))).until(60);
    const [message, ...others] = bed.messages;
    const links = message?.notification.links ?? { alert: null, silence: null };
    expect([message?.deliveries.length, others.length]).toEqual([3, 0]);
    expect(links.alert).toBe(`${PAGE}/?q=it`);
    expect(matches(links.silence)).toEqual(["rule=it", "cluster=test"]);
  });

  it("have no link without one", () => {
    const bed = new EngineBed({ rules: RULES });
    bed.at(0, { reason: "BackOff", object: "shop/Pod/a" }).until(60);
    expect(bed.messages[0]?.delivery.notification.links).toMatchObject({ silence: null, alert: null });
  });
});
