import { describe, expect, it } from "vitest";

import { EngineBed, type EventSketch } from "../../support/engine-bed.ts";

describe("the identity of an object of another API", () => {
  const rules = "rules: [{ name: bad, match: { reason: Bad }, resolve: { quiet: 2h } }]";
  const knative: EventSketch = {
    reason: "Bad",
    object: "shop/Service/web",
    apiVersion: "serving.knative.dev/v1",
  };

  it("is not that of an object of Kubernetes with the same kind and name", () => {
    const story = new EngineBed({ rules }).at(0, knative, { reason: "Bad", object: "shop/Service/web" });
    expect([...story.engine.alerts()]).toHaveLength(2);
    story.at(10, knative);
    expect([...story.engine.alerts()].map(({ occurrences }) => occurrences)).toEqual([2, 1]);
  });

  it("is not ended by what ends the other one", () => {
    const ends = rules.replace("quiet: 2h", "by: [{ reason: Good, same: [object] }], quiet: 2h");
    const core: EventSketch = { reason: "Bad", object: "shop/Service/web", apiVersion: "v1" };
    const story = new EngineBed({ rules: ends }).at(0, knative, core).until(60);
    story.at(60, { ...core, reason: "Good", type: "Normal" });
    expect([...story.engine.alerts()].map(({ phase }) => phase)).toEqual(["firing", "resolved"]);
  });
});

describe("a rule with a changed identity", () => {
  const rulesWith = (identity: string): { readonly rules: string } => ({
    rules: `rules: [{ name: bad, match: { reason: Bad }, identity: [${identity}], resolve: { quiet: 2h } }]`,
  });
  const bad = (object: string, more: Partial<EventSketch> = {}): EventSketch => ({
    reason: "Bad",
    object,
    ...more,
  });
  const alertsOf = (story: EngineBed): readonly string[] =>
    [...story.engine.alerts()].map(
      ({ identity, phase, occurrences }) => `${identity.join(" ")} ${phase} ${occurrences}`,
    );

  it("goes on with the open alert of an object, tells nobody twice, and begins others by the new one", () => {
    const story = new EngineBed(rulesWith("object")).at(0, bad("shop/Service/web"), bad("test/Service/web"));
    story.until(60);
    expect(story.messages).toHaveLength(1);
    story.reload(rulesWith("namespace, object"));
    story.at(70, bad("shop/Service/web"), bad("test/Service/web")).until(200);
    expect(alertsOf(story)).toEqual(["Service/web firing 4"]);
    expect(story.messages.map(({ trigger }) => trigger)).toEqual(["first"]);
    story.at(210, bad("live/Service/web"));
    expect(alertsOf(story)).toEqual(["Service/web firing 4", "live Service/web firing 1"]);
  });

  it("goes on with it after a restart too, and ends it once", () => {
    const story = new EngineBed(rulesWith("object")).at(0, bad("shop/Service/web")).until(60);
    story.reload(rulesWith("namespace, object")).restart().at(70, bad("shop/Service/web"));
    expect(alertsOf(story)).toEqual(["Service/web firing 2"]);
    story.until(4 * 3600);
    expect(alertsOf(story)).toEqual([]);
    expect(story.messages.map(({ trigger }) => trigger)).toEqual(["first", "all-resolved"]);
    story.at(5 * 3600, bad("shop/Service/web"));
    expect(alertsOf(story)).toEqual([expect.stringMatching(/^shop Service\/web /u)]);
  });

  it.each(["namespace, workload, container", "namespace, object, node, container", '"{{ event.message }}"'])(
    "is told from one that is as it was: %s",
    (identity) => {
      const more = { component: "controller", node: "node-1", owners: ["Deployment/web"] };
      const [one, two] = ["a", "b"].map((container) =>
        bad("shop/Pod/web-1", { container, message: container, ...more }),
      ) as [EventSketch, EventSketch]; // Two go in.
      const story = new EngineBed(rulesWith(identity)).at(0, one).restart().at(5, two);
      expect([...story.engine.alerts()].map(({ occurrences }) => occurrences)).toEqual([1, 1]);
    },
  );

  it("takes no object of another API for the one of an open alert", () => {
    const story = new EngineBed(rulesWith("object")).at(0, bad("shop/Service/web")).until(60);
    story.reload(rulesWith("namespace, object"));
    story.at(70, bad("shop/Service/web", { apiVersion: "serving.knative.dev/v1" }));
    expect([...story.engine.alerts()]).toHaveLength(2);
  });
});
