import { describe, expect, it } from "vitest";

import { stateIncident } from "../../src/self/incidents.ts";
import { selfNotification } from "../../src/self/self-notification.ts";
import { present } from "../../src/sink/present/index.ts";

describe("a message about tocsin itself", () => {
  const incident = stateIncident({
    kind: "unusable",
    path: "/data/tocsin.db",
    reason: "read-only file system",
  });
  const since = Date.parse("2026-06-01T10:00:00Z");
  const about = { id: "1", sink: "ops", cluster: "prod", now: since + 7 * 60_000 };

  it("says what is wrong, what is at risk and what to do, and nothing of Pods", () => {
    const notification = selfNotification({ incident, status: "firing", since, times: 1 }, about);
    expect(notification).toMatchObject({
      kind: "firing",
      trigger: "self",
      severity: "critical",
      id: "self-1",
    });
    expect(present(notification, about.now)).toMatchObject({
      headline: "critical · Tocsin itself: the state file cannot be used",
      text: "The state is in memory: a restart forgets open alerts and messages that wait. The reason: read-only file system. Make /data/tocsin.db writable, or make space there, and restart.",
      facts: [],
      evidence: "",
      command: undefined,
      why: ["tocsin itself", "prod"],
    });
  });

  it("says that it is over, and how long it was", () => {
    const notification = selfNotification({ incident, status: "resolved", since, times: 1 }, about);
    expect(present(notification, about.now)).toMatchObject({
      state: "resolved",
      headline: "Resolved: Tocsin itself: the state file cannot be used",
      text: "It is over after 7 min.",
    });
  });
});
