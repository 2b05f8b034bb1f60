import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { hasBrowser, launch, openPage } from "./browser.ts";
import { openScene, type SceneBed, whenTold } from "./scene-bed.ts";
import { imageWasPulled, nightEvents } from "./scene.ts";

describe.skipIf(!hasBrowser)("the history", () => {
  let browser: Browser;
  let scene: SceneBed;
  beforeAll(async () => {
    [browser, scene] = await Promise.all([launch(), openScene(nightEvents(Date.now()))]);
    await whenTold(scene);
  });
  afterAll(async () => {
    await browser.close();
    await scene[Symbol.asyncDispose]();
  });

  it("has an alert that ended, how it ended and who heard of it, and the strip chooses its rule", async () => {
    await using opened = await openPage(browser, `${scene.address}/history`);
    const { page, faults } = opened;
    const line = page.locator(".ended-line", { hasText: "catalog-web" });
    await page.getByText(/^No alert ended since/u).waitFor();
    // The page that somebody looks at learns of it.
    scene.api.create(imageWasPulled(Date.now()));
    await line.waitFor();
    expect(await line.innerText()).toMatch(/by Pulled.*✓ ops/su);
    await page.getByRole("button", { name: /^crash-loop/u }).press("Enter");
    await page.getByText(/^No alert ended since/u).waitFor();
    expect(new URL(page.url()).searchParams.get("rule")).toBe("crash-loop");
    await page.getByRole("button", { name: "crash-loop ✕" }).click();
    await line.click();
    await page.getByText("Each time that it came").waitFor();
    expect(new URL(page.url()).searchParams.get("id")).not.toBe(null);
    expect(faults).toEqual([]);
  });
});
