import { describe, expect, it } from "vitest";

import { DIALECTS } from "../../../src/sink/chat/dialects/dialects.ts";
import { layOut } from "../../../src/sink/chat/layout.ts";
import { present } from "../../../src/sink/present/index.ts";
import { HOSTILE_TEXTS } from "../../support/hostile-texts.ts";
import { makeLongest, makeNotificationOf, NOTIFICATIONS } from "../../support/notifications.ts";
import { STORIES, toldAt } from "../present/stories.ts";

const NAMES = Object.keys(DIALECTS) as (keyof typeof DIALECTS)[];

describe.each(NAMES)("a message in the markup %s", (name) => {
  const dialect = DIALECTS[name];

  it.each(Object.entries({ ...NOTIFICATIONS, ...STORIES }))("has its headline first: %s", (_, told) => {
    const shown = present(told, toldAt(told));
    const markup = layOut(shown, { dialect, limit: 4000, now: toldAt(told) });
    expect(markup).toMatch(new RegExp(`^${shown.sign} `, "u"));
    expect(dialect.measure(markup)).toBeLessThanOrEqual(4000);
  });

  it.each([20, 60, 200, 512, 1024, 2048, 4096])("keeps the limit %i with any text", (limit) => {
    for (const text of Object.values(HOSTILE_TEXTS)) {
      const told = makeNotificationOf(text);
      const markup = layOut(present(told, toldAt(told)), { dialect, limit, now: toldAt(told) });
      expect(dialect.measure(markup)).toBeLessThanOrEqual(limit);
      expect(markup.isWellFormed()).toBe(true);
    }
  });
});

describe("a message", () => {
  const told = NOTIFICATIONS["first, several alerts"] ?? makeNotificationOf("");
  const now = toldAt(told);
  const shown = present(told, now);

  it("leaves out the parts that stand elsewhere", () => {
    const dialect = DIALECTS.plain;
    const whole = layOut(shown, { dialect, limit: 4000, now });
    const rest = layOut(shown, { dialect, limit: 4000, now, without: ["headline", "why"] });
    expect(whole.split("\n").slice(1, -1).join("\n")).toBe(rest);
    expect(layOut(shown, { dialect, limit: 4000, now, only: ["headline"] })).toBe(whole.split("\n")[0]);
  });

  it("gives a part the room of those that are written elsewhere", () => {
    const longest = present(makeLongest(), now);
    const dialect = DIALECTS.plain;
    const among = layOut(longest, { dialect, limit: 2000, now });
    const alone = layOut(longest, { dialect, limit: 2000, now, only: ["evidence"] });
    expect(alone.length).toBeGreaterThan(1900);
    expect(alone.length).toBeLessThanOrEqual(2000);
    expect(among.length).toBeLessThanOrEqual(2000);
    expect(among).toContain("a *");
  });

  it("keeps what says most where there is little room", () => {
    const markup = layOut(shown, { dialect: DIALECTS.plain, limit: 300, now });
    expect(markup).toContain(shown.title.slice(0, 20));
    expect(markup).toContain("since 10:00Z");
    expect(markup).not.toContain("route default");
  });

  it("counts the places that have no room", () => {
    const markup = layOut(shown, { dialect: DIALECTS.plain, limit: 4000, now });
    expect(markup).toContain("and 12 more");
    const short = layOut(shown, { dialect: DIALECTS.plain, limit: 320, now, without: ["headline", "next"] });
    expect(short).toMatch(/and 1[23] more/u);
  });

  it("writes its mentions as they are configured, and keeps them when its title is cut", () => {
    const markup = layOut(
      { ...shown, headline: "x".repeat(300) },
      { dialect: DIALECTS.markdown, limit: 100, now, mentions: ["<@1>"], without: ["facts", "next"] },
    );
    expect(markup).toMatch(/…x+\*\* — prod\\-eu1 <@1>/u);
  });

  it("has its title beside many mentions", () => {
    const mentions = Array.from({ length: 10 }, (_, index) => `<@&12345678901234567${index}>`);
    const markup = layOut(shown, { dialect: DIALECTS.discord, limit: 400, now, mentions });
    expect(markup).toContain("2 workloads");
    expect(markup).toContain(mentions.join(" "));
    expect(markup.length).toBeLessThanOrEqual(400);
  });

  it("shows code of a rule's text as code", () => {
    const markup = layOut(
      { ...shown, text: "see `a_b` and c_d" },
      { dialect: DIALECTS.markdown, limit: 1000, now },
    );
    expect(markup).toContain(String.raw`see ` + "`a_b`" + String.raw` and c\_d`);
  });
});
