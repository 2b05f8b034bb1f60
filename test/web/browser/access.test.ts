import { describe, expect, it } from "vitest";

import { freePort } from "../../support/free-port.ts";
import { hasBrowser, launch, openPage } from "./browser.ts";
import { openScene, READ_TOKEN, reconfigure, whenTold } from "./scene-bed.ts";
import { nightEvents } from "./scene.ts";

const NAME = "tocsin.example";

/** The browser takes this name for that of this machine. */
const RESOLVED = `--host-resolver-rules=MAP ${NAME} 127.0.0.1`;

describe.skipIf(!hasBrowser)("over plain HTTP under another name than localhost", () => {
  it("nothing is shown, and the page says where it would be", async () => {
    await using browser = await launch(RESOLVED);
    await using scene = await openScene(nightEvents(Date.now()));
    await whenTold(scene);
    await using opened = await openPage(browser, scene.address.replace("127.0.0.1", NAME));
    const { page, faults } = opened;
    await page
      .getByText("You may not read here. Sessions hold on the same machine and at server.publicUrl.")
      .waitFor();
    expect(await page.content()).not.toContain("checkout");
    expect(faults).toEqual([]);
  });

  it("a token opens it where publicUrl names it; once the token is removed it closes again", async () => {
    const port = await freePort();
    await using browser = await launch(RESOLVED);
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
    await page.getByText("See the address bar").waitFor();
    await page.getByRole("button", { name: "copy", exact: true }).first().click();
    await page.getByText("selected", { exact: true }).waitFor();
    expect(await page.evaluate(() => getSelection()?.toString())).toContain("kubectl");
    await reconfigure(scene, ({ server: { tokens } }) => delete tokens.read);
    // At the latest when the stream asks again who it is for, once a minute.
    await page.getByLabel("Token").waitFor({ timeout: 180_000 });
    expect(await page.locator(".row").count()).toBe(0);
    expect(faults).toEqual([]);
  });
});
