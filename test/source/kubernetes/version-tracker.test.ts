import { describe, expect, it } from "vitest";

import { VersionTracker } from "../../../src/source/kubernetes/version-tracker.ts";

describe("VersionTracker", () => {
  it("resumes one distinct version behind the newest", () => {
    const tracker = new VersionTracker("9");
    const resumes = ["10", "10", "11", "11", "100"].map((version) => {
      tracker.sawEvent(version);
      return tracker.resume;
    });
    expect(resumes).toEqual(["9", "9", "10", "10", "11"]);
  });

  it("does not move for what a resumed watch repeats, and remembers how far it had been", () => {
    const tracker = new VersionTracker("9");
    for (const version of ["10", "11"]) tracker.sawEvent(version);
    tracker.rewindToResume();
    expect([tracker.resume, tracker.highest]).toEqual(["10", "11"]);
    tracker.sawEvent("11");
    expect(tracker.resume).toBe("10");
    tracker.sawEvent("12");
    expect([tracker.resume, tracker.highest]).toEqual(["11", "12"]);
  });

  it("resumes from a bookmark or list itself, also where that is lower after a rewind", () => {
    const tracker = new VersionTracker("50");
    tracker.sawAllUpTo("20");
    expect([tracker.resume, tracker.highest]).toEqual(["20", "20"]);
  });

  it("resumes from what a whole watch has shown, and forgets nothing that is newer", () => {
    const tracker = new VersionTracker("100");
    for (const version of ["140", "160"]) tracker.sawEvent(version);
    tracker.shownUpTo("150");
    expect([tracker.resume, tracker.highest]).toEqual(["150", "160"]);
    tracker.sawEvent("160");
    expect(tracker.resume).toBe("150");
    tracker.shownUpTo("120");
    expect(tracker.resume).toBe("150");
    tracker.shownUpTo("200");
    expect([tracker.resume, tracker.highest]).toEqual(["200", "200"]);
  });

  it("never moves back for an older version", () => {
    const tracker = new VersionTracker("50");
    tracker.sawEvent("49");
    tracker.sawEvent("51");
    expect(tracker.resume).toBe("50");
  });

  it("knows versions of more digits than a number holds", () => {
    const tracker = new VersionTracker("340282366920938463463374607431768211454");
    tracker.sawEvent("340282366920938463463374607431768211455");
    expect(tracker.highest).toBe("340282366920938463463374607431768211455");
    expect(tracker.resume).toBe("340282366920938463463374607431768211454");
  });
});
