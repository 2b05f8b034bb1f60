import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { hasBrowser, launch, openPage } from "./browser.ts";
import { newestAlert, openScene, type SceneBed, whenTold } from "./scene-bed.ts";
import { nightEvents } from "./scene.ts";
import { findings, overflow } from "./soundness.ts";

/** The views by address, each with a text that is there once it is read. */
const VIEWS: Readonly<Record<string, string>> = {
  "/": "A node is not ready",
  "/?by=told&q=checkout": "checkout-api",
  "/history": "pod-unschedulable",
  "/events": "SyncLoadBalancerFailed",
  "/deliveries": "Node is not ready: node-3",
  "/silences?match=rule%3Dcrash-loop": "Mute alerts where",
  "/alerts/0123456789": "No such alert is open",
  "/alerts/OPEN": "Who was notified",
  "/rules": "A container keeps crashing.",
  "/playground": "Who would have been notified",
  "/status": "watching",
};
const SIZES = { desk: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } } as const;
const THEMES = ["light", "dark"] as const;

describe.skipIf(!hasBrowser)("each view", () => {
  let browser: Browser;
  let scene: SceneBed;
  let open = "";
  beforeAll(async () => {
    [browser, scene] = await Promise.all([launch(), openScene(nightEvents(Date.now()))]);
    await whenTold(scene);
    open = await newestAlert(scene);
  });
  afterAll(async () => {
    await browser.close();
    await scene[Symbol.asyncDispose]();
  });

  const cases = Object.entries(VIEWS).flatMap(([path, text]) =>
    THEMES.flatMap((theme) =>
      Object.entries(SIZES).map(([size, viewport]) => ({ path, text, theme, size, viewport })),
    ),
  );
  it.each(cases)("$path is sound: $theme, $size", async ({ path, text, theme, viewport }) => {
    const options = { viewport, colorScheme: theme };
    await using opened = await openPage(browser, scene.address + path.replace("OPEN", open), options);
    const { page, faults } = opened;
    await page.getByText(text).first().waitFor();
    expect(await overflow(page), "pixels that stick out").toBe(0);
    expect(await findings(page)).toEqual([]);
    expect(faults).toEqual([]);
  });
});
