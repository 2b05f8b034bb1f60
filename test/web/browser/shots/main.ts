/**
 * Takes the pictures of docs/tour.md from a demo that runs: `npm run docs:shots`, some two minutes. With `--only NAME`
 * one of them, with `--into FOLDER` elsewhere than docs/pictures/page, with `--png` as PNG instead of WebP.
 */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";

import type { Browser, Page } from "playwright-core";

import { launch } from "../browser.ts";
import { startDemo } from "./demo-process.ts";
import { type Scene, SCENES } from "./scenes.ts";

const SIZES = { desk: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } } as const;

const { values } = parseArgs({
  options: {
    only: { type: "string" },
    into: { type: "string", default: "docs/pictures/page" },
    png: { type: "boolean", default: false },
    /** Of the story. */
    speed: { type: "string", default: "15" },
  },
});

const scenes = SCENES.filter(({ name }) => values.only === undefined || name === values.only);
if (scenes.length === 0) throw new TypeError(`no picture is called ${values.only}`);
await mkdir(values.into, { recursive: true });
await using demo = await startDemo("--once", "--speed", values.speed);
await using browser = await launch();
for (const scene of scenes) {
  await demo.says(scene.after);
  const [picture, ending] = await take(browser, scene);
  const file = join(values.into, `${scene.name}.${ending}`);
  await writeFile(file, picture);
  console.log(`${file}: ${Math.ceil(picture.length / 1000)} KB`);
}

async function take(from: Browser, scene: Scene): Promise<readonly [Buffer, "png" | "webp"]> {
  const context = await from.newContext({
    viewport: SIZES[scene.size ?? "desk"],
    deviceScaleFactor: scene.size === "phone" ? 2 : 1,
    colorScheme: scene.theme ?? "light",
    reducedMotion: "reduce",
  });
  try {
    const page = await context.newPage();
    await page.goto(demo.address);
    await signIn(page);
    await page.goto(demo.address + scene.path);
    await page.getByText(scene.shows).first().waitFor();
    await scene.act?.(page);
    await page.waitForLoadState("networkidle");
    const png = await page.screenshot();
    return values.png ? [png, "png"] : [await toWebp(await context.newPage(), png), "webp"];
  } finally {
    await context.close();
  }
}

/** Exchanges the token of the demo for the cookie of a session. */
async function signIn(page: Page): Promise<void> {
  const answer = await page.request.post(`${demo.address}/api/v1/session`, {
    headers: { origin: demo.address },
    data: { token: demo.token },
  });
  if (!answer.ok()) throw new Error(`no session: ${answer.status()} ${await answer.text()}`);
}

/** A third of the size. The browser packs it, so no library has to. */
async function toWebp(page: Page, png: Buffer): Promise<Buffer> {
  const bytes = await page.evaluate(
    async (data) => {
      const image = new Image();
      image.src = data;
      await image.decode();
      const canvas = new OffscreenCanvas(image.naturalWidth, image.naturalHeight);
      canvas.getContext("2d")?.drawImage(image, 0, 0);
      const blob = await canvas.convertToBlob({ type: "image/webp", quality: 0.9 });
      return Array.from(new Uint8Array(await blob.arrayBuffer()));
    },
    `data:image/png;base64,${png.toString("base64")}`,
  );
  return Buffer.from(bytes);
}
