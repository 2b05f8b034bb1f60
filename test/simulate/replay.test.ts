import { beforeAll, describe, expect, it } from "vitest";

import type { Configuration } from "../../src/config/index.ts";
import { type Replayed, replayRecording } from "../../src/simulate/index.ts";
import { loadBuiltinConfiguration } from "../support/builtin-configuration.ts";

const START = Date.parse("2026-06-01T10:00:00Z");
const MINUTE = 60_000;

let configuration: Configuration;
beforeAll(async () => {
  configuration = await loadBuiltinConfiguration();
});

/** A container that crashes at these minutes, each as a watch showed it. */
async function* crashes(...minutes: readonly number[]): AsyncGenerator<string> {
  for (const [index, minute] of minutes.entries()) {
    const at = new Date(START + minute * MINUTE).toISOString();
    const object = {
      metadata: {
        name: "web.1",
        namespace: "shop",
        uid: "e1",
        resourceVersion: `${index + 1}`,
        creationTimestamp: new Date(START).toISOString(),
      },
      involvedObject: { kind: "Pod", namespace: "shop", name: "web-1", uid: "p1" },
      reason: "BackOff",
      message: "Back-off restarting failed container web in pod web-1",
      type: "Warning",
      source: { component: "kubelet" },
      count: 20 * (index + 1),
      firstTimestamp: new Date(START).toISOString(),
      lastTimestamp: at,
    };
    yield `${JSON.stringify({ receivedAt: at, type: "MODIFIED", object })}\n`;
  }
}

async function replay(
  chunks: AsyncIterable<string>,
  more: { readonly until?: number; readonly counted?: ReadonlySet<string> } = {},
): Promise<Replayed> {
  return replayRecording({
    file: "hour.jsonl",
    chunks,
    policy: configuration.policy,
    learnsOwners: false,
    eventTtlMs: 3_600_000,
    onFinding: ({ message }) => expect.fail(message),
    ...more,
  });
}

describe("a replay", () => {
  it("plays on until what has gone quiet has ended, unless told when to end", async () => {
    const whole = await replay(crashes(0, 1, 2));
    expect(whole.firing).toEqual([]);
    expect(whole.messages.at(-1)?.notification.kind).toBe("resolved");
    const cut = await replay(crashes(0, 1, 2), { until: START + 3 * MINUTE });
    expect(cut.firing.map(({ rule }) => rule)).toEqual(["crash-loop"]);
    expect(cut.messages.map(({ notification }) => notification.kind)).toEqual(["firing"]);
  });

  it("leaves out what came after its end", async () => {
    expect(await replay(crashes(0, 1, 2), { until: START + MINUTE })).toMatchObject({
      events: 2,
      to: START + MINUTE,
    });
  });

  it("counts what some rules match, also where others match more", async () => {
    expect(await replay(crashes(0, 1), { counted: new Set(["crash-loop"]) })).toMatchObject({ matched: 2 });
    const { matched, perRule } = await replay(crashes(0, 1), { counted: new Set(["image-pull"]) });
    expect(matched).toBe(0);
    expect(perRule.get("crash-loop")?.events).toBe(2);
  });
});
