import { describe, expect, it } from "vitest";

import type { EndedAlert } from "../../src/alert/index.ts";
import { EngineBed, type EventSketch, makePolicy, START } from "../support/engine-bed.ts";

const MINUTE = 60;

const RULES = `
rules:
  - name: crash
    description: A container keeps crashing.
    match: { reason: BackOff }
    resolve: { by: [{ reason: Pulled, same: [object] }], quiet: 15m }
  - { name: often, match: { reason: Unhealthy }, threshold: { count: 3, within: 10m } }
  - name: lasting
    match: { reason: NotReady }
    for: 5m
    resolve: { by: [{ reason: Ready, same: [object] }], quiet: 3d }
  - { name: point, match: { reason: Once }, lifecycle: point }
`;

type Options = Partial<ConstructorParameters<typeof EngineBed>[0]>;

const bed = (more: Options = {}): EngineBed => new EngineBed({ rules: RULES, ...more });
const event = (reason: string, object = "shop/Pod/web-1"): EventSketch => ({ reason, object });
const pulled = (object?: string): EventSketch => ({ ...event("Pulled", object), type: "Normal" });

const endedIn = ({ changes }: EngineBed): readonly EndedAlert[] => changes.flatMap(({ ended }) => ended);

/** `rule how seconds told reason` of each. */
function historyOf(story: EngineBed): readonly string[] {
  return endedIn(story).map(({ alert, resolvedAt, told, reason }) => {
    const who = told.length > 0 ? `told ${told.join(",")}` : `nobody: ${reason}`;
    return `${alert.rule} ${alert.resolvedBy?.how ?? "-"} ${(resolvedAt - START) / 1000} ${who}`;
  });
}

describe("the history of ended alerts", () => {
  it("has an alert when it is forgotten, with the words of its last message and who was told", () => {
    const story = bed()
      .at(0, event("BackOff"))
      .at(MINUTE, pulled())
      .until(30 * MINUTE);
    expect(historyOf(story)).toEqual(["crash event 60 told ops"]);
    const [ended] = endedIn(story);
    const last = story.messages.at(-1)?.notification.alerts[0];
    expect(ended?.alert).toEqual(last);
    expect(ended).toMatchObject({ firstSeenAt: START, firedAt: START, resolvedAt: START + 60_000 });
    const changes = story.changes.find(({ ended: rows }) => rows.length > 0);
    expect(changes?.entities.forget).toContainEqual({ kind: "alert", key: ended?.alert.fingerprint });
  });

  it("gives each end an id of its own", () => {
    const story = bed();
    for (const hour of [0, 1, 2]) story.at(hour * 3600, event("BackOff")).at(hour * 3600 + MINUTE, pulled());
    story.until(4 * 3600);
    const ended = endedIn(story);
    expect(ended).toHaveLength(3);
    expect(new Set(ended.map(({ id }) => id)).size).toBe(3);
    expect(new Set(ended.map(({ alert }) => alert.fingerprint)).size).toBe(1);
  });

  it("has alerts that ended before anybody was told, and why nobody was", () => {
    const story = bed()
      .at(0, event("BackOff"))
      .at(10, pulled())
      .until(30 * MINUTE);
    expect(story.messages).toEqual([]);
    expect(historyOf(story)).toEqual(["crash event 10 nobody: cleared_before_notice"]);
  });

  it("has alerts that never fired", () => {
    const story = bed()
      .at(0, event("Unhealthy"), event("NotReady"))
      .at(MINUTE, { ...event("Ready"), type: "Normal" })
      .until(30 * MINUTE);
    expect(historyOf(story)).toEqual([
      "lasting event 60 nobody: cleared_before_notice",
      "often - 600 nobody: threshold",
    ]);
    expect(endedIn(story).map(({ firedAt, alert }) => [firedAt, alert.status])).toEqual([
      [undefined, "resolved"],
      [undefined, "resolved"],
    ]);
  });

  it("says what held an alert back for all its time", () => {
    const untilResolved = "[{ name: night, match: { namespace: shop }, comment: x, untilResolved: true }]";
    const muted = "{ sinks: [ops], mute: [always] }";
    const always = "always: { zone: UTC, times: ['00:00-24:00'] }";
    const milder = [{ name: "ops", minSeverity: "critical" as const }];
    const story = (options: Options): readonly string[] =>
      historyOf(
        bed(options)
          .at(0, event("BackOff"))
          .at(5 * MINUTE, pulled())
          .until(30 * MINUTE),
      );
    const silences = untilResolved.replace("untilResolved: true", "until: 2100-01-01T00:00:00Z");
    expect(story({ silences })).toEqual(["crash event 300 nobody: silence"]);
    expect(story({ silences: untilResolved })).toEqual(["crash event 300 nobody: silence"]);
    expect(story({ route: muted, timeIntervals: always })).toEqual(["crash event 300 nobody: mute"]);
    expect(story({ sinks: milder })).toEqual(["crash event 300 nobody: min_severity"]);
  });

  it("says that no sink was to hear of it", () => {
    const story = bed();
    story.step({ kind: "policy", policy: { ...makePolicy({ rules: RULES }), route: undefined } });
    story.at(0, event("BackOff")).at(MINUTE, pulled());
    expect(historyOf(story)).toEqual(["crash event 60 nobody: no_sink"]);
  });

  it("has alerts whose rule was removed, fired or not", () => {
    const story = bed()
      .at(0, event("BackOff"), event("NotReady"))
      .until(2 * MINUTE);
    story.step({ kind: "policy", policy: makePolicy({ rules: "rules: []" }) });
    story.until(30 * MINUTE);
    expect(historyOf(story).toSorted()).toEqual([
      "crash rule-removed 120 told ops",
      "lasting rule-removed 120 nobody: threshold",
    ]);
  });

  it("has points when their time is over", () => {
    const story = bed()
      .at(0, event("Once"))
      .until(25 * 3600);
    const [ended] = historyOf(story);
    expect(ended).toMatch(/^point max-age \d+ told ops$/u);
  });

  it("does not have an alert that goes on under another name, or fires again", () => {
    const story = bed().at(0, event("BackOff", "shop/Pod/web-1"));
    story.step({
      kind: "occurrences",
      occurrences: [],
      learned: [{ object: "test/Pod/shop/web-1", owners: ["Deployment/web"] }],
    });
    story.until(2 * MINUTE);
    expect(historyOf(story)).toEqual([]);
    expect(story.messages.map(({ title }) => title)).toEqual(["Back off: Deployment web in shop"]);
  });

  it("knows which receivers had accepted a message, and which messages were still to be accepted", () => {
    const story = bed({
      sinks: [{ name: "ops" }, { name: "chat" }],
      route: "{ sinks: [ops, chat], groupWait: 30s }",
    });
    story.delivers = false;
    story.at(0, event("BackOff")).until(MINUTE);
    const [toChat, toOps] = story.messages
      .map(({ delivery }) => delivery)
      .toSorted((a, b) => (a.sink < b.sink ? -1 : 1));
    if (toOps !== undefined) story.outcome(toOps, "delivered");
    story.at(2 * MINUTE, pulled()).until(30 * MINUTE);
    expect(endedIn(story)).toMatchObject([
      {
        told: ["ops"],
        unaccepted: [{ sink: "chat", groupKey: toChat?.groupKey, deliveryId: toChat?.id }],
        reason: "not_accepted",
      },
    ]);
  });

  it("remembers a message that became a dead letter", () => {
    const story = bed();
    story.delivers = false;
    story.at(0, event("BackOff")).until(MINUTE);
    const [delivery] = story.messages.map((message) => message.delivery);
    if (delivery !== undefined) story.outcome(delivery, "dead");
    story.at(2 * MINUTE, pulled()).until(30 * MINUTE);
    expect(endedIn(story)).toMatchObject([
      { told: [], unaccepted: [{ sink: "ops", deliveryId: delivery?.id }], reason: "not_accepted" },
    ]);
  });

  it("keeps who was told over a restart, and over a reload that routes it elsewhere", () => {
    const sinks = [{ name: "ops" }, { name: "chat" }];
    const story = bed({ sinks, route: "{ name: r, sinks: [ops] }" })
      .at(0, event("BackOff"))
      .until(2 * MINUTE);
    story.step({
      kind: "policy",
      policy: makePolicy({ rules: RULES, sinks, route: "{ name: other, sinks: [chat] }" }),
    });
    story.until(5 * MINUTE).restart();
    story.at(6 * MINUTE, pulled()).until(30 * MINUTE);
    expect(endedIn(story).map(({ told }) => told.toSorted())).toEqual([["chat", "ops"]]);
  });

  it("is told of digests that name an alert which came and went", () => {
    const hourly = { next: (now: number) => START + (Math.floor((now - START) / 3_600_000) + 1) * 3_600_000 };
    const story = bed({ sinks: [{ name: "ops", digest: hourly }] })
      .at(0, event("BackOff"))
      .at(5 * MINUTE, pulled())
      .until(2 * 3600);
    const [ended] = endedIn(story);
    expect(ended).toMatchObject({ told: [], unaccepted: [] });
    const [digest] = story.messages;
    expect(digest?.kind).toBe("digest");
    expect(story.changes.flatMap(({ lateNews }) => lateNews)).toEqual([
      { fingerprint: ended?.alert.fingerprint, sink: "ops", deliveryId: digest?.delivery.id },
    ]);
  });
});

describe("the counts of activity", () => {
  it("are those since the begin of a half hour, for each rule and severity", () => {
    const story = bed()
      .at(0, event("BackOff"), event("Unhealthy"))
      .at(MINUTE, event("BackOff"))
      .at(31 * MINUTE, event("BackOff"));
    expect(story.changes.flatMap(({ activity }) => activity).map(rowOf)).toEqual([
      "0 crash warning 1 1",
      "0 often warning 0 1",
      "0 crash warning 1 2",
      "30 crash warning 1 1",
    ]);
  });
});

function rowOf({
  bucket,
  rule,
  severity,
  opened,
  occurrences,
}: {
  readonly bucket: number;
  readonly rule: string;
  readonly severity: string;
  readonly opened: number;
  readonly occurrences: number;
}): string {
  return `${(bucket - START) / 60_000} ${rule} ${severity} ${opened} ${occurrences}`;
}
