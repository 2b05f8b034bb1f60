import { expect, it } from "vitest";

import { EngineBed, START } from "../../support/engine-bed.ts";
import { ObjectStates } from "../../support/object-states.ts";

const RULES = `
rules:
  - name: crash
    match: { reason: BackOff }
    title: "Crashing {{ group.alerts }}: {{ event.name }}: {{ evidence.summary }}"
    text: "{{ alert.occurrences }} times, {{ evidence.containers.size() }} containers"
`;

/** A bed whose pod has crashed, and whose look-ups read its log for messages. */
function bed(): EngineBed {
  const states = new ObjectStates().set(0, "shop/Pod/web-1", {
    metadata: { name: "web-1", uid: "u" },
    spec: { containers: [{ name: "app" }] },
    status: {
      containerStatuses: [
        {
          name: "app",
          restartCount: 3,
          state: { waiting: { reason: "CrashLoopBackOff" } },
          lastState: { terminated: { exitCode: 1, reason: "Error" } },
        },
      ],
    },
  });
  states.logs.set("test/Pod/shop/web-1", [{ container: "app", lines: ["a secret of the log"] }]);
  return new EngineBed({ rules: RULES, states });
}

it("an open alert reads as its message did, but for the lines of logs, and asking changes nothing", () => {
  const story = bed().at(0, { reason: "BackOff", object: "shop/Pod/web-1", container: "app" }).until(120);
  const [alert] = [...story.engine.alerts()];
  if (alert === undefined) throw new Error("the alert is open");
  const [message] = story.messages;
  const [sent] = message?.notification.alerts ?? [];
  const changes = story.changes.length;
  const told = story.engine.asTold(alert, START + 120_000);
  expect(told.title).toMatch(/^Crashing 1: web-1: .*exit 1/u);
  expect([told.title, told.text]).toEqual([sent?.title, sent?.text]);
  expect(story.engine.titleOf(alert, START + 120_000)).toBe(told.title);
  const { logs, ...evidence } = sent?.evidence ?? {};
  expect(logs).toBeDefined();
  // Its state was read again meanwhile.
  expect(told.evidence).toEqual({ ...evidence, at: expect.any(String) });
  expect(story.changes).toHaveLength(changes);
});
