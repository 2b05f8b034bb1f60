import { describe, expect, it } from "vitest";

import { clearedBy, type CounterEvent, RecentCounters } from "../../../src/alert/tracking/counters.ts";
import { countersReachFurther } from "../../../src/alert/tracking/far-reaching-alerts.ts";
import type { RawEvent } from "../../../src/event/index.ts";
import type { CounterSpec, SameKey } from "../../../src/rule/index.ts";
import { makePolicy, START } from "../../support/engine-bed.ts";
import { makeAlert, makeEvent, makeMember, makeSubject } from "../make.ts";

const at = (ms: number): RawEvent => {
  const time = new Date(START + ms).toISOString();
  return { firstTimestamp: time, lastTimestamp: time };
};
const ref = (name: string, more: object = {}): RawEvent => ({
  involvedObject: { kind: "Pod", namespace: "shop", name, fieldPath: "spec.containers{app}", ...more },
});

function counter(
  raw: RawEvent,
  known: Parameters<typeof makeSubject>[1] & { readonly via?: "watch" | "list" } = {},
): CounterEvent {
  return {
    ...makeSubject({ reason: "Pulled", type: "Normal", ...ref("web-1"), ...raw }, known),
    via: known.via ?? "watch",
  };
}

const spec = (more: Partial<CounterSpec> = {}): CounterSpec => ({
  component: "",
  reason: "Pulled",
  kind: "",
  contains: "",
  same: ["object"],
  ...more,
});

function cleared(
  specs: readonly CounterSpec[],
  event: CounterEvent,
  members = [makeMember("web-1"), makeMember("web-2")],
): readonly string[] {
  const alert = { ...makeAlert("a"), counters: specs };
  return [...clearedBy({ rule: undefined, alert, members }, event)];
}

const [WEB_1, WEB_2] = ["test/Pod/shop/web-1/app", "test/Pod/shop/web-2/app"];

describe("a counter-event", () => {
  it.each<[string, SameKey[], CounterEvent, unknown[]]>([
    ["the same object", ["object"], counter({}), [WEB_1]],
    ["no other name", ["object"], counter(ref("web-9")), []],
    ["no other kind", ["object"], counter(ref("web-1", { kind: "Job" })), []],
    ["whatever container of the object", ["object"], counter(ref("web-1", { fieldPath: "" })), [WEB_1]],
    [
      "only the same container",
      ["object", "container"],
      counter(ref("web-1", { fieldPath: "spec.containers{b}" })),
      [],
    ],
    ["the same container", ["object", "container"], counter({}), [WEB_1]],
    ["all on the node", ["node"], counter(ref("x")), [WEB_1, WEB_2]],
    ["none on another node", ["node"], counter(ref("x"), { node: "node-2" }), []],
    ["none on a node that is not known", ["node"], counter({ ...ref("x"), source: { component: "x" } }), []],
    ["all of the namespace", ["namespace"], counter(ref("x")), [WEB_1, WEB_2]],
    ["all of the workload", ["workload"], counter(ref("x"), { owners: ["Pod/web-2"] }), [WEB_2]],
    ["none of another workload", ["workload"], counter(ref("x")), []],
  ])("clears %s", (_, same, event, expected) => {
    expect(cleared([spec({ same })], event)).toEqual(expected);
  });

  it("clears nothing on a node without a name, even if members are on none", () => {
    const event = counter({ ...ref("x"), source: { component: "x" } });
    expect(cleared([spec({ same: ["node"] })], event, [makeMember("web-1", { node: "" })])).toEqual([]);
  });

  it.each([
    ["another reason", { reason: "Started" }, false],
    ["its component", { component: "kubelet" }, true],
    ["another component", { component: "scheduler" }, false],
    ["its kind", { kind: "Pod" }, true],
    ["another kind", { kind: "Node" }, false],
    ["a part of its message", { contains: "restarting" }, true],
    ["what is not in its message", { contains: "pulled" }, false],
  ])("of a row with %s fits: %#", (_, more, expected) => {
    expect(cleared([spec(more)], counter({}))).toEqual(expected ? [WEB_1] : []);
  });

  it("from another namespace clears nothing", () => {
    const event = makeEvent({ reason: "Pulled" });
    const foreign = {
      event: { ...event, namespace: "bank" },
      object: "test/Pod/shop/web-1",
      namespace: "shop",
      workload: "x",
      group: "",
      chain: ["x"],
      node: "node-1",
      via: "watch" as const,
    };
    for (const same of ["object", "node", "namespace"] as const)
      expect(cleared([spec({ same: [same] })], foreign)).toEqual([]);
  });

  it("does not clear twice", () => {
    expect(cleared([spec()], counter({}), [makeMember("web-1", { clearedAt: START })])).toEqual([]);
  });

  it("in a list clears only what is not newer; in a watch the order of arrival counts", () => {
    const members = [makeMember("web-1", { lastSeenAt: START + 5 })];
    const via = (ms: number, how: "watch" | "list"): number =>
      cleared([spec()], counter(at(ms), { via: how }), members).length;
    expect([via(4, "list"), via(5, "list"), via(4, "watch")]).toEqual([0, 1, 1]);
  });

  it("in a list, within one second, clears only what was written before it", () => {
    const members = [makeMember("web-1", { lastSeenAt: START })];
    const written = (resourceVersion: string): number =>
      cleared(
        [spec()],
        counter({ metadata: { namespace: "shop", resourceVersion } }, { via: "list" }),
        members,
      ).length;
    // The event of the alert has version 7.
    expect([written("6"), written("8")]).toEqual([0, 1]);
  });

  it("of the rule itself takes the place of the table's", () => {
    const rules =
      "rules: [{ name: it, match: { reason: X }, resolve: { by: [{ reason: Started, same: [object] }] } }]";
    const rule = makePolicy({ rules }).rules.byName.get("it");
    const alert = { ...makeAlert("a"), counters: [spec()] };
    const by = (reason: string): number =>
      clearedBy({ rule, alert, members: [makeMember("web-1")] }, counter({ reason })).size;
    expect([by("Started"), by("Pulled")]).toEqual([1, 0]);
  });

  it("reaches further when it need not be about the same object", () => {
    const reach = (...sames: SameKey[][]): boolean =>
      countersReachFurther(undefined, { counters: sames.map((same) => spec({ same })) });
    expect([
      reach(["object", "container"]),
      reach(["object"], ["node"]),
      reach(["workload"]),
      reach(),
    ]).toEqual([false, true, true, false]);
    expect(countersReachFurther(undefined, { counters: undefined })).toBe(false);
  });
});

describe("recent counter-events", () => {
  const newer = (
    counters: readonly CounterEvent[],
    event: RawEvent,
    via: "watch" | "list",
  ): readonly string[] => {
    const recent = new RecentCounters();
    for (const each of counters) recent.remember(each);
    return recent.newerThan(makeSubject({ ...ref("web-1"), ...event }), via).map((each) => each.event.reason);
  };

  it("are those that are really newer", () => {
    expect(newer([counter(at(5))], at(4), "watch")).toEqual(["Pulled"]);
    expect(newer([counter(at(5))], at(5), "watch")).toEqual([]);
    expect(newer([counter({ ...at(5), ...ref("web-9") })], at(4), "list")).toEqual([]);
  });

  it("are trusted in a watch only by the same writer's clock", () => {
    const from = (source: { component: string; host: string }): RawEvent => ({ ...at(4), source });
    expect(newer([counter(at(5))], from({ component: "scheduler", host: "node-1" }), "watch")).toEqual([]);
    expect(newer([counter(at(5))], from({ component: "kubelet", host: "node-2" }), "watch")).toEqual([]);
    expect(newer([counter(at(5))], from({ component: "scheduler", host: "x" }), "list")).toEqual(["Pulled"]);
  });

  it("are one per reason and container, the newest, and four per object", () => {
    const other = ref("web-1", { fieldPath: "spec.containers{b}" });
    const reasons = ["A", "B", "C", "D", "E"].map((reason) => counter({ ...at(5), reason }));
    expect(newer([counter(at(5)), counter({ ...at(5), ...other })], at(4), "watch")).toEqual([
      "Pulled",
      "Pulled",
    ]);
    expect(newer([counter(at(5)), counter(at(3))], at(4), "watch")).toEqual(["Pulled"]);
    expect(newer([counter(at(3)), counter(at(5)), counter(at(5))], at(4), "watch")).toEqual(["Pulled"]);
    expect(newer(reasons, at(4), "watch")).toEqual(["B", "C", "D", "E"]);
  });
});
