import { beforeAll, describe, expect, it } from "vitest";

import type { Configuration } from "../../src/config/index.ts";
import { documentOf } from "../../src/playground/document-of.ts";
import type { Playground } from "../../src/playground/playground.ts";
import { loadFrom, makePlayground as makeOn, type PlaygroundParts, SLOW } from "./playground-bed.ts";

const SECRET = "s3cr3t-8f2c1d";

let configuration: Configuration;
beforeAll(async () => {
  configuration = await loadFrom({
    kubernetes: { kubeconfig: `/home/${SECRET}/config`, eventTtl: "2h" },
    rules: [{ name: "it", match: { reason: "BackOff" } }],
    sinks: [
      { name: "hook", type: "webhook", url: `https://${SECRET}@example.com`, minSeverity: "warning" },
      { name: "page", type: "pagerduty", routingKey: SECRET },
    ],
    route: {
      sinks: ["hook"],
      routes: [{ name: "urgent", match: { severity: "critical" }, sinks: ["page"] }],
    },
    server: { tokens: { write: [{ file: `/run/${SECRET}` }] } },
  });
});

function makePlayground(parts: Omit<PlaygroundParts, "configuration"> = {}): Playground {
  return makeOn({ configuration, ...parts });
}

const RULES = "rules: [{ name: it, match: { reason: BackOff } }]";

describe("the playground", () => {
  it("takes one trial at a time, and the next one afterwards", async () => {
    const playground = makePlayground();
    const first = playground.play({ rules: RULES, since: 0 });
    expect(await playground.play({ rules: RULES, since: 0 })).toBe("busy");
    expect(await first).toMatchObject({ events: 10, matched: 10, faults: [] });
    expect(await playground.play({ rules: RULES, since: 0 })).toMatchObject({ events: 10 });
  });

  it("plays the newest Events where there are too many, and says so", async () => {
    const playground = makePlayground({ events: 30, limits: { events: 20 } });
    expect(await playground.play({ rules: RULES, since: 0 })).toMatchObject({ events: 20, cut: true });
  });

  it("ends rules that would take minutes, and takes the next trial", async () => {
    const playground = makePlayground({ events: 1000, limits: { ms: 2000 } });
    const trial = await playground.play({ rules: SLOW, since: 0 });
    expect(trial).toMatchObject({
      events: 0,
      faults: [{ level: "error", line: 0, message: "ended after 2 s: try fewer Events, or simpler rules" }],
    });
    expect(await playground.play({ rules: "rules: 1", since: 0 })).not.toBe("busy");
  });

  it("ends with the process", async () => {
    const stopping = new AbortController();
    const playground = makePlayground({ signal: stopping.signal });
    const trial = playground.play({ rules: SLOW, since: 0 });
    stopping.abort(new Error("stopping"));
    expect(await trial).toMatchObject({ faults: [{ message: "stopping" }] });
  });

  it("ends rules that take more memory than the thread may have", async () => {
    const playground = makePlayground({ events: 1000, limits: { heapMb: 8 } });
    const trial = await playground.play({ rules: RULES, since: 0 });
    expect(trial).toMatchObject({
      faults: [{ level: "error", message: "ended, because the rules took more than 8 MiB of memory" }],
    });
  });

  it("knows rules, routes and the names of sinks, and no secret", () => {
    const document = documentOf(configuration);
    expect(document).not.toContain(SECRET);
    expect(JSON.parse(document)).toEqual({
      kubernetes: { eventTtl: "2h" },
      rules: [{ name: "it", match: { reason: "BackOff" } }],
      sinks: [
        { name: "hook", minSeverity: "warning", type: "stdout" },
        { name: "page", type: "stdout" },
      ],
      route: {
        sinks: ["hook"],
        routes: [{ name: "urgent", match: { severity: "critical" }, sinks: ["page"] }],
      },
    });
  });
});
