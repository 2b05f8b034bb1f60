import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { ObjectKey, observe } from "../../src/event/index.ts";
import { type BedOptions, EngineBed, type EventSketch, START } from "../support/engine-bed.ts";
import { toRawEvent } from "../support/event-sketch.ts";
import { rounds } from "../support/rounds.ts";
import { PARTS } from "./stories.ts";

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const CLUSTERS = ["a", "b"] as const;
type Cluster = (typeof CLUSTERS)[number];

/** Each cluster has sinks of its own, since a storm is one of a sink; groups are by rule and cluster. */
const OPTIONS: BedOptions = {
  rules: `
rules:
  - { name: crash, match: { reason: BackOff }, severity: warning, identity: [object],
      resolve: { by: [{ reason: Started, same: [object] }] } }
  - { name: mount, match: { reason: FailedMount }, severity: warning, threshold: { count: 2, within: 10m },
      resolve: { by: [{ reason: Pulled, same: [node] }] } }
  - { name: node, match: { reason: NodeNotReady }, severity: critical, lifecycle: transition, for: 60s,
      resolve: { by: [{ reason: NodeReady, same: [object] }] } }
`,
  route: `
sinks: [a]
groupWait: 10s
routes: [{ name: of-a, match: { cluster: a }, sinks: [a] }, { name: of-b, match: { cluster: b }, sinks: [b] }]
`,
  sinks: [{ name: "a" }, { name: "b" }],
};

class TwoClusters extends EngineBed {
  constructor(options: BedOptions = OPTIONS) {
    super(options);
    for (const cluster of CLUSTERS) this.live("", cluster);
  }

  /** `rule cluster workload phase` of each open alert. */
  get open(): readonly string[] {
    return [...this.engine.alerts()]
      .map(({ rule, labels, phase }) => `${rule} ${labels["cluster"]} ${labels["workload"]} ${phase}`)
      .toSorted();
  }

  /** The same event in each cluster. */
  inBoth(second: number, sketch: EventSketch): this {
    return this.at(second, ...CLUSTERS.map((cluster) => ({ ...sketch, cluster })));
  }
}

const CRASH: EventSketch = { reason: "BackOff", object: "shop/Pod/web" };
const WEB = { kind: "Pod", namespace: "shop", name: "web" };

describe("the same object in two clusters", () => {
  it("is two objects: each has an alert, a member and a message of its own", () => {
    const bed = new TwoClusters().inBoth(0, CRASH).until(MINUTE);
    expect(bed.open).toEqual(["crash a Pod/web firing", "crash b Pod/web firing"]);
    const members = [...bed.engine.alerts()].flatMap((alert) => alert.members.map(({ key }) => key));
    expect(members.toSorted()).toEqual(["a/Pod/shop/web/", "b/Pod/shop/web/"]);
    expect(bed.messages.map(({ sink, delivery: { notification } }) => [sink, notification.cluster])).toEqual([
      ["a", "a"],
      ["b", "b"],
    ]);
  });

  it("is stored with its cluster, in every part, also one with a slash in its name", () => {
    const cluster = "arn:aws:eks:eu:1:cluster/prod";
    const bed = new EngineBed(OPTIONS).live("", cluster);
    const many = Array.from({ length: 101 }, (_, index) => ({ ...CRASH, container: `c${index}`, cluster }));
    bed.at(0, ...many);
    const parts = bed.changes.flatMap(({ entities }) =>
      entities.put.flatMap((entity) => (entity.cluster === "" ? [] : [`${entity.kind} ${entity.cluster}`])),
    );
    const kinds = ["alert", "event", "member", "omitted"];
    expect([...new Set(parts)].toSorted()).toEqual(kinds.map((kind) => `${kind} ${cluster}`));
  });

  it("has a counter-event that ends nothing in the other cluster", () => {
    const bed = new TwoClusters().inBoth(0, CRASH).until(MINUTE);
    bed.at(2 * MINUTE, { reason: "Started", object: "shop/Pod/web", cluster: "b" });
    expect(bed.open).toEqual(["crash a Pod/web firing", "crash b Pod/web resolved"]);
  });

  it("has no end by a counter-event about its node, when that is the node of the other cluster", () => {
    const mount = { reason: "FailedMount", object: "shop/Pod/web", count: 2, node: "n1" };
    const bed = new TwoClusters().inBoth(0, mount).until(MINUTE);
    bed.at(2 * MINUTE, { reason: "Pulled", object: "shop/Pod/other", node: "n1", cluster: "b" });
    expect(bed.open).toEqual(["mount a Pod/web firing", "mount b Pod/web resolved"]);
  });

  it("is not kept awake by events of the other cluster, and only its own are awaited", () => {
    const bed = new TwoClusters().at(0, { ...CRASH, cluster: "a" });
    const awaits = (cluster: string): boolean => {
      const raw = toRawEvent(
        { ...CRASH, reason: "Other" },
        { now: START, version: 1, before: () => undefined },
      );
      return bed.engine.awaits(observe(raw, cluster), false);
    };
    expect([awaits("a"), awaits("b")]).toEqual([true, false]);
    for (let minute = 5; minute <= 20; minute += 5)
      bed.at(minute * MINUTE, { ...CRASH, reason: "Unhealthy", cluster: "b" });
    expect(bed.open).toEqual([]);
  });

  it("is quiet by the stream of its own cluster: a gap of the other one changes nothing", () => {
    const bed = new TwoClusters().inBoth(0, CRASH).until(MINUTE);
    bed.gap("", "b").until(20 * MINUTE);
    expect(bed.open).toEqual(["crash b Pod/web firing"]);
    bed.live("", "b").until(30 * MINUTE);
    expect(bed.open).toEqual(["crash b Pod/web firing"]);
    expect(bed.until(40 * MINUTE).open).toEqual([]);
  });

  it("is deleted in one cluster only", () => {
    const bed = new TwoClusters().inBoth(0, CRASH).until(MINUTE);
    bed.step({ kind: "gone", objects: [ObjectKey.format({ cluster: "b", ...WEB })] });
    expect(bed.open).toEqual(["crash a Pod/web firing", "crash b Pod/web resolved"]);
  });

  it("has an owner in one cluster that is not its owner in the other", () => {
    const workload = OPTIONS.rules.replace("identity: [object]", "identity: [workload]");
    const bed = new TwoClusters({ ...OPTIONS, rules: workload }).inBoth(0, CRASH);
    const object = ObjectKey.format({ cluster: "b", ...WEB });
    expect(CLUSTERS.map((cluster) => bed.engine.isWorkload(ObjectKey.format({ cluster, ...WEB })))).toEqual([
      true,
      true,
    ]);
    bed.learn({ object, owners: ["Deployment/web"] });
    expect(bed.open).toEqual(["crash a Pod/web firing", "crash b Deployment/web firing"]);
  });

  it("is silenced by its own annotation and by that of its namespace, not by those of the other cluster", () => {
    const heldIn = (object: Omit<ObjectKey, "cluster">): readonly string[] => {
      const bed = new TwoClusters();
      const annotations = { "tocsin.dev/silence-until": "2026-06-02T00:00:00Z" };
      bed.step({
        kind: "occurrences",
        occurrences: [],
        learned: [],
        annotated: [{ object: ObjectKey.format({ cluster: "b", ...object }), annotations }],
      });
      return bed
        .inBoth(1, CRASH)
        .until(MINUTE)
        .messages.map(({ sink }) => sink);
    };
    expect(heldIn(WEB)).toEqual(["a"]);
    expect(heldIn({ kind: "Namespace", namespace: "", name: "shop" })).toEqual(["a"]);
  });

  it("is silenced by a name of a cluster that is a text, not a pattern", () => {
    const bed = new TwoClusters();
    const annotations = { "tocsin.dev/silence-until": "2026-06-02T00:00:00Z" };
    const object = ObjectKey.format({ cluster: "arn:aws:eks:eu:1:cluster/*", ...WEB });
    bed.step({
      kind: "occurrences",
      occurrences: [],
      learned: [],
      annotated: [{ object, annotations }],
    });
    const [silence] = bed.engine.silences.all();
    expect(silence).toMatchObject({ match: { cluster: "arn:aws:eks:eu:1:cluster/*", name: "web" } });
    expect(bed.inBoth(1, CRASH).until(MINUTE).messages).toHaveLength(2);
  });

  it("is told of while a list of the other cluster is read", () => {
    const bed = new TwoClusters().inBoth(0, CRASH);
    bed.list([{ ...CRASH, object: "shop/Pod/x", cluster: "b" }], false).until(30);
    expect(bed.messages.map(({ sink, at }) => [sink, at])).toEqual([["a", 10]]);
    bed.list([{ ...CRASH, object: "shop/Pod/y", cluster: "b" }]).live("", "b");
    expect(bed.messages.map(({ sink, at }) => [sink, at])).toEqual([
      ["a", 10],
      ["b", 30],
    ]);
  });
});

describe("a cause in one cluster", () => {
  it.each([
    {
      rule: "node",
      cause: { reason: "NodeNotReady", object: "/Node/n1" },
      target: { ...CRASH, node: "n1" },
    },
    {
      rule: "critical",
      cause: { reason: "NodeNotReady", object: "shop/Pod/web" },
      target: CRASH,
    },
  ])("holds nothing of the other cluster back: $rule", ({ cause, target }) => {
    const bed = new TwoClusters().at(0, { ...cause, cluster: "b" });
    bed.inBoth(2 * MINUTE, target).until(5 * MINUTE);
    const crashes = bed.messages.filter(({ delivery }) =>
      delivery.notification.alerts.some(({ rule }) => rule === "crash"),
    );
    expect(crashes.map(({ sink }) => sink)).toEqual(["a"]);
  });
});

describe("rules and routes over several clusters", () => {
  it("ask in which cluster an event happened, in conditions and texts", () => {
    const rules = `
rules:
  - { name: crash, match: { reason: BackOff }, when: 'cluster == "a" && event.cluster == "a"', title: "it is {{ cluster }}" }
`;
    const bed = new TwoClusters({ ...OPTIONS, rules }).inBoth(0, CRASH).until(MINUTE);
    expect(bed.messages.map(({ title }) => title)).toEqual(["it is a"]);
  });

  it("may gather clusters in one group, whose message names them", () => {
    const bed = new TwoClusters({
      ...OPTIONS,
      route: "{ sinks: [a], groupBy: [rule], groupWait: 10s }",
    }).inBoth(0, CRASH);
    for (const cluster of ["c", "d", "e"]) bed.at(1, { ...CRASH, cluster });
    const [message] = bed.until(2 * MINUTE).messages;
    expect(message?.alerts).toBe(5);
    expect(message?.delivery.notification.cluster).toBe("a, b, c and 2 more");
    expect(message?.title).toBe("5 pods: Back off: Pod web in shop and 4 more");
  });
});

type Happening =
  | { readonly kind: "events"; readonly events: readonly EventSketch[] }
  | { readonly kind: "page"; readonly events: readonly EventSketch[]; readonly last: boolean }
  | { readonly kind: "gap" | "live" }
  | { readonly kind: "learn" | "gone"; readonly pod: string };

interface Step {
  readonly after: number;
  readonly cluster: Cluster;
  readonly happening: Happening;
}

const pods = fc.constantFrom("web-1", "web-2", "db-1");
const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.record({
    after: fc.constantFrom(0, 1, 5, 10, 30, 60, 300, 900),
    cluster: fc.constantFrom(...CLUSTERS),
    happening: fc.oneof(
      { weight: 6, arbitrary: PARTS.events },
      {
        weight: 2,
        arbitrary: fc
          .record({ kind: fc.constant("page" as const), last: fc.boolean() })
          .chain((page) => PARTS.events.map(({ events }) => ({ ...page, events }))),
      },
      { weight: 3, arbitrary: PARTS.flow },
      {
        weight: 2,
        arbitrary: fc.record({ kind: fc.constantFrom("learn" as const, "gone" as const), pod: pods }),
      },
    ),
  }),
  { minLength: 2, maxLength: 40, size: "max" },
);

/** The messages of a cluster when only these clusters take part; time passes all the same. */
function messagesOf(
  cluster: Cluster,
  story: readonly Step[],
  takingPart: readonly Cluster[],
): readonly string[] {
  const bed = new TwoClusters();
  const counts = new Map<string, number>();
  const counted = (sketch: EventSketch, of: Cluster): EventSketch => {
    const key = `${of} ${sketch.name}`;
    const count = (counts.get(key) ?? 0) + 1;
    counts.set(key, count);
    return { ...sketch, count, cluster: of, node: "n1" };
  };
  for (const { after, cluster: of, happening } of story) {
    bed.until(bed.now + after);
    if (takingPart.includes(of)) happen(bed, of, happening, (sketch) => counted(sketch, of));
  }
  for (const each of CLUSTERS) bed.live("", each);
  bed.until(bed.now + 80 * HOUR);
  return bed.messages
    .filter((message) => message.sink === cluster)
    .map(
      ({ at, delivery, kind, trigger, title, occurrences }) =>
        `${String(at).padStart(9)} ${delivery.groupKey} ${kind}/${trigger} ${occurrences} ${title}`,
    )
    .toSorted();
}

function happen(
  bed: TwoClusters,
  cluster: Cluster,
  happening: Happening,
  counted: (sketch: EventSketch) => EventSketch,
): void {
  switch (happening.kind) {
    case "events":
      bed.at(bed.now, ...happening.events.map(counted));
      break;
    case "page":
      bed.list(happening.events.map(counted), happening.last);
      break;
    case "gap":
      bed.gap("", cluster);
      break;
    case "live":
      bed.live("", cluster);
      break;
    case "learn":
    case "gone": {
      const object = ObjectKey.format({ cluster, kind: "Pod", namespace: "shop", name: happening.pod });
      if (happening.kind === "gone") bed.step({ kind: "gone", objects: [object] });
      else bed.learn({ object, owners: ["ReplicaSet/web-7f", "Deployment/web"] });
    }
  }
}

describe("two clusters in one engine", () => {
  it("have the messages that each has alone, whatever happens in the other", () => {
    fc.assert(
      fc.property(steps, (story) => {
        for (const cluster of CLUSTERS)
          expect(messagesOf(cluster, story, CLUSTERS)).toEqual(messagesOf(cluster, story, [cluster]));
      }),
      { numRuns: rounds(200) },
    );
  });
});
