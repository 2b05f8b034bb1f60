import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe } from "vitest";

import { hasBrowser, launch, openPage } from "./browser.ts";
import { openScene, type SceneBed, whenTold } from "./scene-bed.ts";
import { nightEvents } from "./scene.ts";

/** The service and the browser of a suite, which are there once its tests run. */
export interface Stage {
  readonly scene: SceneBed;
  readonly browser: Browser;
  /** Opens a path of the service, or a whole address. @param options As for Playwright's pages. */
  readonly open: (path: string, options?: Parameters<typeof openPage>[2]) => ReturnType<typeof openPage>;
}

/** A suite whose tests share one service and one browser. It is left out where there is no browser. */
export function describeScene(
  title: string,
  openService: () => Promise<SceneBed>,
  suite: (stage: Stage) => void,
): void {
  describe.skipIf(!hasBrowser)(title, () => {
    let browser: Browser;
    let scene: SceneBed;
    beforeAll(async () => {
      [browser, scene] = await Promise.all([launch(), openService()]);
    });
    afterAll(async () => {
      await browser.close();
      await scene[Symbol.asyncDispose]();
    });
    suite({
      get scene() {
        return scene;
      },
      get browser() {
        return browser;
      },
      open: (path, options) => openPage(browser, new URL(path, scene.address).href, options),
    });
  });
}

/** The service after a night of incidents: the messages about it are out, and `pager` is down. */
export async function openNight(): Promise<SceneBed> {
  const scene = await openScene(nightEvents(Date.now()));
  await whenTold(scene);
  return scene;
}
