import { describe, expect, it } from "vitest";

import { EngineBed, type EventSketch } from "../../support/engine-bed.ts";

const MINUTE = 60;
const HOUR = 3600;

const RULES = `
rules:
  - name: pull
    description: A container image cannot be pulled.
    match: { reason: BackOff }
    severity: warning
    resolve: { by: [{ reason: Pulled, same: [object] }], quiet: 10h }
`;

function bed(more: Partial<ConstructorParameters<typeof EngineBed>[0]> = {}): EngineBed {
  return new EngineBed({
    rules: RULES,
    route: "{ sinks: [ops], groupBy: [rule, cluster, namespace], groupInterval: 1m, repeatInterval: 4h }",
    ...more,
  });
}

const of = (index: number): Pick<EventSketch, "object" | "owners"> => ({
  object: `shop/Pod/w${index}-x`,
  owners: [`Deployment/w${index}`],
});
const fails = (index: number): EventSketch => ({ ...of(index), reason: "BackOff" });
const pulled = (index: number): EventSketch => ({ ...of(index), reason: "Pulled", type: "Normal" });

const told = (story: EngineBed): readonly string[] =>
  story.messages.map(({ at, kind, trigger, title }) => `${at} ${kind}/${trigger} ${title}`);

/** The workloads that a message names as ended, each with the second of its end. */
const endedIn = (story: EngineBed, index: number): readonly string[] =>
  (story.messages[index]?.delivery.notification.alerts ?? []).flatMap(({ status, labels, endsAt }) =>
    status === "resolved" ? [`${labels["workload"]} ${endsAt?.slice(11, 19)}`] : [],
  );

describe("a group of which a part ends", () => {
  it("S8: makes three messages when 15 workloads recover one by one over 20 minutes, and the last names all", () => {
    const all = Array.from({ length: 15 }, (_, index) => index);
    const story = bed().at(0, ...all.map(fails));
    for (const index of all) story.at(5 * MINUTE + index * 80, pulled(index));
    story.until(HOUR);
    expect(story.messages.length).toBeLessThanOrEqual(3);
    const last = story.messages.length - 1;
    expect(story.messages[last]?.title).toBe("Resolved: 15 workloads: A container image cannot be pulled");
    expect(endedIn(story, last)).toHaveLength(15);
    expect(endedIn(story, last)).toContain("Deployment/w1 10:06:20");
  });

  it("tells the ends together, when they have waited for 20 minutes, and the rest with the end of all", () => {
    const story = bed().at(0, fails(1), fails(2), fails(3), fails(4));
    story
      .at(5 * MINUTE, pulled(1))
      .at(7 * MINUTE, pulled(2))
      .at(60 * MINUTE, pulled(3), pulled(4));
    story.until(2 * HOUR);
    expect(told(story)).toEqual([
      "30 firing/first 4 workloads: A container image cannot be pulled",
      "1500 update/ended-in-part Resolved for 2 of 4 workloads (2 go on): A container image cannot be pulled",
      "3630 resolved/all-resolved Resolved: 4 workloads: A container image cannot be pulled",
    ]);
    expect(story.messages[1]?.delivery.notification.text.note).toBe(
      "Ended meanwhile: Deployment/w1 in shop (over after 5 min), Deployment/w2 in shop (over after 7 min).",
    );
  });

  it("names the ends with its next message", () => {
    const story = bed()
      .at(0, fails(1), fails(2))
      .at(5 * MINUTE, pulled(1))
      .at(8 * MINUTE, fails(3));
    story.until(HOUR);
    expect(told(story)).toEqual([
      "30 firing/first 2 workloads: A container image cannot be pulled",
      "510 update/new-alert 1 more workload (now 2): A container image cannot be pulled",
    ]);
    expect(endedIn(story, 1)).toEqual(["Deployment/w1 10:05:00"]);
  });

  it("tells of one that begins anew after its end was told", () => {
    const story = bed()
      .at(0, fails(1), fails(2))
      .at(5 * MINUTE, pulled(1))
      .at(40 * MINUTE, fails(1));
    story.until(HOUR);
    expect(told(story).slice(1)).toEqual([
      "1500 update/ended-in-part Resolved for 1 of 2 workloads (1 goes on): A container image cannot be pulled",
      "2430 update/again Again: Back off: Deployment w1 in shop",
    ]);
  });

  it("does not tell what the sink does not want", () => {
    const sinks = [{ name: "ops", sendResolved: false as const }];
    const story = bed({ sinks })
      .at(0, fails(1), fails(2))
      .at(5 * MINUTE, pulled(1))
      .until(2 * HOUR);
    expect(told(story)).toHaveLength(1);
    expect([...story.engine.alerts()]).toHaveLength(1);
  });

  it("names an end again when the message that named it was replaced before it was sent", () => {
    const story = bed()
      .at(0, fails(1), fails(2))
      .at(5 * MINUTE, pulled(1));
    story.delivers = false;
    story.at(8 * MINUTE, fails(3)).until(10 * MINUTE);
    story.at(11 * MINUTE, fails(4)).until(15 * MINUTE);
    expect([endedIn(story, 1), endedIn(story, 2)]).toEqual([
      ["Deployment/w1 10:05:00"],
      ["Deployment/w1 10:05:00"],
    ]);
  });

  it("keeps what it told over a restart", () => {
    const story = bed()
      .at(0, fails(1), fails(2))
      .at(5 * MINUTE, pulled(1))
      .until(30 * MINUTE);
    story
      .restart()
      .at(60 * MINUTE, pulled(2))
      .until(2 * HOUR);
    expect(endedIn(story, 2)).toHaveLength(2);
    expect(story.messages).toHaveLength(3);
  });

  it("sends its last end soon after its last message", () => {
    const story = bed().at(0, fails(1)).at(40, pulled(1)).until(HOUR);
    expect(told(story).at(-1)).toMatch(/^70 resolved/u);
  });
});

describe("a CronJob whose Jobs fail", () => {
  const job = (index: number): EventSketch => ({
    reason: "BackoffLimitExceeded",
    object: `ops/Job/backup-${index}`,
    component: "job-controller",
    owners: ["CronJob/backup"],
  });
  const rules = `rules: [{ name: job, match: { reason: BackoffLimitExceeded }, severity: warning, lifecycle: point, resolve: { when: complete } }]`;

  it("is told of the second, the fourth and the eighth failure in a row", () => {
    const story = bed({ rules });
    for (let index = 1; index <= 10; index++) story.at(index * 5 * MINUTE, job(index));
    story.until(HOUR - 1);
    expect(story.messages.map(({ at, trigger, occurrences }) => [at, trigger, occurrences])).toEqual([
      [330, "first", 1],
      [630, "failed-again", 2],
      [1230, "failed-again", 4],
      [2430, "failed-again", 8],
    ]);
  });

  it("is told of the second failure in a row, and not of the same one again", () => {
    const story = bed({ rules })
      .at(0, job(1))
      .at(5 * MINUTE, { ...job(1), name: "again" });
    story.at(20 * MINUTE, job(2)).until(50 * MINUTE);
    expect(told(story)).toEqual([
      "30 firing/first Backoff limit exceeded: CronJob backup in ops",
      "1230 update/failed-again Failed again: Backoff limit exceeded: CronJob backup in ops",
    ]);
    expect(story.messages[1]?.delivery.notification.alerts[0]?.objects).toHaveLength(2);
  });
});
