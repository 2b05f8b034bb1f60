import { describe, expect, it } from "vitest";

import { DeliveryError, type Failure } from "../../src/egress/index.ts";

describe("DeliveryError", () => {
  it.each<[Failure, "destination" | "sink"]>([
    ["not-found", "destination"],
    ["gone", "destination"],
    ["rejected", "destination"],
    ["too-large", "destination"],
    ["unauthorized", "sink"],
    ["network", "sink"],
    ["rate-limited", "sink"],
    ["server", "sink"],
  ])("reaches, for %s, as far as the %s, unless its maker says otherwise", (failure, scope) => {
    expect(DeliveryError.broken(failure, "x").scope).toBe(scope);
    const other = scope === "sink" ? "destination" : "sink";
    expect(DeliveryError.broken(failure, "x", { scope: other }).scope).toBe(other);
  });

  it.each([
    { wish: undefined, ms: undefined },
    { wish: 2000, ms: 2000 },
    { wish: 0.4, ms: 1 },
    { wish: -5, ms: 0 },
    { wish: 86_400_000, ms: 900_000 },
    { wish: Infinity, ms: 900_000 },
  ])("takes a wish to wait $wish ms as $ms ms", ({ wish, ms }) => {
    expect(DeliveryError.transient("rate-limited", "x", { retryAfterMs: wish }).retryAfterMs).toBe(ms);
  });

  it("keeps everything that a copy does not change", () => {
    const cause = new Error("deep");
    const error = DeliveryError.broken("server", "down", {
      scope: "destination",
      retryAfterMs: 7,
      remaining: ["b"],
      cause,
    });
    const copy = error.at("mx.example:25").with({ class: "transient" });
    expect(copy).toMatchObject({
      class: "transient",
      failure: "server",
      scope: "destination",
      retryAfterMs: 7,
      remaining: ["b"],
      cause,
      message: "mx.example:25: down",
    });
  });
});
