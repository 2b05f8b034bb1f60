import { describe, expect, it } from "vitest";

import { foreignGroup } from "../../src/lib/foreign-group.ts";

describe("the API group of an object", () => {
  it.each([
    ["serving.knative.dev/v1", "serving.knative.dev"],
    ["longhorn.io/v1beta2", "longhorn.io"],
    ["v1", ""],
    ["", ""],
    ["apps/v1", ""],
    ["networking.k8s.io/v1", ""],
  ])("of %s is named as %j", (apiVersion, group) => {
    expect(foreignGroup(apiVersion)).toBe(group);
  });
});
