import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { until } from "../../support/until.ts";
import { hasBrowser, launch, openPage } from "./browser.ts";
import { openScene, type SceneBed } from "./scene-bed.ts";
import { manyEvents } from "./scene.ts";

const ALERTS = 5000;

describe.skipIf(!hasBrowser)("5,000 open alerts", () => {
  let browser: Browser;
  let scene: SceneBed;
  beforeAll(async () => {
    [browser, scene] = await Promise.all([launch(), openScene(manyEvents(ALERTS, Date.now()))]);
    await until(async () => {
      const answer = await fetch(`${scene.address}/api/v1/status`);
      const { alerts } = (await answer.json()) as { readonly alerts: { readonly firing: number } };
      return alerts.firing >= ALERTS;
    });
  });
  afterAll(async () => {
    await browser.close();
    await scene[Symbol.asyncDispose]();
  });

  it.each(["rule", "workload", "namespace"])(
    "are at most 2,500 elements by %s, and all are found",
    async (by) => {
      await using opened = await openPage(browser, `${scene.address}/?by=${by}`);
      const { page, faults } = opened;
      await page.getByText("5,000 open alerts").waitFor();
      const elements = (): Promise<number> => page.evaluate(() => document.querySelectorAll("*").length);
      await expect.poll(elements).toBeGreaterThan(150);
      expect(await elements()).toBeLessThanOrEqual(2500);
      const more = page.getByRole("button", { name: / more$/u }).first();
      if (by !== "workload") await more.click();
      expect(await elements()).toBeLessThanOrEqual(2500);
      await page.getByRole("searchbox").fill("job-04711");
      await expect.poll(() => page.locator(".row").count()).toBe(1);
      expect(faults).toEqual([]);
    },
  );

  it("need at most 30 MB of heap", async () => {
    await using opened = await openPage(browser, scene.address);
    const { page } = opened;
    await page.getByText("5,000 open alerts").waitFor();
    const session = await page.context().newCDPSession(page);
    await session.send("HeapProfiler.collectGarbage");
    const { usedSize } = await session.send("Runtime.getHeapUsage");
    expect(usedSize / 2 ** 20).toBeLessThanOrEqual(30);
  });
});
