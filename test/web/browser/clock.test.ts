import { expect, it } from "vitest";

import { describeScene } from "./describe-scene.ts";
import { openScene, whenTold } from "./scene-bed.ts";
import { nightEvents } from "./scene.ts";

/** An hour of the story takes a minute of ours. */
const SPEED = 60;

describeScene(
  "the clock of a demo",
  async () => {
    const scene = await openScene(nightEvents(Date.now()), { speed: SPEED });
    // Later nothing but the status of the stream says the time.
    await whenTold(scene);
    return scene;
  },
  (stage) => {
    it("makes ages on the page grow as fast as the story goes", async () => {
      await using opened = await stage.open("/?q=node-3");
      const { page, faults } = opened;
      const minutes = async (): Promise<number> => {
        const text = await page.locator(".row .age").first().innerText();
        return /^(\d+) min$/u.test(text) ? Number.parseInt(text, 10) : 60;
      };
      const before = await minutes();
      // Two minutes of ours at most: with our own clock not even three would be added.
      await expect.poll(minutes, { timeout: 120_000 }).toBeGreaterThan(before + 4);
      expect(faults).toEqual([]);
    });
  },
);
