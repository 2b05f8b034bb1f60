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
