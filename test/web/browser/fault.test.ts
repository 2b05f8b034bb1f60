import { expect, it } from "vitest";

import { describeScene } from "./describe-scene.ts";
import { openScene } from "./scene-bed.ts";

describeScene(
  "what would break a view",
  () => openScene([]),
  (stage) => {
    it("is an answer of a wrong form: that view says so, and the others are there", async () => {
      await using opened = await stage.open("/");
      const { page, faults } = opened;
      await page.route("**/api/v1/silences", (route) => route.fulfill({ json: { items: [{}], next: null } }));
      const links = page.getByRole("navigation");
      await links.getByRole("link", { name: "Silences" }).click();
      await page.getByRole("heading", { name: "This view cannot be shown" }).waitFor();
      expect(faults.length).toBeGreaterThan(0);
      await links.getByRole("link", { name: "Status" }).click();
      await page.getByRole("heading", { name: "Status" }).waitFor();
    });

    it("is an address that cannot be decoded: it leads nowhere", async () => {
      await using opened = await stage.open("/");
      const { page, faults } = opened;
      await page.evaluate(() => {
        history.pushState(null, "", "/alerts/%E0%A4%A");
        dispatchEvent(new PopStateEvent("popstate"));
      });
      await page.getByRole("heading", { name: "There is no such page" }).waitFor();
      expect(faults).toEqual([]);
    });
  },
);
