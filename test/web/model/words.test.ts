import { describe, expect, it } from "vitest";

import { decodePart } from "../../../web/model/decode-part.ts";
import { axisOf, lifelineOf } from "../../../web/model/lifelines.ts";
import { countOf } from "../../../web/model/numbers.ts";
import { scopeText } from "../../../web/model/scope-text.ts";
import { sinkMarks } from "../../../web/model/sink-marks.ts";
import { clockText, fromNowText, spanText } from "../../../web/model/spans.ts";
import { subjectOf } from "../../../web/model/subject.ts";
import { withClocks } from "../../../web/model/with-clocks.ts";
import { makeRow } from "./make-row.ts";

const NOW = Date.parse("2026-06-01T09:00:00Z");
const MINUTE = 60_000;

describe("a span", () => {
  it.each([
    [-5, "0 s"],
    [59_999, "59 s"],
    [40 * MINUTE, "40 min"],
    [60 * MINUTE, "1 h"],
    [70 * MINUTE, "1 h 10 min"],
    [74 * 60 * MINUTE, "3 d 2 h"],
  ])("of %s ms is %s", (ms, text) => {
    expect(spanText(ms)).toBe(text);
  });

  it("says whether it is past or to come", () => {
    expect(fromNowText(NOW - 3000, NOW)).toBe("3 s ago");
    expect(fromNowText(NOW + 20_000, NOW)).toBe("in 20 s");
    expect(countOf(1, "alert")).toBe("1 alert");
    expect(countOf(1250, "reply", "replies")).toBe("1,250 replies");
  });

  it("names the day only where it is another one", () => {
    const noon = new Date(2026, 5, 1, 12, 0, 5).getTime();
    expect(clockText(noon, noon + MINUTE)).toBe("12:00:05");
    expect(clockText(noon, noon + 24 * 60 * MINUTE)).toBe("Mon 1 Jun 12:00");
  });
});

describe("withClocks", () => {
  it("writes the times of a text as the reader's clock has them, and leaves the rest", () => {
    const noon = new Date(2026, 5, 1, 12, 0, 5);
    const text = `the next is due at ${noon.toISOString()}, 4 attempts of 2026-06`;
    expect(withClocks(text, noon.getTime())).toBe("the next is due at 12:00:05, 4 attempts of 2026-06");
  });
});

describe("scopeText", () => {
  it("names the namespace and the API", () => {
    expect(scopeText("core/")).toBe("all namespaces (v1)");
    expect(scopeText("events/shop")).toBe("shop (events.k8s.io/v1)");
  });
});

describe("sinkMarks", () => {
  const at = (state: "told" | "waiting" | "dead" | "held" | "none", time: string | null = null) =>
    [{ sink: "ops", state, at: time, newest: null }] as const;
  const because = (by: ReturnType<typeof makeRow>["heldBack"][number]["by"], what: string) =>
    [{ by, what, sinks: by === "rule" ? [] : ["ops"], until: null, cause: null }] as const;
  const cause = {
    fingerprint: "f",
    rule: "node-not-ready",
    namespace: "",
    workload: "Node/node-3",
    others: 0,
    standing: "lasts",
    endedAt: null,
  } as const;

  it.each([
    { sinks: at("told"), heldBack: [], short: "✓", why: "ops was notified" },
    { sinks: at("waiting"), heldBack: [], short: "…", why: "ops is to be notified" },
    {
      sinks: at("waiting", "2026-06-01T09:00:20.000Z"),
      heldBack: because("groupWait", "wait"),
      short: "in 20 s",
      why: "ops is to be notified: wait",
    },
    {
      sinks: at("waiting"),
      heldBack: because("sink", "refused"),
      short: "fails",
      why: "ops is to be notified: refused",
    },
    {
      sinks: at("held"),
      heldBack: because("silence", "silence 3fa9"),
      short: "silenced",
      why: "ops is not notified: silence 3fa9",
    },
    {
      sinks: at("held", "2026-06-01T11:00:00.000Z"),
      heldBack: because("mute", "night"),
      short: "muted, in 2 h",
      why: "ops is not notified: night",
    },
    {
      sinks: at("held"),
      heldBack: because("inhibition", "its cause goes on").map((each) => ({ ...each, cause })),
      short: "held by Node node-3",
      why: "ops is not notified: its cause goes on",
    },
    {
      sinks: at("held"),
      heldBack: because("inhibition", "node-3"),
      short: "held by its cause",
      why: "ops is not notified: node-3",
    },
    {
      sinks: at("dead"),
      heldBack: because("sink", "gone"),
      short: "✗ gave up",
      why: "ops was not notified: gone",
    },
    { sinks: at("none"), heldBack: [], short: "–", why: "ops was not notified" },
    {
      sinks: [{ sink: "ops", state: "told", at: null, newest: "dead" }] as const,
      heldBack: [],
      short: "✓ ✗",
      why: "ops was notified, but the newest message was given up",
    },
    {
      sinks: [],
      heldBack: because("rule", "threshold 1 of 3"),
      short: "not yet",
      why: "nobody is notified yet: threshold 1 of 3",
    },
    {
      sinks: [],
      heldBack: because("rule", "it has to last").map((each) => ({
        ...each,
        until: "2026-06-01T11:00:00.000Z",
      })),
      short: "not yet, in 2 h",
      why: "nobody is notified yet: it has to last",
    },
  ])("says $short because $why", ({ sinks, heldBack, short, why }) => {
    expect(sinkMarks({ sinks, heldBack }, NOW)).toMatchObject([{ short, why }]);
  });
});

describe("a lifeline", () => {
  it("has an axis that shows the beginning of nearly all, not of the oldest", () => {
    const ages = [1, 5, 9, 20, 30, 31, 40, 44, 45, 60 * 24 * 30];
    const { from, to } = axisOf(
      ages.map((age) => NOW - age * MINUTE),
      NOW,
    );
    expect((to - from) / MINUTE).toBe(60);
    expect(axisOf([], NOW).to).toBe(NOW);
  });

  it("begins where the alert began, and is cut where it is older", () => {
    const axis = { from: NOW - 100 * MINUTE, to: NOW };
    const line = lifelineOf({ since: NOW - 50 * MINUTE, fired: NOW - 40 * MINUTE }, axis);
    expect(line).toEqual({ start: 50, end: 100, fired: 60, isOlder: false });
    const old = lifelineOf({ since: NOW - 500 * MINUTE, fired: NOW - 400 * MINUTE }, axis);
    expect(old).toEqual({ start: 0, end: 100, fired: undefined, isOlder: true });
    expect(lifelineOf({ since: NOW }, axis).start).toBe(98);
  });
});

describe("subjectOf", () => {
  it("names the workload, else the object", () => {
    expect(subjectOf(makeRow())).toEqual({ kind: "Deployment", name: "web", namespace: "shop" });
    const node = makeRow({ labels: { workload: "", kind: "Node", name: "node-3", namespace: "" } });
    expect(subjectOf(node)).toEqual({ kind: "Node", name: "node-3", namespace: "" });
  });
});

describe("decodePart", () => {
  it.each([
    ["a%2Fb", "a/b"],
    ["", ""],
    ["%E0%A4%A", undefined],
    ["100%", undefined],
  ])("reads %j as %j", (part, text) => {
    expect(decodePart(part)).toBe(text);
  });
});
