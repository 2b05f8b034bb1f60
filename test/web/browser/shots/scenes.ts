import type { Page } from "playwright-core";

/** A picture of the tour. */
export interface Scene {
  /** Of the file in `docs/pictures/page`, without its ending. */
  readonly name: string;
  /** The demo must have said this before. */
  readonly after: string;
  readonly path: string;
  /** A text that is there once the view is read. */
  readonly shows: string;
  readonly theme?: "dark";
  readonly size?: "phone";
  /** The steps of a person before the picture is taken. */
  readonly act?: (page: Page) => Promise<void>;
}

const LATE = "node-1 stops answering";
const OVER = "Quiet: what is over is told";

/** In the order of the story. */
export const SCENES: readonly Scene[] = [
  { name: "open", after: LATE, path: "/", shows: "critical" },
  { name: "dark", after: LATE, path: "/?by=namespace", shows: "cluster-wide", theme: "dark" },
  { name: "phone", after: LATE, path: "/", shows: "critical", size: "phone" },
  {
    name: "alert",
    after: LATE,
    path: "/?q=checkout-api",
    shows: "checkout-api",
    act: async (page) => {
      await page.keyboard.press("j");
      await page.keyboard.press("Enter");
      await page.getByText("Who was notified").first().waitFor();
    },
  },
  {
    name: "why",
    after: LATE,
    path: "/events?q=catalog-web&type=Warning",
    shows: "Failed to pull image",
    act: async (page) => {
      await page.getByText("Failed to pull image").first().click();
      await page.locator(".summary h2").first().waitFor();
    },
  },
  {
    name: "silence",
    after: LATE,
    path: "/silences?match=namespace%3Dstorefront",
    shows: "Mutes",
    act: async (page) => {
      await page.getByLabel("Why (others will read this)").fill("node-1 is being replaced");
      await page.getByLabel("Who you are").fill("Ada");
    },
  },
  { name: "silences", after: LATE, path: "/silences", shows: "node-1 gets a new kernel" },
  { name: "history", after: OVER, path: "/history?since=6h", shows: "by NodeReady" },
  { name: "deliveries", after: OVER, path: "/deliveries", shows: "given up" },
  { name: "rules", after: OVER, path: "/rules", shows: "A container keeps crashing." },
  {
    name: "playground",
    after: OVER,
    path: "/playground?rule=crash-loop",
    shows: "Who would have been notified",
  },
  { name: "status", after: OVER, path: "/status", shows: "watching" },
];
