import { describe, expect, it } from "vitest";

import type { Probes } from "../../src/lib/probes.ts";
import { createHealth, type HealthDeps } from "../../src/self/health.ts";
import type { SourceStatus } from "../../src/source/index.ts";
import { FakeClock } from "../support/fake-clock.ts";

const MINUTE = 60_000;
const NOW = Date.parse("2026-06-01T10:00:00Z");
const WATCHING: SourceStatus = {
  cluster: "test",
  scope: "core/shop",
  state: "watching",
  resourceVersion: "7",
  lastMessageAt: NOW,
  trouble: "",
};

interface Facts {
  readonly sources: readonly Partial<SourceStatus>[];
  readonly storeError: string;
  readonly busyMs: number;
  readonly isStandby: boolean;
  readonly inMemory: string;
  readonly damage: string;
}

/** The probes with these facts; without any all is well. */
function healthWith(facts: Partial<Facts> = {}): Probes {
  const {
    sources = [{}],
    storeError = "",
    busyMs = 0,
    isStandby = false,
    inMemory = "",
    damage = "",
  } = facts;
  const deps: HealthDeps = {
    clock: new FakeClock(NOW),
    sources: () => sources.map((source) => ({ ...WATCHING, ...source })),
    pipeline: () => ({ storeError, busyMs }),
    isStandby: () => isStandby,
    inMemory: () => inMemory,
    damage: () => damage,
    scrub: (text) => text.replaceAll("secret", "[redacted]"),
  };
  return createHealth(deps);
}

describe("the liveness probe", () => {
  it("is well while input is quick and the watch speaks", () => {
    const health = healthWith({ busyMs: MINUTE });
    expect(health.live()).toEqual([
      { name: "pipeline", ok: true, detail: "makes progress" },
      { name: "watch", ok: true, detail: "within its deadline" },
    ]);
  });

  it("fails when one input takes two minutes, but not while the store refuses writes", () => {
    const stuck = healthWith({ busyMs: 2 * MINUTE }).live();
    expect(stuck[0]).toEqual({ name: "pipeline", ok: false, detail: "stuck for 2 min" });
    const refused = healthWith({ busyMs: 2 * MINUTE, storeError: "disk full" }).live();
    expect(refused[0]).toMatchObject({ ok: true });
  });

  it("fails when a watch is silent for longer than five minutes, but not while its source waits", () => {
    const silent = healthWith({ sources: [{ lastMessageAt: NOW - 6 * MINUTE }] });
    expect(silent.live()[1]).toEqual({
      name: "watch",
      ok: false,
      detail: "core/shop: silent for 6 min",
    });
    const waiting = healthWith({ sources: [{ state: "waiting", lastMessageAt: 0 }] });
    expect(waiting.live()[1]).toMatchObject({ ok: true });
  });
});

describe("the readiness probe", () => {
  it.each([
    { facts: {}, watch: "established", store: "takes writes", ok: [true, true] },
    { facts: { sources: [] }, watch: "not started", store: "takes writes", ok: [false, true] },
    {
      facts: { sources: [{ state: "waiting", trouble: "no secret route" }, { state: "listing" }] },
      watch: "no [redacted] route; listing",
      store: "takes writes",
      ok: [false, true],
    },
    {
      facts: { isStandby: true, sources: [] },
      watch: "standby: another process follows the events",
      store: "takes writes",
      ok: [true, true],
    },
    { facts: { storeError: "disk full" }, watch: "established", store: "disk full", ok: [true, false] },
    {
      facts: { damage: "page 7: secret" },
      watch: "established",
      store: "takes writes, but its file is damaged: page 7: [redacted]",
      ok: [true, true],
    },
    {
      facts: { inMemory: "read-only" },
      watch: "established",
      store: "in memory, a restart forgets it: read-only",
      ok: [true, false],
    },
  ] as const)("of $facts says $watch, $store", ({ facts, watch, store, ok }) => {
    const checks = healthWith(facts).ready();
    expect(checks.map(({ detail }) => detail)).toEqual([watch, store]);
    expect(checks.map((check) => check.ok)).toEqual(ok);
  });
});
