import { describe, expect, it } from "vitest";

import { sharedLabel, sharedObject } from "../../../src/sink/chat/shared-label.ts";
import { makeAlert, makeNotification } from "../../support/notifications.ts";

/** A message about alerts that have these labels, beside those of Deployment web in shop. */
function about(...labels: readonly Readonly<Record<string, string>>[]) {
  const base = makeAlert().labels;
  return makeNotification({ alerts: labels.map((own) => makeAlert({ labels: { ...base, ...own } })) });
}

describe("what the alerts of a message share", () => {
  it("is the value of a label that all have", () => {
    expect(sharedLabel(about({}, {}), "reason")).toBe("BackOff");
    expect(sharedLabel(about({}, { reason: "Failed" }), "reason")).toBe("");
    expect(sharedLabel(about(), "reason")).toBe("");
  });

  it("is their workload, and that of another namespace is another one", () => {
    expect(sharedObject(about({}, { name: "web-2" }))).toBe("Deployment/web");
    expect(sharedObject(about({}, { namespace: "pay" }))).toBe("");
    expect(sharedObject(about({ workload: "" }, { workload: "" }))).toBe("Pod/web-1");
    expect(sharedObject(about({ workload: "" }, { workload: "", name: "web-2" }))).toBe("");
    expect(sharedObject(about())).toBe("");
  });
});
