import type { BrowserContext, Page } from "playwright-core";
import { expect, it } from "vitest";

import { describeScene, openNight } from "./describe-scene.ts";
import { newcomer } from "./scene.ts";

/** A page whose tab can be put behind another one: a browser without a screen shows all of them. */
async function openTab(context: BrowserContext, address: string): Promise<Page> {
  const page = await context.newPage();
  await page.addInitScript(() => {
    let isHidden = false;
    Object.defineProperty(document, "hidden", { get: () => isHidden });
    addEventListener("tab", (event) => {
      isHidden = (event as CustomEvent<boolean>).detail;
      document.dispatchEvent(new Event("visibilitychange"));
    });
  });
  await page.goto(address);
  return page;
}

function hide(page: Page, isHidden: boolean): Promise<boolean> {
  return page.evaluate((detail) => dispatchEvent(new CustomEvent("tab", { detail })), isHidden);
}

/** Streams that are open at the service. */
async function streams(address: string): Promise<number> {
  const text = await (await fetch(`${address}/metrics`)).text();
  return Number(/^tocsin_api_streams (\d+)/mu.exec(text)?.[1]);
}

describeScene("tabs", openNight, (stage) => {
  it("that nobody looks at let go of their stream, and take up where they were", async () => {
    await using opened = await stage.open("/");
    const context = await opened.page.context().browser()?.newContext();
    if (context === undefined) throw new Error("no browser");
    await opened.page.close();
    const page = await openTab(context, stage.scene.address);
    await page.locator(".live.live").waitFor();
    await expect.poll(() => streams(stage.scene.address), { timeout: 60_000 }).toBe(1);
    await hide(page, true);
    await expect.poll(() => streams(stage.scene.address), { timeout: 60_000 }).toBe(0);
    stage.scene.api.create(newcomer(Date.now()));
    await hide(page, false);
    await page.getByText("22 open alerts").waitFor();
    await page.locator(".live.live").waitFor();
    await context.close();
  });

  it("of one browser may be eight: it has six connections for all of them", async () => {
    await using opened = await stage.open("/");
    const context = await opened.page.context().browser()?.newContext();
    if (context === undefined) throw new Error("no browser");
    await opened.page.close();
    const tabs: Page[] = [];
    for (let count = 0; count < 8; count++) {
      const before = tabs.at(-1);
      if (before !== undefined) await hide(before, true);
      tabs.push(await openTab(context, stage.scene.address));
    }
    await tabs.at(-1)?.locator(".live.live").waitFor();
    await tabs.at(-1)?.getByText("22 open alerts").waitFor();
    const [first] = tabs;
    if (first === undefined) throw new Error("no tab");
    await hide(first, false);
    await first.locator(".live.live").waitFor();
    await context.close();
  });
});
