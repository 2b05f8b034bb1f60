import { describe, expect, it } from "vitest";

import { compose, type Occasion } from "../../../src/alert/message/compose.ts";
import { type NativeBody, toNativeBody } from "../../../src/alert/message/native-body.ts";
import type { Composing } from "../../../src/alert/message/to-notified.ts";
import { splitReason } from "../../../src/alert/message/wording.ts";
import type { Notification } from "../../../src/alert/notification.ts";
import type { AlertState } from "../../../src/alert/state.ts";
import { makePolicy, START } from "../../support/engine-bed.ts";
import { makeAlert, makeGroup, makeMember, makeTold } from "../make.ts";

const MINUTE = 60_000;
const NOW = START + 10 * MINUTE;

const RULES = `
rules:
  - { name: it, description: Something breaks., match: { reason: BackOff } }
  - { name: mute, match: { reason: X } }
  - { name: own, match: { reason: X }, title: "{{ event.reason }} of {{ alert.workload }}", text: "{{ alert.occurrences }} in {{ group.alerts }}" }
  - { name: silent, match: { reason: X }, absent: { within: 26h } }
  - { name: again, match: { reason: X }, text: "{{ event.message }}" }
  - { name: cut, match: { reason: X }, text: "{{ event.message.truncate(9) }}" }
  - { name: broken, match: { reason: X }, title: "{{ 1 / (alert.occurrences - 1) }}", text: "{{ alert.objects[5] }}" }
`;

/** The body that a webhook would get. */
function said(...composed: Parameters<typeof composedOf>): NativeBody {
  return toNativeBody(composedOf(...composed));
}

function composedOf(
  alerts: readonly AlertState[],
  more: Partial<Occasion> = {},
  onTextError: Composing["onTextError"] = () => undefined,
): Notification {
  const { rules } = makePolicy({ rules: RULES });
  return compose(
    {
      id: "n",
      sink: "ops",
      group: makeGroup({ labels: { rule: "it" } }),
      decision: { kind: "firing", trigger: "first" },
      told: undefined,
      alerts,
      ...more,
    },
    { rule: (name) => rules.byName.get(name), facts: { get: () => undefined }, onTextError, now: NOW },
  );
}

const named = (name: string, more: Partial<AlertState> = {}): AlertState =>
  makeAlert(name, {
    labels: { namespace: "shop", workload: `Deployment/${name}`, reason: "BackOff", ...more.labels },
    ...more,
  });
const ended = (
  how: NonNullable<AlertState["resolvedBy"]>["how"],
  more: Partial<AlertState> = {},
): AlertState =>
  named("a", {
    phase: "resolved",
    resolvedAt: NOW,
    resolvedBy: { how, reason: how === "event" ? "Pulled" : "" },
    lastSeenAt: START + 2 * MINUTE,
    quietMs: 15 * MINUTE,
    ...more,
  });
const RESOLVED = { decision: { kind: "resolved", trigger: "all-resolved" } } as const;

describe("the order of alerts", () => {
  it("is news, then the worst, then the longest", () => {
    const alerts = [
      named("told-critical", { severity: "critical" }),
      named("young", { firstSeenAt: START + 5 }),
      named("old", { firstSeenAt: START + 1 }),
      named("info", { severity: "info" }),
      named("critical", { severity: "critical", firstSeenAt: START + 9 }),
    ];
    const notification = said(alerts, { told: makeTold(alerts.slice(0, 1)) });
    expect(notification.alerts.map((alert) => alert.fingerprint)).toEqual([
      "critical",
      "old",
      "young",
      "info",
      "told-critical",
    ]);
    expect([notification.severity, notification.startsAt]).toEqual([
      "critical",
      new Date(START).toISOString(),
    ]);
  });

  it("of objects is the most frequent, then the newest", () => {
    const members = [
      makeMember("a", { occurrences: 2 }),
      makeMember("b", { occurrences: 9 }),
      makeMember("c", { occurrences: 2, lastSeenAt: START + 5 }),
    ];
    const [alert] = said([named("x", { members, membersOmitted: ["1", "2"] })]).alerts;
    expect(alert?.objects.map(({ name }) => name)).toEqual(["b", "c", "a"]);
    expect(alert?.objectsOmitted).toBe(2);
  });
});

describe("bounds", () => {
  const many = Array.from({ length: 130 }, (_, index) => named(`n${index}`, { occurrences: 2 }));
  it("of a notification are a hundred alerts, the rest a number", () => {
    const { alerts, alertsOmitted, occurrences, title } = said(many);
    expect([alerts.length, alertsOmitted, occurrences, title]).toEqual([
      100,
      30,
      260,
      "130 workloads: Something breaks",
    ]);
  });

  it("of a notification are 500 objects, each alert's share with the rest as a number", () => {
    const members = Array.from({ length: 100 }, (_, index) => makeMember(`web-${index}`));
    expect(said([named("a", { members })]).alerts.map(({ objects }) => objects.length)).toEqual([100]);
    const { alerts } = said(
      Array.from({ length: 20 }, (_, index) => named(`n${index}`, { members, membersOmitted: ["x"] })),
    );
    expect(alerts.map(({ objects, objectsOmitted }) => [objects.length, objectsOmitted])).toEqual(
      Array.from({ length: 20 }, () => [25, 76]),
    );
    expect(JSON.stringify(alerts).length).toBeLessThan(1_000_000);
  });

  it("of a text are ten lines, and of a line's words a title", () => {
    const lines = said(many).text.split("\n");
    expect([lines.length, lines[0], lines[10]]).toEqual([
      11,
      "- Back off: Deployment n0 in shop (2 times)",
      "- and 90 more",
    ]);
    expect(said(many.slice(0, 10)).text.split("\n")).toHaveLength(10);
  });

  it("of titles and texts are 300 and 4000 units", () => {
    const long = named("x", {
      labels: { workload: `Pod/${"x".repeat(900)}` },
      event: { ...named("x").event, message: "y".repeat(9000) },
    });
    const { title, text, alerts } = said([long]);
    expect(title).toMatch(/^.+…x+$/u);
    expect([title.length, alerts[0]?.title.length, text.length, alerts[0]?.text.length]).toEqual([
      300, 300, 4000, 4000,
    ]);
  });
});

describe("titles", () => {
  it.each([
    ["2 alerts: Something breaks", [makeMember("x"), makeMember("y")]],
    ["2 pods: Something breaks", [makeMember("x"), makeMember("x", { container: "b" })]],
  ])("say %s of alerts with several members", (title, members) => {
    const pods = ["a", "b"].map((name) => named(name, { labels: { workload: `Pod/${name}` }, members }));
    expect(said(pods).title).toBe(title);
  });

  it.each([
    ["Back off: Deployment a in shop", [named("a")], {}],
    ["2 workloads: Something breaks", [named("a"), named("b")], {}],
    [
      "2 pods: Something breaks",
      ["a", "b"].map((name) => named(name, { labels: { workload: `Pod/${name}` } })),
      {},
    ],
    [
      "2 nodes: Something breaks",
      ["a", "b"].map((name) => named(name, { labels: { workload: `Node/${name}` } })),
      {},
    ],
    [
      "2 workloads: Something breaks",
      [named("a", { labels: { workload: "Pod/a" } }), named("b", { labels: { workload: "Node/b" } })],
      {},
    ],
    ["2 alerts: Something breaks", [named("a"), named("a")], {}],
    [
      "2 workloads: Back off: Deployment a in shop and 1 more",
      [named("a", { rule: "mute" }), named("b", { rule: "mute" })],
      {},
    ],
    [
      "2 workloads: Back off: Deployment a in shop and 1 more",
      [named("a"), named("b", { rule: "mute" })],
      {},
    ],
    [
      "Still: Back off: Deployment a in shop",
      [named("a")],
      { decision: { kind: "repeat", trigger: "repeat" } },
    ],
    [
      "Now more severe: Back off: Deployment a in shop",
      [named("a")],
      { decision: { kind: "update", trigger: "severity" } },
    ],
    [
      "1 more workload (now 2): Something breaks",
      [named("a"), named("b")],
      { decision: { kind: "update", trigger: "new-alert" }, told: makeTold([named("a")]) },
    ],
    [
      "Now more severe: 2 workloads: Something breaks",
      [named("a"), named("b")],
      { decision: { kind: "update", trigger: "severity" }, told: makeTold([named("a")]) },
    ],
    ["Resolved: Back off: Deployment a in shop", [ended("event")], RESOLVED],
    ["Resolved: Back off: Deployment a in shop", [ended("healthy")], RESOLVED],
    ["Deleted: Back off: Deployment a in shop", [ended("deleted")], RESOLVED],
    ["Replaced: Back off: Deployment a in shop", [ended("replaced")], RESOLVED],
    ["Over: 2 alerts: Something breaks", [ended("event"), ended("deleted")], RESOLVED],
    ["No longer watched: Back off: Deployment a in shop", [ended("rule-removed")], RESOLVED],
    ["No longer seen: Back off: Deployment a in shop", [ended("quiet")], RESOLVED],
    ["No longer seen: 2 alerts: Something breaks", [ended("event"), ended("max-age")], RESOLVED],
    [
      "Happened and cleared before it could be delivered: Back off: Deployment a in shop",
      [ended("quiet")],
      { decision: { kind: "resolved", trigger: "cleared-before-delivery" } },
    ],
    [
      "Now reported elsewhere: Back off: Deployment a in shop",
      [named("a")],
      { decision: { kind: "resolved", trigger: "moved" } },
    ],
  ] as const)("%s", (title, alerts, more) => {
    expect(said(alerts, more).title).toBe(title);
  });

  it.each([
    ["FailedMount", "Failed mount"],
    ["NodeNotReady", "Node not ready"],
    ["SystemOOM", "System OOM"],
    ["FailedCreatePodSandBox", "Failed create pod sand box"],
    ["OOMKilling", "OOM killing"],
    ["custom-reason", "custom-reason"],
    ["", ""],
  ])("read %s as %s", (reason, words) => {
    expect(splitReason(reason)).toBe(words);
  });
});

describe("ends", () => {
  it.each([
    ["event", "Ended after 10 min: Pulled seen."],
    ["deleted", "Ended after 10 min: object deleted."],
    ["replaced", "Ended after 10 min: replaced by others."],
    ["rule-removed", "Closed after 10 min: its rule was removed."],
    ["quiet", "Last seen after 2 min: quiet for 15 min."],
    ["max-age", "Last seen after 2 min: no longer tracked, it has not been seen for too long."],
  ] as const)("by %s say so: %s", (how, text) => {
    const notification = said([ended(how)], RESOLVED);
    expect([notification.text, notification.status, notification.endsAt]).toEqual([
      text,
      "resolved",
      new Date(NOW).toISOString(),
    ]);
    expect(notification.alerts[0]).toMatchObject({
      status: "resolved",
      resolvedBy: { how },
      endsAt: new Date(NOW).toISOString(),
    });
  });

  it("of several stand above their titles, each way once", () => {
    const { text } = said([ended("event"), ended("event"), ended("deleted")], RESOLVED);
    expect(text.split("\n")).toEqual([
      "Ended after 10 min: Pulled seen, object deleted.",
      "- Back off: Deployment a in shop (once, over after 10 min)",
      "- Back off: Deployment a in shop (once, over after 10 min)",
      "- Back off: Deployment a in shop (once, gone after 10 min)",
    ]);
  });

  it("by state say what was seen, and since when", () => {
    const resolvedBy = { how: "healthy", reason: "", what: "3 of 3 pods ready" } as const;
    const alert = ended("healthy", { resolvedBy, endedAt: START + 98_000 });
    const { text, endsAt } = said([alert], RESOLVED);
    expect([text, endsAt]).toEqual([
      "Ended after 1 min 38 s: 3 of 3 pods ready since 10:01:38Z.",
      "2026-06-01T10:01:38.000Z",
    ]);
  });

  it("of a workload that was scaled to nothing are neither a recovery nor a deletion", () => {
    const resolvedBy = { how: "deleted", reason: "", what: "scaled to 0" } as const;
    const { title, text } = said([ended("deleted", { resolvedBy })], RESOLVED);
    expect([title, text]).toEqual([
      "Over: Back off: Deployment a in shop",
      "Ended after 10 min: scaled to 0.",
    ]);
  });

  it("of which only the time of a look is known say so", () => {
    const resolvedBy = { how: "deleted", reason: "", atLatest: true } as const;
    const { text, alerts } = said([ended("deleted", { resolvedBy })], RESOLVED);
    expect([text, alerts[0]?.resolvedBy?.atLatest]).toEqual([
      "Ended after 10 min at the latest: object deleted.",
      true,
    ]);
  });

  it("of several lasted from the first to the last of them", () => {
    const two = [
      ended("quiet"),
      ended("quiet", {
        firstSeenAt: START + MINUTE,
        lastSeenAt: START + 5 * MINUTE,
        resolvedAt: NOW - MINUTE,
        quietMs: MINUTE,
      }),
    ];
    expect(said(two, RESOLVED)).toMatchObject({
      endsAt: new Date(NOW).toISOString(),
      startsAt: new Date(START).toISOString(),
    });
    expect(said(two, RESOLVED).text).toMatch(/^Last seen after 5 min: quiet for 15 min\.$/mu);
    const proven = [ended("event"), ended("event", { resolvedAt: NOW - MINUTE })];
    expect(said(proven, RESOLVED).text).toMatch(/^Ended after 10 min: /u);
  });

  it("that are a move keep the alert's own text", () => {
    expect(said([named("a")], { decision: { kind: "resolved", trigger: "moved" } }).text).toBe(
      "Back-off restarting failed container",
    );
  });

  it("are none while it fires", () => {
    expect(said([named("a")])).toMatchObject({
      version: "1",
      test: false,
      status: "firing",
      endsAt: null,
      text: "Back-off restarting failed container",
    });
    expect(said([named("a")]).alerts[0]).toMatchObject({ status: "firing", endsAt: null, resolvedBy: null });
  });
});

describe("the parts of a text", () => {
  const message = "Back-off restarting failed container";
  const built = (builtIn: unknown) => ({ own: "", builtIn, note: "" });
  const text = (alerts: readonly AlertState[], more?: Partial<Occasion>) => composedOf(alerts, more).text;

  it("tell a rule's words from the event's", () => {
    expect(text([named("a", { rule: "own" })])).toEqual({ own: "1 in 1", builtIn: "", note: "" });
    expect(text([named("a")])).toEqual(built(message));
    expect(text([named("a", { rule: "again" })])).toEqual(built(message));
    expect(text([named("a", { rule: "cut" })])).toEqual(built("Back-off…"));
  });

  it("are Tocsin's own for several alerts, and for an end, whatever the rule says", () => {
    const own = { rule: "own" };
    expect(text([named("a", own), named("b", own)])).toEqual(built(expect.stringContaining("- BackOff of")));
    expect(text([ended("event", own)], RESOLVED)).toEqual(built("Ended after 10 min: Pulled seen."));
  });

  it("have a note beside either in a group that flaps", () => {
    const flapping = { decision: { kind: "firing", trigger: "flapping" } } as const;
    const note = expect.stringMatching(/^It comes and goes/u);
    expect(text([named("a")], flapping)).toEqual({ ...built(message), note });
    expect(text([named("a", { rule: "own" })], flapping)).toEqual({ own: "1 in 1", builtIn: "", note });
    expect(said([named("a"), named("b")], flapping).text.split("\n")).toEqual([
      expect.stringMatching(/^- /u),
      expect.stringMatching(/^- /u),
      note,
    ]);
  });
});

describe("a rule's own words", () => {
  it("of a rule about what does not occur say so where the rule has no title", () => {
    expect(said([named("a", { rule: "silent" })]).title).toBe(
      "Not seen for 1 d 2 h: Back off: Deployment a in shop",
    );
  });

  it("see event, alert and group", () => {
    const { title, text } = said([named("a", { rule: "own", occurrences: 7 })]);
    expect([title, text]).toEqual(["BackOff of Deployment/a", "7 in 1"]);
  });

  it("give way to the built-in ones when they fail, and that is said", () => {
    const errors: string[] = [];
    const { title, text } = said([named("a", { rule: "broken" })], {}, (rule, stage) =>
      errors.push(`${rule} ${stage}`),
    );
    expect([title, text]).toEqual(["Back off: Deployment a in shop", "Back-off restarting failed container"]);
    expect(errors).toEqual(["broken title", "broken text"]);
  });

  it("are the built-in ones for a rule that is gone", () => {
    expect(said([named("a", { rule: "gone" })]).title).toBe("Back off: Deployment a in shop");
  });

  it("bring the links of the first alert", () => {
    const linked = named("a", { runbook: "https://r.example/", dashboard: "https://d.example/" });
    expect(said([linked, named("b")]).links).toEqual({
      runbook: "https://r.example/",
      dashboard: "https://d.example/",
      silence: null,
      alert: null,
    });
  });
});

describe("notes", () => {
  const noteOf = (...composed: Parameters<typeof composedOf>): string => composedOf(...composed).text.note;

  it("say that a problem comes and goes, and the title too", () => {
    const comings = { times: 7, since: NOW - 40 * MINUTE, longestMs: 45_000 };
    expect(composedOf([named("a", { comings })])).toMatchObject({
      title: "Comes and goes: Back off: Deployment a in shop",
      text: { note: "It comes and goes: 7 times in 40 min, the longest 45 s." },
    });
  });

  it("say what the state of the objects confirms", () => {
    const decision = { kind: "repeat", trigger: "repeat" } as const;
    expect(noteOf([named("a")], { decision, isConfirmed: true })).toBe("Still so according to its status.");
    expect(noteOf([named("a")], { decision })).toBe("");
  });
});
