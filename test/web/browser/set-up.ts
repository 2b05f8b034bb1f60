import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/** The service serves the page from `dist/web`, so it is built of the present sources first. */
export function setup(): void {
  const build = fileURLToPath(new URL("../../../web/build.mjs", import.meta.url));
  execFileSync(process.execPath, [build], { stdio: "inherit" });
}
