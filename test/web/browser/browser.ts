import { existsSync } from "node:fs";

import { type Browser, chromium, type Page } from "playwright-core";

/** Debian's browser. */
const CHROMIUM = "/usr/bin/chromium";

/** Whether tests can run; where they must, as in `.ci/run`, the missing browser is a failure. */
export const hasBrowser = existsSync(CHROMIUM) || process.env["CI"] === "true";
if (!hasBrowser) console.log("skipped: there is no /usr/bin/chromium (apt-get install chromium)");

/** Starts the browser. @param args More of its own options. */
export function launch(...args: readonly string[]): Promise<Browser> {
  // Root may not use the sandbox; the pages are our own.
  return chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox", "--disable-gpu", ...args] });
}

/** A page that notes what must not happen. */
export interface WatchedPage extends AsyncDisposable {
  readonly page: Page;
  /** Errors of scripts, and reports of the content security policy. */
  readonly faults: readonly string[];
}

/** Opens an address. @param options As for Playwright's pages. */
export async function openPage(
  browser: Browser,
  address: string,
  options: Parameters<Browser["newPage"]>[0] = {},
): Promise<WatchedPage> {
  const page = await browser.newPage({ reducedMotion: "reduce", ...options });
  const faults: string[] = [];
  page.on("pageerror", ({ message }) => faults.push(message));
  page.on("console", (message) => {
    if (/Content Security Policy|Trusted ?Type/iu.test(message.text())) faults.push(message.text());
  });
  await page.goto(address);
  return { page, faults, [Symbol.asyncDispose]: () => page.close() };
}
