import { describe, expect, it } from "vitest";

import { Alert } from "../../src/api/schemas/alert.ts";
import { toAlert } from "../../src/api/views/alert.ts";
import { makeAlert } from "../alert/make.ts";
import { START } from "../support/event-sketch.ts";

const NO_GROUPS = new Map<string, never>();

describe("an alert in an answer", () => {
  it("says which state ends it, and that its objects go on to have the problem", () => {
    const alert = makeAlert("f", { proof: "stable", confirmedAt: START + 60_000 });
    expect(Alert.parse(toAlert(alert, NO_GROUPS))).toMatchObject({
      proof: "stable",
      well: null,
      confirmedAt: "2026-06-01T10:01:00.000Z",
    });
  });

  it("says what is well since when, and when it ends if that lasts", () => {
    const by = { how: "healthy", reason: "", what: "3 of 3 pods ready" } as const;
    const well = { by, since: START, overAt: START, tailUntil: START, holdMs: 60_000 };
    expect(toAlert(makeAlert("f", { well }), NO_GROUPS).well).toEqual({
      what: "3 of 3 pods ready",
      since: "2026-06-01T10:00:00.000Z",
      endsAt: "2026-06-01T10:01:00.000Z",
    });
    const seen = { ...well, by: { how: "deleted", reason: "" } as const, since: undefined };
    expect(toAlert(makeAlert("f", { well: seen }), NO_GROUPS).well).toMatchObject({
      what: "deleted",
      since: null,
    });
  });

  it("says nothing of states where none was read", () => {
    expect(toAlert(makeAlert("f"), NO_GROUPS)).toMatchObject({ proof: null, well: null, confirmedAt: null });
  });
});
