import { describe, expect, it } from "vitest";

import { PatchedAlerts } from "../../../src/alert/dispatch/patched-alerts.ts";
import { AlertBook } from "../../../src/alert/tracking/alert-book.ts";
import { makeAlert } from "../make.ts";

function patched(...fingerprints: readonly string[]): PatchedAlerts {
  const book = new AlertBook();
  for (const fingerprint of fingerprints) book.put(makeAlert(fingerprint));
  return new PatchedAlerts(book);
}

describe("the book with its patches", () => {
  it("shows an alert as it will be, and hands out one patch for each", () => {
    const alerts = patched("a", "b");
    alerts.patch("a", { isTold: true });
    alerts.patch("a", { accounted: { ops: 1 } });
    alerts.patch("unknown", { isTold: true });
    expect(alerts.get("a")).toMatchObject({ isTold: true, accounted: { ops: 1 }, occurrences: 1 });
    expect(alerts.all().map(({ isTold }) => isTold)).toEqual([true, false]);
    expect(alerts.drain()).toEqual([{ fingerprint: "a", isTold: true, accounted: { ops: 1 } }]);
    expect(alerts.drain()).toEqual([]);
  });

  it("knows no alert that leaves, and counts its groups without it", () => {
    const alerts = patched("a", "b");
    alerts.patch("a", { leaves: "forgotten" });
    expect([alerts.get("a"), alerts.countOfGroup("g")]).toEqual([undefined, 1]);
    expect(alerts.ofGroup("g").map(({ fingerprint }) => fingerprint)).toEqual(["b"]);
    alerts.patch("a", { isTold: true });
    expect(alerts.drain()).toEqual([{ fingerprint: "a", leaves: "forgotten" }]);
  });

  it("counts those that join a group or change theirs", () => {
    const alerts = patched("a", "b");
    alerts.patch("a", { destinations: [{ groupKey: "h", sinks: ["ops"] }] });
    alerts.patch("b", { destinations: [{ groupKey: "g", sinks: ["ops", "shop"] }] });
    expect([alerts.countOfGroup("g"), alerts.countOfGroup("h")]).toEqual([1, 1]);
    alerts.drain();
    // The book has not applied them here.
    expect([alerts.countOfGroup("g"), alerts.countOfGroup("h")]).toEqual([2, 0]);
  });
});
