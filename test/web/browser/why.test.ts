import { expect, it } from "vitest";

import { describeScene, openNight } from "./describe-scene.ts";

describeScene("why, or why not", openNight, (stage) => {
  it("is answered for an Event of the list: a sentence, its alert, and the nearest rules", async () => {
    await using opened = await stage.open("/events?q=ingress-nginx");
    const { page, faults } = opened;
    await page.locator(".event", { hasText: "BackOff" }).first().click();
    await page.getByText("held back by inhibition").waitFor();
    expect(new URL(page.url()).searchParams.get("id")).not.toBe(null);
    const first = page.locator("details", { hasText: "crash-loop" }).first();
    expect(await first.locator("summary").innerText()).toMatch(/✓ crash-loop\s+matches/u);
    const near = page.locator("details", { hasText: "image-pull-failing" }).first();
    expect(await near.locator("summary").innerText()).toMatch(/fail/u);
    expect(await page.getByRole("link", { name: /The open alert since/u }).getAttribute("href")).toMatch(
      /^\/alerts\/[0-9a-f]+$/u,
    );
    expect(faults).toEqual([]);
  });

  it("is answered for an Event that is pasted, and a text that is none says so", async () => {
    await using opened = await stage.open("/events");
    const { page } = opened;
    await page.getByText("Or paste one").click();
    await page.getByRole("textbox", { name: /An Event in JSON/u }).fill("no json");
    await page.getByRole("button", { name: "Explain" }).click();
    await page.getByText("That is not one Event in JSON.").waitFor();
    const event = {
      reason: "Nonsense",
      type: "Normal",
      involvedObject: { kind: "Pod", name: "x", namespace: "y" },
    };
    await page.getByRole("textbox", { name: /An Event in JSON/u }).fill(JSON.stringify(event));
    await page.getByRole("button", { name: "Explain" }).click();
    await page.getByText("No rule names this reason.").waitFor();
  });
});
