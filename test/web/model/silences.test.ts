import { describe, expect, it } from "vitest";

import { pageLinks } from "../../../src/alert/message/page-links.ts";
import { RequestedSilence } from "../../../src/alert/suppression/silence-spec.ts";
import { labelPatternText, parseLabelPatterns } from "../../../src/cli/label-patterns.ts";
import { patternText, toPattern } from "../../../web/model/label-patterns.ts";
import { longerSilence } from "../../../web/model/longer-silence.ts";
import { parseForeign } from "../../../web/model/parse-foreign.ts";
import { draftOf, matchOf, requestOf } from "../../../web/model/silence-draft.ts";
import {
  commonLabels,
  coveringLabels,
  silencedLabels,
  silenceHref,
  silencePatternsHref,
} from "../../../web/model/silence-link.ts";
import { endText, matchText, useText } from "../../../web/model/silence-words.ts";
import { makeRow } from "./make-row.ts";

const NOW = Date.parse("2026-06-01T09:00:00Z");

describe("a pattern", () => {
  it.each([
    ["shop", "shop"],
    ["web-*", { like: "web-*" }],
    ["/web-\\d+/", { regex: "web-\\d+" }],
    ["!shop", { not: "shop" }],
    ["!ci-*", { not: { like: "ci-*" } }],
    ["/", "/"],
    ['"Pod/*"', "Pod/*"],
    ['!"a?"', { not: "a?" }],
    ['"open', '"open'],
  ])("%s is sent as %j", (written, pattern) => {
    expect(toPattern(written)).toEqual(pattern);
  });

  it.each([["shop"], ["web-*"], ["/web-\\d+/"], ["!shop"]])("%s is shown as it is written", (written) => {
    expect(patternText(toPattern(written))).toBe(written);
  });

  it("that nobody writes by hand is shown as JSON", () => {
    expect(patternText(["a", "b"])).toBe('["a","b"]');
    expect(patternText(null)).toBe("null");
  });
});

describe("a link to a silence", () => {
  it("names what the alerts have in common, and is read as it is written", () => {
    const labels = commonLabels([makeRow(), makeRow({ labels: { workload: "Deployment/api" } })]);
    expect(labels).toEqual({ rule: "crash-loop", namespace: "shop" });
    const href = silenceHref({ ...labels, workload: "Deployment/a=b&c" });
    expect(silencedLabels(new URL(href, "http://x").searchParams)).toEqual({
      ...labels,
      workload: "Deployment/a=b&c",
    });
  });

  it.each([["Pod/*"], ["!x"], ["/re/"], ['"quoted"'], ['"open'], [" x "]])(
    "matches a label that is %j exactly, as links in messages do",
    (workload) => {
      const labels = { rule: "crash-loop", workload };
      const named = silencedLabels(new URL(silenceHref(labels), "http://x").searchParams);
      expect(matchOf(draftOf(named, ""))).toEqual(labels);
      const alert = { fingerprint: "f1", labels };
      const sent = pageLinks("http://x", { alerts: [alert], omitted: 0, common: {}, status: "firing" });
      const written = new URL(sent.silence ?? "").searchParams;
      expect(written.getAll("match")).toEqual([`rule=crash-loop`, `workload=${named["workload"]}`]);
      expect(parseLabelPatterns(written.getAll("match"))).toEqual(labels);
      expect(labelPatternText("workload", workload)).toBe(`workload=${named["workload"]}`);
      expect(patternText(workload)).toBe(named["workload"]);
    },
  );

  it("with nonsense names nothing", () => {
    expect(silencedLabels(new URLSearchParams("match=nothing&match==x"))).toEqual({});
  });
});

describe("a draft", () => {
  const draft = draftOf({ rule: "crash-loop", team: "sre" }, "mila");

  it("offers the usual labels and those that it was given", () => {
    expect(draft.labels.map(({ label }) => label)).toEqual([
      "rule",
      "namespace",
      "workload",
      "severity",
      "node",
      "team",
    ]);
    expect(matchOf(draft)).toEqual({ rule: "crash-loop", team: "sre" });
  });

  it("is no request without labels, reason or author: it would mute everything, or nobody would know why", () => {
    const whole = { ...draft, comment: " known " };
    expect(requestOf(whole)).toEqual({
      match: { rule: "crash-loop", team: "sre" },
      comment: "known",
      author: "mila",
      for: "2h",
    });
    expect(requestOf({ ...whole, lasts: "resolved" })).toMatchObject({ untilResolved: true });
    expect(requestOf(draft)).toBe(undefined);
    expect(requestOf({ ...whole, author: " " })).toBe(undefined);
    expect(requestOf({ ...whole, labels: whole.labels.map((each) => ({ ...each, isOn: false })) })).toBe(
      undefined,
    );
    expect(matchOf(draftOf({ rule: " " }, ""))).toBe(undefined);
  });
});

describe("a silence in words", () => {
  const silence = {
    id: "3fa9",
    origin: "api",
    state: "active",
    match: { rule: "crash-loop", name: { like: "web-*" } },
    from: null,
    until: "2026-06-01T11:00:00.000Z",
    untilResolved: false,
    schedule: null,
    author: "mila",
    comment: "known",
    createdAt: null,
    usedAt: null,
    alerts: 2,
  } as const;

  it("says what, until when, and whether it is of use", () => {
    expect(matchText(silence)).toBe("rule=crash-loop  name=web-*");
    expect(endText(silence, NOW)).toBe("ends in 2 h");
    expect(useText(silence)).toBe("mutes 2 alerts now · never used");
    expect(endText({ ...silence, state: "expired", until: "2026-06-01T08:00:00.000Z" }, NOW)).toBe(
      "over for 1 h",
    );
    expect(endText({ ...silence, state: "pending", from: "2026-06-01T09:30:00.000Z" }, NOW)).toBe(
      "begins in 30 min",
    );
    expect(endText({ ...silence, untilResolved: true }, NOW)).toBe("until the last alert ends");
    expect(endText({ ...silence, until: null, schedule: {} }, NOW)).toBe("without end, in its hours");
    expect(useText({ ...silence, state: "expired", usedAt: "2026-06-01T08:00:00.000Z" })).toBe("");
  });

  it("that ends later keeps its hours, its begin and its reason", () => {
    const schedule = { zone: "Europe/Berlin", times: ["20:00-24:00"] };
    const from = "2026-06-01T09:00:00.000Z";
    const longer = longerSilence({ ...silence, from, schedule }, 2 * 3_600_000);
    expect(longer).toEqual({
      match: silence.match,
      comment: "known",
      author: "mila",
      from,
      schedule,
      until: "2026-06-01T13:00:00.000Z",
    });
    expect(RequestedSilence.safeParse(longer).error).toBe(undefined);
    expect(longerSilence({ ...silence, untilResolved: true }, 1)).toMatchObject({ untilResolved: true });
    expect(longerSilence({ ...silence, until: null, untilResolved: true }, 1)).toBe(undefined);
  });
});

describe("parseForeign", () => {
  it("shows marks that turn the order of a text", () => {
    expect(parseForeign('{"a":"invoice\u202Egnp.exe","b":["\u2066x"]}')).toEqual({
      a: "invoice\uFFFDgnp.exe",
      b: ["\uFFFDx"],
    });
  });
});

describe("coveringLabels", () => {
  const alert = (rule: string, namespace: string, workload = "Deployment/web") => ({
    labels: { rule, namespace, workload },
  });
  it("is one value or a choice of a few for each label that all have, and finds its way through a link", () => {
    const labels = coveringLabels([alert("oom", "shop"), alert("crash", "shop", "Job/x")]);
    expect(labels).toEqual({
      rule: "/^(crash|oom)$/",
      namespace: "shop",
      workload: "/^(Deployment/web|Job/x)$/",
    });
    const { searchParams } = new URL(silencePatternsHref(labels), "http://localhost");
    expect(silencedLabels(searchParams)).toEqual(labels);
  });

  it("leaves out what some lack, what is no name, and more than ten values", () => {
    expect(coveringLabels([alert("a", ""), alert("a", "shop")])).toEqual({
      rule: "a",
      workload: "Deployment/web",
    });
    expect(coveringLabels([alert("a.*", "x", ""), alert("b", "y", "")])).toEqual({ namespace: "/^(x|y)$/" });
    const many = Array.from({ length: 11 }, (_, index) => alert(`r${index}`, `n${index}`, `Job/j${index}`));
    expect(coveringLabels(many)).toEqual({});
    expect(coveringLabels([])).toEqual({});
  });
});
