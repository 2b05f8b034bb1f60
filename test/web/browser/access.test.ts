import { writeFile } from "node:fs/promises";
import { join } from "node:path";

import { chromium } from "playwright-core";
import { describe, expect, it } from "vitest";

import { freePort } from "../../support/free-port.ts";
import { hasBrowser, openPage } from "./browser.ts";
import { openScene, READ_TOKEN, whenTold, WRITE_TOKEN } from "./scene-bed.ts";
import { nightEvents } from "./scene.ts";

const NAME = "tocsin.example";

/** A browser for which a name of the network is this machine. */
function launchFor(name: string) {
  return chromium.launch({
    executablePath: "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", `--host-resolver-rules=MAP ${name} 127.0.0.1`],
  });
}

describe.skipIf(!hasBrowser)("over plain HTTP under another name than localhost", () => {
  it("nothing is shown, and the page says where it would be", async () => {
    const browser = await launchFor(NAME);
    await using scene = await openScene(nightEvents(Date.now()));
    await whenTold(scene);
    const address = scene.address.replace("127.0.0.1", NAME);
    await using opened = await openPage(browser, address);
    const { page, faults } = opened;
    await page.getByText("You may not read here.").waitFor();
    expect(await page.content()).not.toContain("checkout");
    expect(faults).toEqual([]);
    await browser.close();
  });

  it("a token opens it where publicUrl names it; without the token it closes again", async () => {
    const port = await freePort();
    const browser = await launchFor(NAME);
    const server = { listen: `127.0.0.1:${port}`, publicUrl: `http://${NAME}:${port}` };
    await using scene = await openScene(nightEvents(Date.now()), { server });
    await whenTold(scene);
    await using opened = await openPage(browser, server.publicUrl);
    const { page, faults } = opened;
    await page.getByLabel("Token").fill(READ_TOKEN);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByText("21 open alerts").waitFor();
    // There is no clipboard for such a page.
    await page.locator(".row").first().click();
    await page.getByRole("button", { name: "Copy link" }).click();
    await page.getByText("It is the address").waitFor();
    await page.getByRole("button", { name: "copy", exact: true }).first().click();
    await page.getByText("selected", { exact: true }).waitFor();
    expect(await page.evaluate(() => getSelection()?.toString())).toContain("kubectl");
    await writeFile(join(scene.directory, "read-token"), "another token of the scene");
    const reloaded = await fetch(`${scene.address}/-/reload`, {
      method: "POST",
      headers: { authorization: `Bearer ${WRITE_TOKEN}` },
    });
    expect(reloaded.ok).toBe(true);
    await page.getByLabel("Token").waitFor({ timeout: 180_000 });
    expect(await page.locator(".row").count()).toBe(0);
    expect(faults).toEqual([]);
    await browser.close();
  });
});
