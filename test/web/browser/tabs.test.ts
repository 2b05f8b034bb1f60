import type { BrowserContext, Page } from "playwright-core";
import { expect, it } from "vitest";

import type { Status } from "../../../src/api/schemas/status.ts";
import { describeScene, openNight } from "./describe-scene.ts";
import { manyEvents, newcomer } from "./scene.ts";

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

/** The number of open alerts at the service, in the words of the page. */
async function openAlerts(address: string): Promise<string> {
  const answer = await fetch(`${address}/api/v1/alerts?view=list&limit=5000`);
  const { items } = (await answer.json()) as { readonly items: readonly object[] };
  return `${items.length} open alerts`;
}

/** The names of the frames that the page's stream hears from now on. */
async function framesOf(page: Page): Promise<readonly string[]> {
  const told: string[] = [];
  const session = await page.context().newCDPSession(page);
  session.on("Network.eventSourceMessageReceived", ({ eventName }) => told.push(eventName));
  await session.send("Network.enable");
  return told;
}

const WITHIN = { timeout: 60_000 };

/** More changes than the bridge keeps for a stream that comes back. */
const MISSED = 5000;

describeScene("tabs", openNight, (stage) => {
  it("that nobody looks at let go of their stream, and take up where they were", async () => {
    const { address, api } = stage.scene;
    await using context = await stage.browser.newContext();
    const page = await openTab(context, address);
    await page.locator(".live.live").waitFor();
    const before = await openAlerts(address);
    await page.getByText(before).waitFor();
    await expect.poll(() => streams(address), WITHIN).toBe(1);
    await hide(page, true);
    await expect.poll(() => streams(address), WITHIN).toBe(0);
    api.create(newcomer(Date.now()));
    await expect.poll(() => openAlerts(address), WITHIN).not.toBe(before);
    await hide(page, false);
    await page.getByText(await openAlerts(address)).waitFor();
    await page.locator(".live.live").waitFor();
  });

  it("of one browser may be eight, although it has six connections for all of them", async () => {
    const { address } = stage.scene;
    const now = await openAlerts(address);
    await using context = await stage.browser.newContext();
    const tabs: Page[] = [];
    // A new tab lies before all others.
    for (let count = 0; count < 8; count++) {
      for (const tab of tabs.slice(-1)) await hide(tab, true);
      tabs.push(await openTab(context, address));
    }
    let front = tabs.at(-1);
    for (const tab of tabs.toReversed()) {
      if (front !== undefined && front !== tab) await hide(front, true);
      await hide(tab, false);
      front = tab;
      await tab.getByText(now).waitFor(WITHIN);
      await tab.locator(".live.live").waitFor(WITHIN);
    }
  });

  it("that missed more than the bridge keeps are told so, and read the lists anew", async () => {
    const { address, api } = stage.scene;
    await using context = await stage.browser.newContext();
    const page = await openTab(context, address);
    await page.locator(".live.live").waitFor();
    await page.getByText(await openAlerts(address)).waitFor();
    await hide(page, true);
    await expect.poll(() => streams(address), WITHIN).toBe(0);
    for (const event of manyEvents(MISSED, Date.now())) api.create(event);
    const firing = async (): Promise<number> => {
      const { alerts } = (await (await fetch(`${address}/api/v1/status`)).json()) as Status;
      return alerts.firing;
    };
    await expect.poll(firing, WITHIN).toBeGreaterThanOrEqual(MISSED);
    const told = await framesOf(page);
    await hide(page, false);
    await page.getByText(/^5,0[12]\d open alerts/u).waitFor(WITHIN);
    expect(told).toContain("resync");
  });
});
