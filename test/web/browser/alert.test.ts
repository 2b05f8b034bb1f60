import { expect, it } from "vitest";

import { describeScene, openNight } from "./describe-scene.ts";
import { READ_TOKEN, WRITE_TOKEN } from "./scene-bed.ts";

describeScene("one alert", openNight, (stage) => {
  it("opens by Enter beside the list with the focus on its heading, and Escape leads back to its row", async () => {
    await using opened = await stage.open("/?q=checkout");
    const { page, faults } = opened;
    await page.locator(".row").first().waitFor();
    await page.keyboard.press("j");
    await page.keyboard.press("Enter");
    await expect
      .poll(() => page.evaluate(() => document.activeElement?.textContent))
      .toContain("checkout-api");
    expect(new URL(page.url()).pathname).toMatch(/^\/alerts\/[0-9a-f]+$/u);
    expect(new URL(page.url()).search).toBe("?q=checkout");
    // Code in the text of the rule.
    expect(await page.locator(".alert-head .text code").first().innerText()).toBe("kubectl logs --previous");
    await page.keyboard.press("Escape");
    await expect.poll(() => new URL(page.url()).pathname).toBe("/");
    await expect.poll(() => page.evaluate(() => document.activeElement?.hasAttribute("data-row"))).toBe(true);
    expect(faults).toEqual([]);
  });

  it("says of each sink whether it was notified, and why not", async () => {
    await using opened = await stage.open("/?sev=critical");
    const { page } = opened;
    await page.locator(".row").first().click();
    const aside = page.getByRole("complementary", { name: "One alert" });
    await aside.getByText("Who was notified").waitFor();
    expect(await aside.locator(".told-line", { hasText: "ops" }).innerText()).toMatch(/✓ was notified/u);
    expect(await aside.locator(".told-line", { hasText: "pager" }).innerText()).toMatch(
      /could not be notified so far.*ECONNREFUSED/su,
    );
    expect(await aside.locator(".story").innerText()).toMatch(/pager:.*ops:|ops:.*pager:/su);
    expect(await aside.locator(".command code").first().innerText()).toBe("kubectl describe node node-3");
  });

  it("shows a hostile message as it is, without marks that turn its order, and makes no command of it", async () => {
    await using opened = await stage.open("/?q=onerror");
    const { page, faults } = opened;
    await page.locator(".row").first().click();
    const aside = page.getByRole("complementary", { name: "One alert" });
    await aside.getByText("$(reboot)").waitFor();
    expect(await aside.innerText()).not.toMatch(/[\u202A-\u202E]/u);
    const commands = await aside.locator(".command code").allInnerTexts();
    expect(commands.length).toBeGreaterThan(0);
    expect(commands.filter((command) => /reboot|<|\$/u.test(command))).toEqual([]);
    expect(faults).toEqual([]);
  });

  it("that is not open says so", async () => {
    await using opened = await stage.open("/alerts/0123456789");
    await opened.page.getByRole("heading", { name: "No such alert is open" }).waitFor();
  });

  it("is silenced from its own page, after the token was asked for once, and the silence is ended", async () => {
    await using opened = await stage.open("/?q=storefront");
    const { page, faults } = opened;
    await page.locator(".row").first().click();
    await page.getByRole("complementary").getByText("Who was notified").waitFor();
    await page.keyboard.press("s");
    await page.getByRole("form", { name: "New silence" }).waitFor();
    expect(await page.getByRole("textbox", { name: "Pattern of rule" }).inputValue()).toBe(
      "load-balancer-failing",
    );
    expect(await page.getByRole("textbox", { name: "Pattern of workload" }).inputValue()).toBe(
      "Service/storefront",
    );
    const preview = page.locator(".preview");
    await preview.getByText("Mutes 1 alert that fires now").waitFor();
    await page.getByRole("textbox", { name: "Pattern of workload" }).fill("*");
    await preview.getByText(/Mutes 1 alert/u).waitFor();
    await page.getByRole("textbox", { name: "Pattern of workload" }).fill("Service/storefront");
    await page.getByRole("textbox", { name: "Why" }).fill("the cloud is being <b>mended</b>");
    await page.getByRole("textbox", { name: "Who you are" }).fill("mila");
    await page.getByRole("button", { name: "Silence", exact: true }).click();
    await page.getByLabel("Token").fill("wrong");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("alert").getByText(/token/u).waitFor();
    await page.getByLabel("Token").fill(READ_TOKEN);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("alert").getByText("This token may only read.").waitFor();
    await page.getByLabel("Token").fill(WRITE_TOKEN);
    await page.getByRole("button", { name: "Sign in" }).click();
    const made = page.locator("article", { hasText: "the cloud is being <b>mended</b>" });
    await made.getByText("mutes 1 alert now").waitFor();
    expect(await page.evaluate(() => document.cookie + JSON.stringify(localStorage))).toBe("{}");
    await made.getByRole("button", { name: "Two hours more" }).click();
    await made.getByText(/ends in 3 h 59 min|ends in 4 h/u).waitFor();
    await made.getByRole("button", { name: "End it now" }).click();
    await made.getByText("expired").waitFor();
    await page.getByRole("button", { name: "Sign out" }).click();
    await expect.poll(() => page.getByRole("button", { name: "Sign out" }).count()).toBe(0);
    expect(faults).toEqual([]);
  });
});
