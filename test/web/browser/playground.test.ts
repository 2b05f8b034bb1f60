import { describe, expect, it } from "vitest";

import { hasBrowser, launch, openPage } from "./browser.ts";
import { openScene, reconfigure, whenTold, WRITE_TOKEN } from "./scene-bed.ts";
import { nightEvents } from "./scene.ts";

describe.skipIf(!hasBrowser)("the playground", () => {
  it("tries rules as they are written, and names faults by their line", async () => {
    const browser = await launch();
    await using scene = await openScene(nightEvents(Date.now()));
    await whenTold(scene);
    await using opened = await openPage(browser, `${scene.address}/playground`);
    const { page, faults } = opened;
    const field = page.getByLabel("A rule file, in YAML");
    await field.fill("rules:\n  - name: crash-loop\n    match: { raeson: BackOff }\n");
    await page.getByText("line 3").waitFor();
    await field.fill(
      "rules:\n  - name: crash-loop\n    match: { reason: NoSuchReason }\n    lifecycle: point\n",
    );
    await page.getByText("Nobody:").waitFor();
    const messages = page.locator(".tile").filter({ hasText: "messages" });
    expect(await messages.innerText()).toMatch(/^0\n[^]*[1-9]\d* by the rules in use/u);
    expect(faults).toEqual([]);
    await browser.close();
  });

  it("begins with a rule in use, draws who would have been notified", async () => {
    const browser = await launch();
    await using scene = await openScene(nightEvents(Date.now()));
    await whenTold(scene);
    await using opened = await openPage(browser, `${scene.address}/rules?q=crash-loop`);
    const { page, faults } = opened;
    await page.locator("summary").first().click();
    await page.getByRole("link", { name: "Change it in the playground" }).first().click();
    const field = page.getByLabel("A rule file, in YAML");
    await page.locator(".story li").first().waitFor();
    expect(await field.inputValue()).toMatch(/^rules:\n {2}- name: crash-loop\n\n? {4}\w/u);
    expect(await page.locator(".story li").first().innerText()).toMatch(/keeps crashing[^]*→ ops/u);
    // The text stays when the configuration loses the rule meanwhile.
    const written = (await field.inputValue()).replace("count: 3", "count: 30");
    await field.fill(written);
    const read = page.waitForResponse((answer) => answer.url().includes("/rules?stats=false"));
    await reconfigure(scene, ({ overrides }) => (overrides["crash-loop"] = { enabled: false }));
    const { items } = (await (await read).json()) as { readonly items: readonly { readonly name: string }[] };
    expect(items.map(({ name }) => name)).not.toContain("crash-loop");
    await page.getByText("Nobody:").waitFor();
    expect(await field.inputValue()).toBe(written);
    // A rule that is not there is said.
    await page.goto(`${scene.address}/playground?rule=crash-loop`);
    await page.getByText("No rule in use is called crash-loop").waitFor();
    // The keys lead here as well, and the address without a rule begins with an example.
    await page.keyboard.press("g");
    await page.keyboard.press("p");
    await page.waitForURL(/\/playground$/u);
    expect(await field.inputValue()).toContain("name: my-rule");
    expect(faults).toEqual([]);
    await browser.close();
  });

  it("asks for a token where only those may try rules who may change something", async () => {
    const browser = await launch();
    await using scene = await openScene([], { page: {} });
    await using opened = await openPage(browser, `${scene.address}/playground`);
    const { page, faults } = opened;
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByLabel("Token").fill(WRITE_TOKEN);
    await page.getByRole("dialog").getByRole("button", { name: "Sign in" }).click();
    await page.getByText("Nobody:").waitFor();
    expect(faults).toEqual([]);
    await browser.close();
  });
});
