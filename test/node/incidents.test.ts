import { writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import type { BridgeProcess } from "../support/bridge-process.ts";
import { wantedAims } from "./aims.ts";
import { cgroupsInWords } from "./cgroup.ts";
import { tableOf } from "./figures-table.ts";
import { Inbox, WAYS } from "./inbox.ts";
import type { Incident } from "./incident.ts";
import { admission } from "./incidents/admission.ts";
import { containers } from "./incidents/containers.ts";
import { nodes } from "./incidents/nodes.ts";
import { placing } from "./incidents/placing.ts";
import { probes } from "./incidents/probes.ts";
import { rollouts } from "./incidents/rollouts.ts";
import { runs } from "./incidents/runs.ts";
import { starting } from "./incidents/starting.ts";
import { volumes } from "./incidents/volumes.ts";
import { startInstalledBridge } from "./installed-bridge.ts";
import { type Figures, judge } from "./judge.ts";
import { isOverForGood, leftOpen } from "./left-open.ts";
import type { HookBody } from "./messages.ts";
import { NodeBed } from "./node-bed.ts";
import { type Operation, operations } from "./operations.ts";
import { type Play, playIncident } from "./play-incident.ts";
import { playOperation } from "./play-operation.ts";
import { isNodeMissing } from "./programs.ts";
import { Snapshots } from "./snapshots.ts";
import { SPARE, Stage } from "./stage.ts";

/** `short` plays some of them, as `.ci/run` does; names with commas play those; nothing plays all. */
const WANTED = process.env["NODE_STORIES"] ?? "all";

/** Which of aims.ts are held. */
const AIMS_WANTED = process.env["NODE_AIMS"];

/** A file that gets everything that was seen and told, to see why a figure is as it is. */
const RECORD = process.env["NODE_RECORD"];

const wanted = <T extends Incident | Operation>(all: readonly T[]): readonly T[] =>
  all.filter(({ name, isShort = false }) =>
    WANTED === "short" ? isShort : WANTED === "all" || WANTED.split(",").includes(name),
  );

const INCIDENTS = wanted([
  ...containers,
  ...probes,
  ...starting,
  ...volumes,
  ...placing,
  ...admission,
  ...runs,
  ...rollouts,
  ...nodes,
]);
const OPERATIONS = wanted(operations);

const LOGGED = INCIDENTS.filter(({ hasLogs }) => hasLogs === true).map(({ name }) => name);

/** On the first everything runs that is not about nodes; the others are there to fail. */
const FIRST = "node-1";
const NODES = [
  FIRST,
  ...new Set([...INCIDENTS, ...OPERATIONS].flatMap(({ node }) => (node === undefined ? [] : [node]))),
];

/** They begin one after another, so that the machine is not busy with all of them at once. */
const BEGIN_EVERY_MS = 3000;

/** More of them at once, and two processors are too slow to tell what is so in time. */
const MOST_AT_ONCE = 20;

/** Alerts that belong to none of them. */
const OTHERS = "others";

/** Waits that are there for large clusters, cut so that the whole takes minutes. */
const OVERRIDES = {
  "pod-unschedulable": { for: "30s" },
  "admission-webhook-failing": { for: "30s" },
  "volume-mount-failing": { for: "15s" },
  "cronjob-run-skipped": { for: "45s" },
};

describe.skipIf(isNodeMissing())("trouble on a genuine cluster", () => {
  let bed: NodeBed;
  let inbox: Inbox;
  let bridge: BridgeProcess;
  const figures = new Map<string, Figures>();
  const plays: Play[] = [];
  const heard = new Map<string, readonly string[]>();
  const failures = new Map<string, unknown>();
  const events: unknown[] = [];
  const laterLooks: Promise<void>[] = [];

  beforeAll(async () => {
    bed = await NodeBed.start(
      NODES.map((name, index) => ({
        name,
        address: `10.1.0.${11 + index}`,
        taints: name === FIRST ? [] : [SPARE],
      })),
    );
    inbox = await Inbox.open();
    // The role that reads logs lies in their namespace.
    for (const name of LOGGED) await bed.cluster.createNamespace(name);
    bridge = await startInstalledBridge(bed, configuration(inbox));
    await using snapshots = new Snapshots(bed.plane);
    const chains = Map.groupBy([...INCIDENTS, ...OPERATIONS], ({ name, node }) => node ?? name);
    // Those about nodes come one after another, and so begin first.
    const queue = [...chains.values()].toSorted((a, b) => b.length - a.length);
    const places = Array.from({ length: MOST_AT_ONCE }, async (_, index) => {
      await sleep(index * BEGIN_EVERY_MS);
      for (let chain = queue.shift(); chain !== undefined; chain = queue.shift())
        for (const each of chain) await play(each, snapshots);
    });
    await Promise.all(places);
    await Promise.all(laterLooks);
  });

  afterAll(async () => {
    const decisions = RECORD === undefined ? undefined : await decisionsOf(bridge);
    await bridge?.[Symbol.asyncDispose]();
    await inbox?.[Symbol.asyncDispose]();
    await bed?.[Symbol.asyncDispose]();
    if (inbox === undefined) return;
    const strays = [OTHERS, FIRST].flatMap((lane) => titlesOf(inbox, lane));
    console.log(
      `\n${tableOf([...figures.values()])}\nelsewhere: ${strays.join("; ") || "nothing"}\n${cgroupsInWords()}`,
    );
    if (RECORD !== undefined)
      writeFileSync(RECORD, JSON.stringify({ plays, arrivals: inbox.arrivals, decisions, events }));
  });

  async function play(each: Incident | Operation, snapshots: Snapshots): Promise<void> {
    const stage = new Stage(bed, each.name, each.node ?? FIRST);
    try {
      if ("act" in each) heard.set(each.name, await playOperation(each, stage, inbox));
      else {
        const played = await playIncident(each, stage, { inbox, snapshots });
        plays.push(played);
        figures.set(each.name, judge(played, inbox));
        // The next story of a node would disturb this one.
        if (AIMS_WANTED !== undefined && each.node === undefined && isOverForGood(played)) {
          laterLooks.push(lookLater(played, stage));
          return;
        }
      }
    } catch (error) {
      failures.set(each.name, error);
    }
    await clear(stage);
  }

  async function lookLater(played: Play, stage: Stage): Promise<void> {
    const { name } = played.incident;
    try {
      const open = await leftOpen(bridge, played);
      figures.set(name, { ...judge(played, inbox), leftOpen: open });
    } catch (error) {
      failures.set(name, error);
    }
    await clear(stage);
  }

  async function clear(stage: Stage): Promise<void> {
    stage.removeStaticPods();
    if (RECORD !== undefined) events.push(...(await stage.events()));
    await bed.cluster.core.deleteNamespace({ name: stage.namespace }).catch(() => undefined);
  }

  describe.each(heldNow(INCIDENTS))("$name", ({ name }) => {
    it("is told, by a rule that is about it", () => {
      expect(figures.get(name)).toMatchObject({ toldAfter: expect.any(Number), isRight: true });
    });
  });

  it("went as it was meant to", () => {
    expect([...failures]).toEqual([]);
  });

  it.each(OPERATIONS)("is silent about $name", ({ name }) => {
    expect(heard.get(name)).toEqual([]);
  });

  it("says to everyone how each of them ended: nothing is lost on the way", async () => {
    const lanes = [...new Set(inbox.arrivals.map(({ lane }) => lane))];
    // Trouble of a node may be told in the lane of the node alone.
    const own = INCIDENTS.filter(({ node }) => node === undefined);
    expect(lanes).toEqual(expect.arrayContaining(own.map(({ name }) => name)));
    for (const lane of lanes) {
      const title = (): string => titlesOf(inbox, lane).at(-1) ?? "a title";
      await bridge.until(() =>
        WAYS.every((way) => inbox.by(way, lane).some(({ text }) => text.includes(title()))),
      );
    }
  });

  it.each(wantedAims(AIMS_WANTED))("holds that $says", ({ isMet }) => {
    expect(isMet([...figures.values()])).toBe(true);
  });

  // Its decisions are asked for first.
  it.skipIf(RECORD !== undefined)("ends in order", async () => {
    expect(await bridge.stop()).toBe(0);
  });
});

/** Why messages were sent or held back, newest first; undefined when it does not answer any more. */
async function decisionsOf(bridge: BridgeProcess): Promise<unknown> {
  const answer = await fetch(`${bridge.address}/api/v1/decisions`).catch(() => undefined);
  return answer?.json();
}

/** The titles that a lane was told, oldest first. */
function titlesOf(inbox: Inbox, lane: string): readonly string[] {
  // They came through the webhook sink.
  return inbox.by("hook", lane).map(({ text }) => (JSON.parse(text) as HookBody).title);
}

/** Without those that are aims, unless these are held. */
function heldNow(all: readonly Incident[]): readonly Incident[] {
  return all.filter(({ isAim = false }) => !isAim || AIMS_WANTED !== undefined);
}

/** Each story has its own receivers, as if it were alone; so have the nodes. */
function configuration(inbox: Inbox): object {
  const lanes = [...INCIDENTS, ...OPERATIONS].map(({ name }) => name);
  const sinksOf = (lane: string): readonly string[] => WAYS.map((way) => `${lane}-${way}`);
  return {
    kubernetes: {
      kubeconfig: "kubeconfig.yaml",
      startFrom: "now",
      ...(LOGGED.length === 0 ? {} : { evidence: { logs: { namespaces: LOGGED, lines: 5 } } }),
    },
    overrides: OVERRIDES,
    sinks: [...lanes, ...NODES, OTHERS].flatMap((lane) => inbox.sinksOf(lane)),
    route: {
      sinks: sinksOf(OTHERS),
      routes: [
        ...lanes.map((name) => ({ name, match: { namespace: name }, sinks: sinksOf(name) })),
        ...NODES.map((name) => ({ name, match: { kind: "Node", name }, sinks: sinksOf(name) })),
      ],
    },
  };
}
