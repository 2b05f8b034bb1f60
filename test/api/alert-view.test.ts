import { describe, expect, it } from "vitest";

import { type AlertState, type SeenState, ToldAlert } from "../../src/alert/index.ts";
import { Alert } from "../../src/api/schemas/alert.ts";
import { toAlert } from "../../src/api/views/alert.ts";
import { makeAlert } from "../alert/make.ts";
import { START } from "../support/event-sketch.ts";

const NO_GROUPS = {
  groups: new Map<string, never>(),
  told: ToldAlert.of(
    makeAlert("f"),
    { key: "", labels: {}, alerts: 1 },
    { rule: () => undefined, now: START },
  ),
  scrub: (text: string) => text,
  now: START,
};

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

  const POD = { kind: "Pod", namespace: "shop", name: "web-1", container: "app" };
  const seen = (
    judgement: SeenState["judgement"],
    ...objects: readonly Partial<SeenState["objects"][number]>[]
  ): SeenState => ({
    judgement,
    objects: objects.map((object) => ({
      ...POD,
      verdict: "unknown",
      seenAt: undefined,
      askedAt: undefined,
      ...object,
    })),
    checkingUntil: undefined,
  });
  const by = { how: "healthy", reason: "", what: "3 of 3 pods ready" } as const;

  it.each<{ title: string; alert: Partial<AlertState>; state?: SeenState; words: string }>([
    { title: "one that does not fire", alert: { phase: "pending", proof: "ready" }, words: "" },
    {
      title: "objects that are well",
      alert: {
        proof: "ready",
        well: { by, since: START, overAt: START, tailUntil: START, holdMs: 60_000 },
      },
      words: "its objects are well (3 of 3 pods ready); it ends at 2026-06-01T10:01:00.000Z if that lasts",
    },
    {
      title: "an object with the problem",
      alert: { proof: "stable" },
      state: seen("sick", { verdict: "unhealthy", seenAt: START - 12_000 }),
      words:
        "it ends once the container stays up for longer than before: Pod shop/web-1 was not well, 12 s ago",
    },
    {
      title: "a workload with the problem",
      alert: { proof: "available" },
      state: seen("sick"),
      words: "it ends once its workload has all its pods: its workload is not as it should be",
    },
    {
      title: "objects that are gone, of a workload that is not well",
      alert: { proof: "stable" },
      state: seen("unsettled", { verdict: "gone" }),
      words:
        "it ends once the container stays up for longer than before: its objects are gone, and their workload is not as it should be",
    },
    {
      title: "an answer that did not come",
      alert: { proof: "stable" },
      state: seen("unknown", { askedAt: START }),
      words:
        "it ends once the container stays up for longer than before: the API server did not tell the state of Pod shop/web-1",
    },
    {
      title: "an Event after the answer",
      alert: { proof: "stable" },
      state: seen("unknown", { askedAt: START, seenAt: START - 5000 }),
      words:
        "it ends once the container stays up for longer than before: something was heard of Pod shop/web-1 after its state was read, 5 s ago",
    },
    {
      title: "a state that nobody has read",
      alert: { proof: "stable" },
      state: seen("unknown", {}),
      words:
        "it ends once the container stays up for longer than before: the state of Pod shop/web-1 was not read yet",
    },
    {
      title: "no state that could prove it, and quiet",
      alert: { lifecycle: "recurring", quietMs: 600_000, activeAt: START - 60_000 },
      words: "no state proves its end: it ends when nothing is heard of it for 9 min more",
    },
    {
      title: "no state that could prove it, and a counter-event",
      alert: { lifecycle: "transition", quietMs: undefined },
      words: "no state proves its end: it waits for the Event that ends it",
    },
  ])("says why it is still open: $title", ({ alert, state, words }) => {
    const open = makeAlert("f", { phase: "firing", ...alert });
    const view = Alert.parse(toAlert(open, { ...NO_GROUPS, seen: state }));
    expect(view.stillOpen).toBe(words);
    expect(view.state?.judgement).toBe(state?.judgement);
  });
});
