import { describe, expect, it } from "vitest";

import { errorText, hasCode } from "../../src/lib/errors.ts";

describe("an error in one line", () => {
  it("has the messages of its causes, and says nothing twice", () => {
    const refused = new Error("connect ECONNREFUSED 127.0.0.1:9");
    const asked = new Error("GET /version: no answer", { cause: refused });
    expect(errorText(asked)).toBe("GET /version: no answer: connect ECONNREFUSED 127.0.0.1:9");
    expect(errorText(new Error("given up: GET /version: no answer", { cause: asked }))).toBe(
      "given up: GET /version: no answer: connect ECONNREFUSED 127.0.0.1:9",
    );
    expect(errorText(new Error("x", { cause: new Error("x") }))).toBe("x");
  });

  it("has no line breaks, and is cut", () => {
    expect(errorText(new Error("a\nb\u0007c"))).toBe("a b c");
    expect(errorText("x".repeat(1000))).toHaveLength(256);
    expect(errorText(new Error(""))).toBe("");
  });
});

describe("the code of an error", () => {
  const refused = Object.assign(new Error("connect"), { code: "ECONNREFUSED" });
  const circle = new Error("a");
  circle.cause = circle;
  it.each([
    { title: "its own", thrown: refused, found: true },
    {
      title: "that of a cause",
      thrown: new Error("a", { cause: new Error("b", { cause: refused }) }),
      found: true,
    },
    { title: "not its message", thrown: new Error("ECONNREFUSED"), found: false },
    { title: "none in a circle of causes", thrown: circle, found: false },
    { title: "none of what is no error", thrown: { code: "ECONNREFUSED" }, found: false },
  ])("is $title", ({ thrown, found }) => {
    expect(hasCode(thrown, new Set(["ECONNREFUSED"]))).toBe(found);
  });
});
