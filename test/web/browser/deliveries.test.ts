import { expect, it } from "vitest";

import { describeScene, openNight } from "./describe-scene.ts";
import { imageWasPulled } from "./scene.ts";

const ROWS_OF_A_PAGE = 3;

describeScene("deliveries", openNight, (stage) => {
  it("keep the pages that somebody has opened, while new messages go out", async () => {
    await using opened = await stage.open("/deliveries");
    const { page, faults } = opened;
    await page.route("**/api/v1/deliveries?limit=50*", (route) =>
      route.continue({ url: route.request().url().replace("limit=50", `limit=${ROWS_OF_A_PAGE}`) }),
    );
    await page.reload();
    const ended = page.locator("section", { hasText: "Ended in the last day" });
    const rows = ended.locator("tbody tr");
    const older = ended.getByRole("button", { name: "Older messages" });
    for (const pages of [1, 2, 3]) {
      await expect.poll(() => rows.count()).toBe(pages * ROWS_OF_A_PAGE);
      if (pages < 3) await older.click();
    }
    const before = await rows.allInnerTexts();
    stage.scene.api.create(imageWasPulled(Date.now()));
    await rows.filter({ hasText: "resolved" }).waitFor();
    // Sink, kind and message: all but the age.
    const told = (texts: readonly string[]): string[] =>
      texts.map((text) => text.split("\t").slice(1, 4).join(" "));
    expect(told(await rows.allInnerTexts()).slice(1)).toEqual(told(before).slice(0, 3 * ROWS_OF_A_PAGE - 1));
    expect(faults).toEqual([]);
  });

  it("are found by a word of theirs", async () => {
    await using opened = await stage.open("/deliveries");
    const { page, faults } = opened;
    const rows = page.locator("section", { hasText: "Ended in the last day" }).locator("tbody tr");
    await rows.filter({ hasText: "Quota is used up" }).waitFor();
    await page.getByRole("searchbox").fill("QUOTA");
    await expect.poll(() => rows.count()).toBe(1);
    expect(await rows.innerText()).toContain("Quota is used up");
    await page.getByText("Nothing like that waits.").waitFor();
    expect(faults).toEqual([]);
  });
});
