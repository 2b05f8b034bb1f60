import { expect, it } from "vitest";

import { describeScene } from "./describe-scene.ts";
import { openScene, whenTold } from "./scene-bed.ts";
import { nightEvents } from "./scene.ts";

/** An hour of the story takes a minute of ours. */
const SPEED = 60;
const MINUTES: ReadonlyMap<string | undefined, number> = new Map([
  ["d", 24 * 60],
  ["h", 60],
  ["min", 1],
  ["s", 1 / 60],
]);

describeScene(
  "the clock of a demo",
  async () => {
    const scene = await openScene(nightEvents(Date.now()), { speed: SPEED });
    await whenTold(scene);
    return scene;
  },
  (stage) => {
    it("makes ages on the page grow as fast as the story goes", async () => {
      // An Event stays in its list, however long a slow machine takes, and nothing reads the list anew.
      await using opened = await stage.open("/events");
      const { page } = opened;
      const minutes = async (): Promise<number> => {
        const text = await page.locator(".event time").first().innerText();
        const parts = text.matchAll(/(\d+) (d|h|min|s)\b/gu);
        return [...parts].reduce((sum, [, count, unit]) => sum + Number(count) * (MINUTES.get(unit) ?? 0), 0);
      };
      const before = await minutes();
      expect(before).toBeGreaterThan(0);
      // From now on only the open stream says the time.
      await page.locator(".live.live").waitFor();
      await page.route("**/api/v1/**", (route) => route.abort());
      // Two minutes of ours at most: with our own clock not even three would be added.
      await expect.poll(minutes, { timeout: 120_000 }).toBeGreaterThan(before + 4);
    });
  },
);
