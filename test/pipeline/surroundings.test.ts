import { describe, expect, it } from "vitest";

import type { Fact, Inquiry } from "../../src/alert/index.ts";
import { normalise, ObjectKey } from "../../src/event/index.ts";
import { readObjectState } from "../../src/object/index.ts";
import type { LogLookUp } from "../../src/pipeline/fact-inputs.ts";
import { RecentChanges } from "../../src/pipeline/recent-changes.ts";
import { surroundingLookUp } from "../../src/pipeline/surroundings.ts";
import { START, toRawEvent } from "../support/event-sketch.ts";

const keyOf = (kind: string, name: string): string =>
  ObjectKey.format({ cluster: "test", kind, namespace: "shop", name });

const state = readObjectState("ReplicaSet", { metadata: {} })!;

function changesOf(...messages: readonly string[]): RecentChanges {
  const changes = new RecentChanges();
  for (const message of messages) {
    const about = { reason: "ScalingReplicaSet", component: "deployment-controller" };
    const sketch = { ...about, object: "shop/Deployment/web", message };
    const raw = toRawEvent(sketch, { now: START, version: 1, before: () => undefined });
    changes.record(normalise(raw, "test"));
  }
  return changes;
}

/** A look-up whose answers the test gives. */
function bed(changes: RecentChanges, logs?: LogLookUp) {
  const asked: { readonly inquiry: Inquiry; readonly answer: (found: Fact["found"]) => void }[] = [];
  const facts: Fact[] = [];
  const lookUp = surroundingLookUp(
    {
      ask: (inquiries, onFact) => {
        for (const inquiry of inquiries) {
          const { object } = inquiry;
          asked.push({ inquiry, answer: (found) => onFact({ object, at: START, found }) });
        }
      },
      close: () => undefined,
    },
    changes,
    { now: () => START, logs },
  );
  const ask = (inquiry: Inquiry): void => lookUp.ask([inquiry], (fact) => facts.push(fact));
  return { asked, facts, ask };
}

const web: Inquiry = { object: keyOf("Deployment", "web"), apiVersion: "apps/v1", purpose: "tell" };

describe("the surroundings of an object", () => {
  const rollout = ["Scaled up replica set web-1 from 0 to 3", "Scaled up replica set web-2 from 0 to 1"];

  it("are its changes and its newest two ReplicaSets, in one answer", () => {
    const { asked, facts, ask } = bed(changesOf("Scaled up replica set web-0 from 0 to 3", ...rollout));
    ask(web);
    expect(asked.map(({ inquiry }) => ObjectKey.parse(inquiry.object).name)).toEqual([
      "web",
      "web-2",
      "web-1",
    ]);
    asked[0]?.answer("gone");
    asked[1]?.answer(state);
    expect(facts).toEqual([]);
    asked[2]?.answer("unknown");
    expect(facts).toMatchObject([
      { object: web.object, found: "gone", context: { replicaSets: { "web-2": state } } },
    ]);
    expect(facts[0]?.context?.changes.length).toBeGreaterThan(0);
  });

  it("cost no request but for a message", () => {
    const { asked, facts, ask } = bed(changesOf(...rollout));
    ask({ ...web, purpose: "watch" });
    expect(asked).toHaveLength(1);
    asked[0]?.answer("unknown");
    expect(facts).toMatchObject([{ context: { replicaSets: {} } }]);
  });

  it("leave a fact as it is when there are none", () => {
    const { asked, facts, ask } = bed(changesOf());
    ask(web);
    asked[0]?.answer("gone");
    expect(facts).toEqual([{ object: web.object, at: START, found: "gone" }]);
  });
});

describe("the logs of a pod", () => {
  const pod: Inquiry = { object: keyOf("Pod", "web-1"), apiVersion: "v1", purpose: "tell" };

  it("come with the fact that a message waits for, and with no other", () => {
    const logs = [{ container: "app", lines: ["panic"] }];
    const read: string[] = [];
    const { asked, facts, ask } = bed(changesOf(), {
      read: ({ object }, onLogs) => {
        read.push(object);
        onLogs(logs);
      },
      close: () => undefined,
    });
    for (const purpose of ["tell", "end", "hint", "watch"] as const) ask({ ...pod, purpose });
    for (const { answer } of asked) answer(state);
    expect(read).toEqual([pod.object]);
    expect(facts.map(({ context }) => context?.logs)).toEqual([logs, undefined, undefined, undefined]);
  });
});
