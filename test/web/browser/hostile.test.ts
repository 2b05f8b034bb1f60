import type { Page, Route } from "playwright-core";
import { expect, it } from "vitest";

import { HOSTILE_TEXTS } from "../../support/hostile-texts.ts";
import { openPage } from "./browser.ts";
import { describeScene, openNight } from "./describe-scene.ts";
import { poison } from "./poison.ts";
import { newestAlert } from "./scene-bed.ts";
import { findings, overflow } from "./soundness.ts";

/** As much of a text as the bridge lets through at most, about. */
const LONGEST = 2000;
const TEXTS = Object.values(HOSTILE_TEXTS)
  .filter((text) => text.trim() !== "")
  .map((text) => text.slice(0, LONGEST));
const SIZES = { desk: { width: 1280, height: 900 }, phone: { width: 390, height: 844 } } as const;
/** Each round gives each field another text. */
const ROUNDS = [0, 1, 2];

/** Fields that the page makes links of. */
const LINKS = /(?:runbook|dashboard)$/u;

/** The views, each with what is there once its answer is. */
const VIEWS: Readonly<Record<string, string>> = {
  "/": ".row",
  "/?by=told": ".row",
  "/alerts/OPEN": ".alert-head",
  "/history?since=30d": "main",
  "/events": ".event",
  "/silences?match=rule%3Dcrash-loop": "form",
  "/deliveries": "tbody tr",
  "/rules": "tbody tr",
  "/playground": "main textarea, main [contenteditable]",
  "/status": "main section",
};

describeScene("hostile texts in every field of every answer", openNight, (stage) => {
  const cases = Object.entries(VIEWS).flatMap(([path, shown]) =>
    Object.keys(SIZES).map((size) => ({ path, shown, size: size as keyof typeof SIZES })),
  );

  it.each(cases)("are text in $path: $size", async ({ path, shown, size }) => {
    const fingerprint = await newestAlert(stage.scene);
    for (const round of ROUNDS) {
      const fields = new Set<string>();
      await using opened = await openPage(stage.browser, "about:blank", { viewport: SIZES[size] });
      const { page, faults } = opened;
      const dialogs: string[] = [];
      page.on("dialog", (dialog) => {
        dialogs.push(dialog.message());
        void dialog.dismiss();
      });
      await page.route("**/api/v1/**", (route) => poisoned(route, round, fields));
      await page.goto(stage.scene.address + path.replace("OPEN", fingerprint));
      await page.locator(shown).first().waitFor();
      await page.waitForLoadState("networkidle");
      expect(fields.size, "fields that were poisoned").toBeGreaterThan(5);
      expect(await strangers(page)).toEqual([]);
      expect(await overflow(page), `pixels that stick out in round ${round}`).toBe(0);
      expect(await findings(page)).toEqual([]);
      expect([...faults, ...dialogs]).toEqual([]);
      // What the page still asks is not answered any more.
      await page.unrouteAll({ behavior: "ignoreErrors" });
    }
  });
});

/** Answers as the bridge does, with a hostile text in each field. The stream would show the true ones again. */
async function poisoned(route: Route, round: number, fields: Set<string>): Promise<void> {
  const request = route.request();
  const path = new URL(request.url()).pathname.replace("/api/v1", "");
  if (path === "/stream") return route.abort();
  const response = await route.fetch();
  const answer: unknown = response.ok() ? await response.json() : undefined;
  if (answer === undefined) return route.fulfill({ response });
  const json = poison({ method: request.method(), path, answer }, (place) => {
    fields.add(`${path} ${place}`);
    if (LINKS.test(place)) return "javascript:alert(document.domain)";
    return TEXTS[(numberOf(place) + round * 11) % TEXTS.length] ?? "";
  });
  return route.fulfill({ response, json });
}

/** The same for the same place. */
function numberOf(place: string): number {
  let sum = 7;
  for (let at = 0; at < place.length; at++) sum = (sum * 31 + place.charCodeAt(at)) % 9973;
  return sum;
}

/** Elements and links that only a text can have brought into the page. */
function strangers(page: Page): Promise<readonly string[]> {
  return page.evaluate(() => {
    const own = (element: Element): boolean =>
      (element.tagName === "SCRIPT" && element.getAttribute("src")?.startsWith("/app.") === true) ||
      (element.tagName === "IMG" && element.getAttribute("src") === "/icon.svg");
    const brought = [
      ...document.querySelectorAll(
        "script, img, iframe, object, embed, font, at, style, base, meta[http-equiv]",
      ),
    ];
    const links = [...document.querySelectorAll<HTMLAnchorElement>("a[href]")].filter(
      ({ protocol, host, rel }) =>
        !["http:", "https:"].includes(protocol) || (host !== location.host && !rel.includes("noopener")),
    );
    const handlers = [...document.querySelectorAll("*")].filter((element) =>
      element.getAttributeNames().some((name) => name.startsWith("on") || name === "srcdoc"),
    );
    return [...brought.filter((element) => !own(element)), ...links, ...handlers].map(({ outerHTML }) =>
      outerHTML.slice(0, 200),
    );
  });
}
