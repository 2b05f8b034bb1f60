import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

import type Axe from "axe-core";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { hasBrowser, launch, openPage } from "./browser.ts";
import { openScene, type SceneBed, whenTold } from "./scene-bed.ts";
import { nightEvents } from "./scene.ts";

/** The views by address, each with a text that is there once it is read. */
const VIEWS: Readonly<Record<string, string>> = {
  "/": "A node is not ready",
  "/?by=told&q=checkout": "checkout-api",
  "/history": "pod-unschedulable",
  "/events": "SyncLoadBalancerFailed",
  "/deliveries": "Node is not ready: node-3",
  "/silences?match=rule%3Dcrash-loop": "Mute alerts where",
  "/alerts/0123456789": "This alert is over",
  "/alerts/OPEN": "Who was notified",
  "/rules": "A container keeps crashing.",
  "/playground": "Who would have been notified",
  "/status": "watching",
};
const SIZES = { desk: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } } as const;
const THEMES = ["light", "dark"] as const;

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

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

/** The fingerprint of an open alert. */
async function newestAlert({ address }: SceneBed): Promise<string> {
  const answer = await fetch(`${address}/api/v1/alerts?limit=1`);
  const { items } = (await answer.json()) as { readonly items: readonly { readonly fingerprint: string }[] };
  return items[0]?.fingerprint ?? "";
}

function overflow(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
}

/** The findings of axe against WCAG 2.2 AA, with their places. */
async function findings(page: Page): Promise<readonly string[]> {
  // By the debugger's door, which the content security policy does not guard.
  await page.evaluate(AXE);
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as { readonly axe: typeof Axe };
    const { violations } = await axe.run({
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
    });
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary = "" }) => `${id}: ${target.join(" ")}: ${failureSummary}`),
    );
  });
}
