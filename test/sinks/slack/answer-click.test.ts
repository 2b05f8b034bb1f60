import { describe, expect, it } from "vitest";

import type { GroupActions, OpenGroup } from "../../../src/sink/index.ts";
import { answerClick, type ClickLimits } from "../../../src/sinks/slack/answer-click.ts";
import { ownerMark } from "../../../src/sinks/slack/buttons.ts";
import type { Click } from "../../../src/sinks/slack/click.ts";

const LIMITS: ClickLimits = {
  allow: "everyone",
  critical: true,
  external: false,
  lookingMutes: true,
};

const OWNER = ownerMark({ cluster: "prod-eu1", name: "ops" });

const CLICK: Click = {
  owner: OWNER,
  group: "default/rule=it",
  wish: { kind: "silence", forMs: undefined },
  user: { id: "U0KIM", name: "kim", team: "T0EXAMPLE" },
  team: "T0EXAMPLE",
  channel: "C0OPS",
  ts: "1.1",
  responseUrl: undefined,
};

/** Answers a click. @returns The answer, and how many silences were made. */
async function answer(
  change: Partial<Click>,
  { limits = {}, group = {} }: { limits?: Partial<ClickLimits>; group?: Partial<OpenGroup> } = {},
) {
  let silences = 0;
  const actions: GroupActions = {
    find: async () => ({ severity: "warning", labels: { rule: "it" }, ...group }),
    silence: async (_, { author }) => {
      silences += 1;
      return { until: undefined, author, isNew: true };
    },
  };
  const { to, text } = await answerClick(
    { ...CLICK, ...change },
    { actions, limits: { ...LIMITS, ...limits }, owner: OWNER, now: 0 },
  );
  return { to, text, silences };
}

describe("a click", () => {
  it("silences", async () => {
    expect(await answer({})).toMatchObject({ to: "thread", silences: 1 });
  });

  it.each([
    { cluster: "prod-us1", name: "ops" },
    { cluster: "prod-eu1", name: "dev" },
  ])("on a message of another sink of the same app does nothing here: %j", async (other) => {
    const found = await answer({ owner: ownerMark(other) });
    expect(found).toMatchObject({ to: "user", silences: 0 });
    expect(found.text).toContain("of another sink");
  });

  it("silences nothing when the alerts have nothing narrow in common", async () => {
    const group = { labels: {} };
    expect(await answer({}, { group })).toMatchObject({ to: "user", silences: 0 });
    const looking = await answer({ wish: { kind: "looking" } }, { group });
    expect(looking).toEqual({ to: "thread", text: "kim is looking.", silences: 0 });
  });

  it("of a user whose workspace is not said is none of a member", async () => {
    const click = { user: { ...CLICK.user, team: undefined } };
    expect(await answer(click)).toMatchObject({ to: "user", silences: 0 });
    expect(await answer(click, { limits: { external: true } })).toMatchObject({ silences: 1 });
  });
});
