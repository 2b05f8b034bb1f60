import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { hasBrowser, launch, openPage } from "./browser.ts";
import { openScene, type SceneBed } from "./scene-bed.ts";

describe.skipIf(!hasBrowser)("what would break a view", () => {
  let browser: Browser;
  let scene: SceneBed;
  beforeAll(async () => {
    [browser, scene] = await Promise.all([launch(), openScene([])]);
  });
  afterAll(async () => {
    await browser.close();
    await scene[Symbol.asyncDispose]();
  });

  it("is an answer of a wrong form: that view says so, and the others are there", async () => {
    await using opened = await openPage(browser, scene.address);
    const { page, faults } = opened;
    await page.route("**/api/v1/silences", (route) => route.fulfill({ json: { items: [{}], next: null } }));
    const links = page.getByRole("navigation");
    await links.getByRole("link", { name: "Silences" }).click();
    await page.getByRole("heading", { name: "This view cannot be shown" }).waitFor();
    expect(faults.length).toBeGreaterThan(0);
    await links.getByRole("link", { name: "Status" }).click();
    await page.getByRole("heading", { name: "Status" }).waitFor();
  });

  it("is an address that cannot be decoded: it leads nowhere", async () => {
    await using opened = await openPage(browser, scene.address);
    const { page, faults } = opened;
    await page.evaluate(() => {
      history.pushState(null, "", "/alerts/%E0%A4%A");
      dispatchEvent(new PopStateEvent("popstate"));
    });
    await page.getByRole("heading", { name: "There is no such page" }).waitFor();
    expect(faults).toEqual([]);
  });
});
