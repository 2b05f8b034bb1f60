import { describe, expect, it } from "vitest";

import type { AlertState } from "../../src/alert/index.ts";
import { type BedOptions, EngineBed, type EventSketch, START } from "../support/engine-bed.ts";
import { deploymentBody, jobBody, nodeBody, podBody } from "../support/object-bodies.ts";
import { ObjectStates } from "../support/object-states.ts";

const RULES = `
rules:
  - { name: image, match: { reason: Failed }, severity: warning, resolve: { when: started, quiet: 10m } }
  - { name: short, match: { reason: Short }, severity: warning, resolve: { when: available, quiet: 10m } }
  - { name: crash, match: { reason: BackOff }, severity: warning, resolve: { when: stable, quiet: 10m } }
  - { name: ready, match: { reason: Unhealthy }, severity: warning, resolve: { when: ready, quiet: 10m } }
  - { name: node, match: { reason: NodeNotReady }, severity: warning, lifecycle: transition, resolve: { when: nodeReady } }
  - { name: job, match: { reason: BackoffLimitExceeded }, severity: warning, lifecycle: point, resolve: { when: complete } }
  - { name: own, match: { reason: Odd }, severity: warning, resolve: { quiet: 10m } }
`;

const WEB = "shop/Pod/web-1";
const FAILED: EventSketch = { reason: "Failed", object: WEB, uid: "e1", objectUid: "uid-1" };
const DEPLOYMENT = "shop/Deployment/web";
const SHORT: EventSketch = { reason: "Short", object: DEPLOYMENT, uid: "e1", objectUid: "uid-1" };
const LACKING = deploymentBody({ ready: 0 });
const OF_WEB = { owners: ["ReplicaSet/web-7f", "Deployment/web"] };

function makeBed(options: Partial<BedOptions> = {}) {
  const states = new ObjectStates();
  const bed = new EngineBed({ rules: RULES, route: "{ sinks: [ops], groupWait: 10s }", states, ...options });
  return { states, bed };
}

function onlyAlert(bed: EngineBed): AlertState | undefined {
  const alerts = [...bed.engine.alerts()];
  expect(alerts.length).toBeLessThanOrEqual(1);
  return alerts[0];
}

/** The ends of alerts that dispatch was told of, as `second rule`. */
function endsOf(bed: EngineBed): readonly string[] {
  return bed.transitions.filter((transition) => transition.endsWith("resolved"));
}

/** Runs until the alert is over, and gives its last state. */
function untilOver(bed: EngineBed, last: number): { readonly at: number; readonly alert: AlertState } {
  for (let second = bed.now; second <= last; second++) {
    bed.until(second);
    const alert = onlyAlert(bed);
    if (alert?.phase === "resolved") return { at: second, alert };
  }
  throw new Error(`still open after ${last} s`);
}

describe("an alert that its state ends", () => {
  it("is over when the proof has lasted for a minute, and ended when it began", () => {
    const { bed, states } = makeBed();
    states.set(0, DEPLOYMENT, LACKING).set(100, DEPLOYMENT, deploymentBody({ available: 100 }));
    bed.at(0, SHORT);
    const { at, alert } = untilOver(bed, 300);
    expect(at).toBe(160);
    expect(alert.resolvedBy).toEqual({ how: "healthy", reason: "", what: "Deployment ready" });
    expect(alert.endedAt).toBe(START + 100_000);
  });

  it("is over sooner by a proof that does not come and go: a container that started has its image", () => {
    const { bed, states } = makeBed();
    states.set(0, WEB, podBody()).set(118, WEB, podBody({ running: 118 }));
    bed.at(0, FAILED);
    const { at, alert } = untilOver(bed, 300);
    expect([at, alert.endedAt]).toEqual([133, START + 118_000]);
    expect(alert.resolvedBy).toEqual({ how: "healthy", reason: "", what: "pod started" });
  });

  it("goes on when the proof did not last", () => {
    const { bed, states } = makeBed();
    states
      .set(0, DEPLOYMENT, LACKING)
      .set(100, DEPLOYMENT, deploymentBody({ available: 100 }))
      .set(130, DEPLOYMENT, LACKING);
    bed.at(0, SHORT).until(590);
    expect(onlyAlert(bed)).toMatchObject({ phase: "firing", well: undefined });
  });

  it("is deleted when its object is gone, at the latest when somebody looked", () => {
    const { bed, states } = makeBed();
    states.set(0, WEB, podBody()).set(100, WEB, "gone");
    bed.at(0, FAILED);
    const { at, alert } = untilOver(bed, 300);
    expect(alert.resolvedBy).toEqual({ how: "deleted", reason: "", atLatest: true });
    expect(alert.endedAt).toBe(START + (at - 60) * 1000);
    expect(at - 60).toBeLessThanOrEqual(130);
  });

  it("ended when its deletion was due, if a look saw that", () => {
    const { bed, states } = makeBed();
    states
      .set(0, WEB, podBody())
      .set(90, WEB, podBody({ deleted: 120 }))
      .set(121, WEB, "gone");
    bed.at(0, FAILED);
    const { at, alert } = untilOver(bed, 300);
    expect(alert.resolvedBy).toEqual({ how: "deleted", reason: "" });
    expect([at, alert.endedAt]).toEqual([180, START + 120_000]);
  });

  it.each([
    ["gone long before its deletion was due", "gone" as const, "deleted", 60],
    ["well since a time after the look", podBody({ running: 3700 }), "healthy", 15],
  ])("ended at the latest when somebody looked, if the object is %s", (_what, later, how, hold) => {
    const { bed, states } = makeBed();
    states
      .set(0, WEB, podBody())
      .set(90, WEB, podBody({ deleted: 1000 }))
      .set(130, WEB, later);
    bed.at(0, FAILED);
    const { at, alert } = untilOver(bed, 999);
    expect(alert.resolvedBy).toMatchObject({ how, atLatest: true });
    expect(alert.endedAt).toBe(START + (at - hold) * 1000);
  });

  it.each([
    ["of another uid than a look saw before", podBody({ uid: "uid-2" }), "replaced"],
    ["that is younger than the last occurrence", podBody({ uid: "uid-2", created: 60 }), "replaced"],
  ])("is replaced by an object %s", (_what, body, how) => {
    const { bed, states } = makeBed();
    states.set(0, WEB, podBody()).set(100, WEB, body);
    bed.at(0, FAILED);
    expect(untilOver(bed, 300).alert.resolvedBy).toMatchObject({ how });
  });

  it.each([
    ["is a mirror of a static pod", FAILED, podBody({ uid: "uid-2", mirrorOf: "h", created: 60 })],
    ["had no uid in its Events", { ...FAILED, objectUid: "" }, podBody({ uid: "uid-2" })],
    ["had its name for a uid", { ...FAILED, objectUid: "web-1" }, podBody({ uid: "uid-2" })],
  ])("is not replaced by a pod that %s", (_what, event, body) => {
    const { bed, states } = makeBed();
    states.set(0, WEB, podBody({ mirrorOf: "h" })).set(100, WEB, body);
    bed.at(0, event).until(400);
    expect(onlyAlert(bed)).toMatchObject({ phase: "firing", well: undefined });
  });

  it("is not deleted when nothing ever proved that its object existed", () => {
    const { bed, states } = makeBed();
    states.set(0, WEB, "gone");
    bed.at(0, { ...FAILED, objectUid: "" }).until(400);
    expect(onlyAlert(bed)?.phase).toBe("firing");
    expect(bed.messages).toHaveLength(1);
  });

  it("is not over by a look that is older than its newest occurrence", () => {
    const { bed, states } = makeBed();
    states.set(0, WEB, podBody());
    bed.at(0, FAILED).until(60);
    bed.answers = false;
    bed.at(100, FAILED);
    const late = { object: "test/Pod/shop/web-1", at: START + 99_000, found: "gone" as const };
    bed.step({ kind: "facts", facts: [late] });
    bed.until(500);
    expect(onlyAlert(bed)).toMatchObject({ phase: "firing", well: undefined });
  });

  it("is not over after a restart before somebody has looked", () => {
    const { bed, states } = makeBed();
    states
      .set(0, DEPLOYMENT, LACKING)
      .set(100, DEPLOYMENT, deploymentBody({ available: 100 }))
      .set(150, DEPLOYMENT, LACKING);
    bed.at(0, SHORT).until(140);
    expect(onlyAlert(bed)?.well).toBeDefined();
    bed.answers = false;
    bed.restart().until(300);
    expect(onlyAlert(bed)?.phase).toBe("firing");
    bed.answers = true;
    bed.until(400);
    expect(onlyAlert(bed)).toMatchObject({ phase: "firing", well: undefined });
  });

  it("is over after a restart when a look shows that it still is", () => {
    const { bed, states } = makeBed();
    states.set(0, DEPLOYMENT, LACKING).set(100, DEPLOYMENT, deploymentBody({ available: 100 }));
    bed.at(0, SHORT).until(140).restart();
    const { at, alert } = untilOver(bed, 300);
    expect([at, alert.endedAt]).toEqual([160, START + 100_000]);
  });

  it("is left to quiet when its state cannot be read any more", () => {
    const { bed, states } = makeBed();
    states.set(0, DEPLOYMENT, LACKING).set(100, DEPLOYMENT, deploymentBody({ available: 100 }));
    bed.at(0, SHORT).until(140);
    bed.answers = false;
    bed.restart();
    expect(untilOver(bed, 1200).alert.resolvedBy?.how).toBe("quiet");
  });

  it("loses the sign of an end when its rule demands another proof", () => {
    const { bed, states } = makeBed();
    states.set(0, DEPLOYMENT, LACKING).set(100, DEPLOYMENT, deploymentBody({ available: 100 }));
    bed.at(0, SHORT).until(130);
    expect(onlyAlert(bed)?.well).toBeDefined();
    bed.reload({ rules: RULES.replaceAll("when: available", "when: ready") });
    expect(onlyAlert(bed)?.well).toBeUndefined();
    bed.until(400);
    expect(onlyAlert(bed)?.phase).toBe("firing");
  });

  it("is told an end sooner for a Node", () => {
    const { bed, states } = makeBed();
    states.set(0, "/Node/n1", nodeBody(undefined)).set(100, "/Node/n1", nodeBody(100));
    bed.at(0, { reason: "NodeNotReady", object: "/Node/n1" });
    const { at, alert } = untilOver(bed, 300);
    expect(at).toBe(130);
    expect(alert.resolvedBy).toMatchObject({ how: "healthy", what: "node ready" });
  });

  it("ends after a crash loop when the container ran for long enough", () => {
    const { bed, states } = makeBed();
    const BACK_OFF = { ...FAILED, reason: "BackOff", container: "app" };
    states.set(0, WEB, podBody()).set(100, WEB, podBody({ running: 100, ready: 101 }));
    bed.at(0, BACK_OFF);
    const { at, alert } = untilOver(bed, 400);
    expect(at).toBeGreaterThanOrEqual(160);
    expect(alert.endedAt).toBe(START + 100_000);
  });

  it("is over for a failed Job only by a later success of its CronJob", () => {
    const { bed, states } = makeBed();
    const success = (at: number) => ({
      metadata: { uid: "c" },
      status: { lastSuccessfulTime: new Date(START + at * 1000).toISOString() },
    });
    states.set(0, "shop/Job/report-1", jobBody(undefined)).set(40, "shop/Job/report-1", "gone");
    states.set(0, "shop/CronJob/report", success(-60)).set(5000, "shop/CronJob/report", success(5000));
    bed.at(0, {
      reason: "BackoffLimitExceeded",
      object: "shop/Job/report-1",
      component: "job-controller",
      objectUid: "uid-job",
      owners: ["CronJob/report"],
    });
    bed.until(4990);
    expect(onlyAlert(bed)?.phase).toBe("firing");
    bed.until(5200);
    expect(endsOf(bed)).toEqual(["job resolved"]);
  });
});

describe("a failed Job", () => {
  const FAILED_JOB: EventSketch = {
    reason: "BackoffLimitExceeded",
    object: "shop/Job/report",
    component: "job-controller",
    objectUid: "uid-job",
  };

  it("is over when another one of its name is complete", () => {
    const { bed, states } = makeBed();
    states.set(0, "shop/Job/report", jobBody(undefined)).set(60, "shop/Job/report", "gone");
    states.set(90, "shop/Job/report", jobBody(undefined, "uid-next"));
    states.set(150, "shop/Job/report", jobBody(150, "uid-next"));
    bed.at(0, FAILED_JOB).until(149);
    expect(onlyAlert(bed)).toMatchObject({ phase: "firing", well: undefined });
    const { alert } = untilOver(bed, 400);
    expect(alert.resolvedBy).toMatchObject({ how: "healthy", what: "Job complete" });
    expect(alert.endedAt).toBe(START + 150_000);
  });

  it("is not over by another one of its name that runs, or has failed", () => {
    const { bed, states } = makeBed();
    states.set(0, "shop/Job/report", jobBody(undefined));
    states.set(60, "shop/Job/report", jobBody(undefined, "uid-next"));
    bed.at(0, FAILED_JOB).until(400);
    expect(onlyAlert(bed)).toMatchObject({ phase: "firing", well: undefined });
  });
});

describe("an alert about a workload", () => {
  const events = [1, 2, 3].map((pod) => ({ ...FAILED, ...OF_WEB, object: `shop/Pod/web-${pod}` }));

  it("is over when the workload has all its pods, and no pod is asked for any more", () => {
    const { bed, states } = makeBed();
    states.set(0, DEPLOYMENT, deploymentBody({ desired: 3, ready: 0 }));
    states.set(100, DEPLOYMENT, deploymentBody({ desired: 3, available: 100 }));
    for (const pod of [1, 2, 3]) states.set(0, `shop/Pod/web-${pod}`, podBody());
    bed.at(0, ...events.map((event) => ({ ...event, reason: "Short" })));
    const { at, alert } = untilOver(bed, 300);
    expect(at).toBe(160);
    expect(alert.resolvedBy).toEqual({ how: "healthy", reason: "", what: "3 of 3 pods ready" });
    const after = bed.inquiries.filter(({ at: asked }) => asked > 130).map(({ object }) => object);
    expect(new Set(after)).toEqual(new Set(["test/Deployment/shop/web"]));
  });

  it("goes on while its pods are gone and the workload is not as it should be", () => {
    const { bed, states } = makeBed();
    states.set(0, DEPLOYMENT, deploymentBody({ desired: 3, ready: 0 }));
    for (const pod of [1, 2, 3])
      states.set(0, `shop/Pod/web-${pod}`, podBody()).set(60, `shop/Pod/web-${pod}`, "gone");
    bed.at(0, ...events).until(500);
    expect(onlyAlert(bed)).toMatchObject({ phase: "firing", well: undefined });
  });

  it("goes on while one pod of several has the problem, and is over with the last one", () => {
    const { bed, states } = makeBed();
    for (const pod of [1, 2, 3])
      states.set(0, `shop/Pod/web-${pod}`, podBody()).set(60, `shop/Pod/web-${pod}`, "gone");
    states.set(60, "shop/Pod/web-3", podBody()).set(200, "shop/Pod/web-3", podBody({ running: 200 }));
    bed.at(0, ...events);
    const { at, alert } = untilOver(bed, 400);
    expect(at).toBeGreaterThanOrEqual(215);
    expect(alert.resolvedBy).toMatchObject({ how: "healthy" });
  });

  it("is not over for a probe while its workload has all pods only between two failures", () => {
    const { bed, states } = makeBed();
    states.set(0, DEPLOYMENT, deploymentBody({ available: -600 }));
    // Ready for 20 s in each minute.
    for (let second = 0; second < 400; second += 60)
      states
        .set(second, "shop/Pod/web-1", podBody({ running: -60 }))
        .set(second + 40, "shop/Pod/web-1", podBody({ running: -60, ready: second + 40 }));
    states.set(400, "shop/Pod/web-1", podBody({ running: -60, ready: 400 }));
    bed.at(0, { ...FAILED, ...OF_WEB, reason: "Unhealthy" }).until(400);
    expect(bed.messages.map(({ kind }) => kind)).toEqual(["firing"]);
    expect(untilOver(bed, 600).alert.endedAt).toBe(START + 400_000);
  });

  it("ended when the deletion of its pod was asked for, where the workload has no time of its own", () => {
    const { bed, states } = makeBed();
    states.set(0, DEPLOYMENT, deploymentBody({ desired: 2, ready: 1 }));
    states.set(103, DEPLOYMENT, deploymentBody({ desired: 1 }));
    states.set(0, "shop/Pod/web-1", podBody()).set(103, "shop/Pod/web-1", "gone");
    bed.at(0, { ...FAILED, ...OF_WEB });
    bed.at(100, {
      reason: "SuccessfulDelete",
      type: "Normal",
      object: "shop/ReplicaSet/web-7f",
      component: "replicaset-controller",
      message: "Deleted pod: web-1",
    });
    const { alert } = untilOver(bed, 300);
    expect(alert.resolvedBy).toEqual({ how: "healthy", reason: "", what: "1 of 1 pods ready" });
    expect(alert.endedAt).toBe(START + 100_000);
  });

  it("is over when the workload is gone", () => {
    const { bed, states } = makeBed();
    states.set(0, DEPLOYMENT, deploymentBody({ desired: 3, ready: 0 })).set(100, DEPLOYMENT, "gone");
    for (const pod of [1, 2, 3]) states.set(0, `shop/Pod/web-${pod}`, podBody());
    bed.at(0, ...events);
    expect(untilOver(bed, 300).alert.resolvedBy).toMatchObject({ how: "deleted" });
  });

  it("is deleted, not healthy, when somebody scaled the workload to nothing", () => {
    const { bed, states } = makeBed();
    states.set(0, DEPLOYMENT, deploymentBody({ desired: 3, ready: 0 }));
    states.set(100, DEPLOYMENT, deploymentBody({ desired: 0 }));
    for (const pod of [1, 2, 3]) states.set(0, `shop/Pod/web-${pod}`, podBody());
    bed.at(0, ...events);
    expect(untilOver(bed, 300).alert.resolvedBy).toMatchObject({ how: "deleted", what: "scaled to 0" });
  });
});

describe("quiet", () => {
  it("ends nothing while the object has the problem, and begins anew", () => {
    const { bed, states } = makeBed();
    states.set(0, WEB, podBody());
    bed.at(0, FAILED).until(3 * 600 - 1);
    expect(onlyAlert(bed)).toMatchObject({ phase: "firing", confirmedAt: START + 2 * 600_000 });
  });

  it.each([
    ["nothing is known of the object", "image", "Failed"],
    ["no state proves its end", "own", "Odd"],
  ])("ends an alert when %s", (_what, rule, reason) => {
    const { bed, states } = makeBed();
    if (rule === "own") states.set(0, WEB, podBody());
    bed.at(0, { ...FAILED, reason });
    const { at, alert } = untilOver(bed, 700);
    expect(at).toBeLessThanOrEqual(602);
    expect([alert.rule, alert.resolvedBy?.how]).toEqual([rule, "quiet"]);
  });

  it("ends an alert two seconds later when nobody answers", () => {
    const { bed, states } = makeBed();
    states.set(0, WEB, podBody());
    bed.at(0, FAILED).until(100);
    bed.answers = false;
    states.set(100, WEB, podBody());
    expect(untilOver(bed, 700).alert.resolvedBy?.how).toBe("quiet");
  });
});
