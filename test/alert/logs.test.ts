import { describe, expect, it } from "vitest";

import { EngineBed } from "../support/engine-bed.ts";
import { ObjectStates } from "../support/object-states.ts";

const RULES = "rules: [{ name: crash, match: { reason: BackOff }, resolve: { when: stable } }]";
const LINES = ["start", "panic: the order of the rows"];

/** A bed whose pods have crashed, and whose look-ups read the logs of those that messages are about. */
function bed(options: Partial<ConstructorParameters<typeof EngineBed>[0]> = {}): EngineBed {
  const lastState = { terminated: { exitCode: 1 } };
  const states = new ObjectStates().set(0, "shop/Pod/web-1", {
    metadata: { name: "web-1", uid: "u" },
    spec: { containers: [{ name: "app" }] },
    status: {
      containerStatuses: [{ name: "app", state: { waiting: { reason: "CrashLoopBackOff" } }, lastState }],
    },
  });
  states.logs.set("test/Pod/shop/web-1", [{ container: "app", lines: LINES }]);
  return new EngineBed({ rules: RULES, states, ...options });
}

const crash = { reason: "BackOff", object: "shop/Pod/web-1", container: "app" };

describe("lines of logs", () => {
  it("are in the message about a crash, and that they were sent is a decision of its own", () => {
    const story = bed().at(0, crash).until(120);
    expect(logsIn(story)).toEqual([
      { sink: "ops", logs: [{ object: "Pod/web-1", container: "app", lines: LINES }] },
    ]);
    expect(reasonsIn(story)).toEqual(["notified first", "notified logs"]);
  });

  it("are in nothing else that is stored", () => {
    const story = bed().at(0, crash).until(600);
    const others = story.changes.map((changes) => ({ ...changes, deliveries: [] }));
    expect(JSON.stringify(others)).not.toContain("panic");
    expect(JSON.stringify(story.changes)).toContain("panic");
  });

  it("are not for a sink that wants none, and then no decision says so", () => {
    const sinks = [{ name: "ops" }, { name: "wide", logs: false }];
    const story = bed({ sinks, route: "sinks: [ops, wide]" }).at(0, crash).until(120);
    expect(logsIn(story)).toEqual([
      { sink: "ops", logs: [{ object: "Pod/web-1", container: "app", lines: LINES }] },
      { sink: "wide", logs: undefined },
    ]);
    expect(reasonsIn(story)).toEqual(["notified first", "notified logs", "notified first"]);
  });
});

function logsIn({ messages }: EngineBed): readonly unknown[] {
  return messages.map(({ sink, delivery }) => ({
    sink,
    logs: delivery.notification.alerts[0]?.evidence?.logs,
  }));
}

function reasonsIn({ changes }: EngineBed): readonly string[] {
  return changes.flatMap(({ decisions }) => decisions).map(({ outcome, reason }) => `${outcome} ${reason}`);
}
