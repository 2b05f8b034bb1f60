import { describe, expect, it } from "vitest";

import { CircuitBreaker } from "../../src/delivery/circuit-breaker.ts";
import { DeliveryError, type Failure, type FailureClass } from "../../src/egress/index.ts";

const error = (kind: FailureClass, retryAfterMs?: number): DeliveryError =>
  DeliveryError[kind]("unknown", "x", { retryAfterMs });
const fail = (gate: CircuitBreaker, kind: FailureClass, at: number, times = 1): void => {
  for (let count = 0; count < times; count++) gate.failed(error(kind), at);
};

describe("Gate", () => {
  it("stays open after single failures, and a success forgets them", () => {
    const gate = new CircuitBreaker(() => 0);
    fail(gate, "transient", 0, 2);
    expect([gate.state(0), gate.waitMs(0), gate.limit(8)]).toEqual(["ok", 0, 8]);
    gate.succeeded();
    fail(gate, "transient", 0, 2);
    expect(gate.state(0)).toBe("ok");
    fail(gate, "transient", 0);
    expect([gate.state(0), gate.waitMs(0), gate.limit(8)]).toEqual(["failing", 500, 1]);
  });

  it("counts attempts that fail together as one failure, so that the first wait is short", () => {
    const gate = new CircuitBreaker(() => 0);
    fail(gate, "transient", 0, 100);
    expect(gate.waitMs(0)).toBe(500);
    fail(gate, "transient", 500);
    expect(gate.waitMs(500)).toBe(1000);
    fail(gate, "transient", 1500);
    expect(gate.waitMs(1500)).toBe(2000);
  });

  it("is broken from the first such failure until something succeeds or is refused for its content", () => {
    const gate = new CircuitBreaker(() => 0);
    fail(gate, "broken", 0);
    expect([gate.state(0), gate.waitMs(0), gate.limit(8)]).toEqual(["broken", 500, 1]);
    fail(gate, "transient", 500);
    expect(gate.state(500)).toBe("broken");
    fail(gate, "poison", 9000);
    expect([gate.state(9000), gate.limit(8)]).toEqual(["ok", 8]);
  });

  it("probes at least every five minutes, however long it lasts", () => {
    const gate = new CircuitBreaker(() => 1 - Number.EPSILON);
    let now = 0;
    for (let round = 0; round < 100; round++) {
      fail(gate, "broken", now);
      expect(gate.waitMs(now)).toBeLessThanOrEqual(300_000);
      now += gate.waitMs(now);
    }
    expect(now).toBeGreaterThan(90 * 300_000);
  });

  it("waits for the longer of two wishes", () => {
    const gate = new CircuitBreaker(() => 0);
    gate.failed(error("transient", 5000), 0);
    gate.failed(error("transient", 1000), 0);
    gate.pauseUntil(3000);
    expect([gate.state(0), gate.waitMs(0)]).toEqual(["paused", 5000]);
    expect(gate.state(5000)).toBe("ok");
  });

  describe("when contents are refused", () => {
    const refuse = (
      gate: CircuitBreaker,
      words: string,
      failure: Failure = "rejected",
      isOneContent = true,
    ): boolean => gate.failed(DeliveryError.poison(failure, words), 9000, isOneContent);

    it("is broken by the third refusal in a row with the same words, until something is taken", () => {
      const gate = new CircuitBreaker(() => 0);
      expect([refuse(gate, "no"), refuse(gate, "no"), gate.state(9000)]).toEqual([true, true, "ok"]);
      expect([refuse(gate, "no"), gate.state(9000), gate.limit(8)]).toEqual([false, "broken", 1]);
      fail(gate, "transient", 9000);
      expect([refuse(gate, "no"), gate.state(9000)]).toEqual([false, "broken"]);
      gate.succeeded();
      expect([refuse(gate, "no"), gate.state(99_000)]).toEqual([true, "ok"]);
    });

    it("stays open while the words differ, for what is too large, and for contents that are tried twice", () => {
      const gate = new CircuitBreaker(() => 0);
      for (const words of ["a", "b", "a", "b", "a"]) expect(refuse(gate, words)).toBe(true);
      for (let count = 0; count < 5; count++) {
        expect(refuse(gate, "large", "too-large")).toBe(true);
        expect(refuse(gate, "batch", "rejected", false)).toBe(true);
      }
      expect(gate.state(0)).toBe("ok");
    });
  });
});
