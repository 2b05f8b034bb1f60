import { expect, it } from "vitest";

import { describeScene, openNight } from "./describe-scene.ts";
import { newcomer } from "./scene.ts";

describeScene("the open alerts", openNight, (stage) => {
  it("say the worst first, and who was notified of it and who was not", async () => {
    await using opened = await stage.open("/");
    const { page } = opened;
    const first = page.locator(".card").first();
    await expect.poll(() => first.innerText()).toContain("A node is not ready");
    expect(await first.innerText()).toMatch(/critical/u);
    expect(await first.locator(".sinks").textContent()).toMatch(/ops ✓/u);
    expect(await page.locator(".banner").innerText()).toMatch(
      /pager takes no messages; 1 message waits: .*ECONNREFUSED/u,
    );
    const held = page.locator(".row", { hasText: "ingress-nginx-controller" });
    expect(await held.locator(".sinks").textContent()).toBe("ops held by Node node-3");
    await held.click();
    await page.getByRole("link", { name: "the cause" }).click();
    await page.getByRole("heading", { name: "Node is not ready: node-3" }).waitFor();
    await page.keyboard.press("Escape");
    const silenced = page.locator(".row", { hasText: "failed to get cpu utilization" }).first();
    expect(await silenced.locator(".sinks").textContent()).toBe("ops silenced");
  });

  it("are filtered by the address, and what is typed is in the address without a step back", async () => {
    await using opened = await stage.open("/?q=back-off%20checkout");
    const { page } = opened;
    await page.getByText("checkout-api").first().waitFor();
    expect(await page.locator(".row").count()).toBe(1);
    expect(await page.getByRole("searchbox").inputValue()).toBe("back-off checkout");
    const steps = await page.evaluate(() => history.length);
    await page.keyboard.press("/");
    await page.keyboard.press("Control+a");
    await page.keyboard.type("postgres");
    await expect.poll(() => page.locator(".row").count()).toBe(2);
    expect(new URL(page.url()).search).toBe("?q=postgres");
    expect(await page.evaluate(() => history.length)).toBe(steps);
    await page.keyboard.type(" nothing-is-called-so");
    await page.getByRole("button", { name: "Show all" }).click();
    await expect.poll(() => page.locator(".row").count()).toBeGreaterThan(10);
  });

  it("are chosen by severity and namespace, with counts that add up", async () => {
    await using opened = await stage.open("/");
    const { page } = opened;
    await page.getByRole("button", { name: /^critical/u }).click();
    await expect.poll(() => page.locator(".row").count()).toBe(1);
    expect(new URL(page.url()).search).toBe("?sev=critical");
    await page.getByRole("button", { name: /^critical/u }).click();
    await page.getByRole("button", { name: /^batch/u }).click();
    const count = Number(
      await page
        .getByRole("button", { name: /^batch/u })
        .locator("b")
        .innerText(),
    );
    await expect.poll(() => page.locator(".row").count()).toBe(count);
  });

  it("are walked with j and k", async () => {
    await using opened = await stage.open("/");
    const { page } = opened;
    await page.locator(".row").first().waitFor();
    await page.keyboard.press("j");
    await page.keyboard.press("j");
    await page.keyboard.press("k");
    expect(await page.evaluate(() => document.activeElement?.textContent)).toContain("node-3");
    await page.keyboard.press("?");
    await page.getByRole("dialog", { name: "Keys" }).waitFor();
    await page.keyboard.press("Escape");
    await expect.poll(() => page.getByRole("dialog").count()).toBe(0);
  });

  it("keep hostile texts as texts", async () => {
    await using opened = await stage.open("/?q=onerror");
    const { page, faults } = opened;
    await page.getByText('<img src=x onerror="document.title=1">').waitFor();
    expect(await page.locator("main img, main script").count()).toBe(0);
    expect(await page.title()).toBe("Tocsin");
    expect(faults).toEqual([]);
  });

  it("do not move below a pointer: what is new waits behind a button", async () => {
    await using opened = await stage.open("/");
    const { page } = opened;
    await page.locator(".row").first().hover();
    const rows = await page.locator(".row").count();
    stage.scene.api.create(newcomer(Date.now()));
    await page.getByRole("button", { name: "1 new" }).waitFor();
    expect(await page.locator(".row").count()).toBe(rows);
    expect(await page.locator("h1").innerText()).toBe(`${rows + 1} open alerts`);
    await page.getByRole("button", { name: "1 new" }).click();
    await page.getByText("late-export-28999").waitFor();
  });
});
