import { describe, expect, it } from "vitest";

import { moreTelling } from "../../../src/alert/tracking/more-telling.ts";

const ERROR = "Error: ImagePullBackOff";
const BACK_OFF = 'Back-off pulling image "web:2"';
const FAILED = 'Failed to pull image "web:2": rpc error: code = NotFound desc = web:2: not found';

describe("the more telling of two messages", () => {
  it("is the one with the registry's answer, then the one with the image", () => {
    expect(moreTelling(FAILED, ERROR)).toBe(FAILED);
    expect(moreTelling(FAILED, BACK_OFF)).toBe(FAILED);
    expect(moreTelling(BACK_OFF, ERROR)).toBe(BACK_OFF);
    expect(moreTelling(ERROR, BACK_OFF)).toBe(BACK_OFF);
    expect(moreTelling(BACK_OFF, FAILED)).toBe(FAILED);
  });

  it("is the newer one when it tells as much, or of something else", () => {
    const other = FAILED.replaceAll("web:2", "web:3");
    expect(moreTelling(FAILED, other)).toBe(other);
    expect(moreTelling(FAILED, 'Error: secret "x" not found')).toBe('Error: secret "x" not found');
    expect(moreTelling("", ERROR)).toBe(ERROR);
    expect(moreTelling("Readiness probe failed", ERROR)).toBe(ERROR);
  });
});
