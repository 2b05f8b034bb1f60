import { describe, expect, it } from "vitest";

import { resultOfFailure } from "../../src/delivery/result-of-failure.ts";
import { DeliveryError, type FailureClass } from "../../src/egress/index.ts";

describe("settleFailure", () => {
  it.each([
    { what: "waits by its attempts", kind: "transient", attempt: 3, dueAt: 12_000 },
    {
      what: "waits at least as long as the receiver asks",
      kind: "transient",
      attempt: 1,
      retryAfterMs: 9000,
      dueAt: 19_000,
    },
    {
      what: "waits longer than the receiver asks when it failed often",
      kind: "transient",
      attempt: 5,
      retryAfterMs: 100,
      dueAt: 18_000,
    },
    {
      what: "waits as long as its content has to",
      kind: "transient",
      attempt: 1,
      retryAfterMs: 9000,
      contentWaitMs: 900_000,
      dueAt: 910_000,
    },
    { what: "wakes when it expires", kind: "transient", attempt: 5, expiresAt: 13_000, dueAt: 13_000 },
    {
      what: "is found expired at once when it is",
      kind: "transient",
      attempt: 5,
      expiresAt: 9000,
      dueAt: 10_000,
    },
    { what: "is due at once when the sink waits, not the row", kind: "broken", attempt: 5, dueAt: 10_000 },
  ] as const)("a row $what", ({ kind, attempt, dueAt, ...rest }) => {
    expect(settle(kind, attempt, rest)).toEqual({
      id: "d1",
      outcome: "retry",
      at: 10_000,
      dueAt,
      started: true,
      error: "text",
      remaining: ["b"],
    });
  });

  it("buries what can never be sent", () => {
    expect(settle("poison", 1, {})).toEqual({ id: "d1", outcome: "dead", at: 10_000, error: "text" });
  });
});

function settle(
  kind: FailureClass,
  attempt: number,
  {
    retryAfterMs,
    contentWaitMs,
    expiresAt,
  }: { readonly retryAfterMs?: number; readonly contentWaitMs?: number; readonly expiresAt?: number },
) {
  const error = DeliveryError[kind]("server", "x", { retryAfterMs, contentWaitMs, remaining: ["b"] });
  return resultOfFailure({
    id: "d1",
    attempt,
    expiresAt,
    error,
    errorText: "text",
    now: 10_000,
    random: 0.5,
  });
}
