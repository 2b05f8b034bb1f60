import { accessSync, constants } from "node:fs";
import { fileURLToPath } from "node:url";

const BUILT = fileURLToPath(new URL("../../.cache/receivers/", import.meta.url));

/**
 * Where a program that `build.mjs` makes lies, by its path in `.cache/receivers`; undefined when it is not there, which
 * is said once.
 *
 * @throws {Error} when it is missing and `REQUIRE_CLUSTER=1`, as in `.ci/run`.
 */
export function findServer(path: string): string | undefined {
  try {
    accessSync(BUILT + path, constants.X_OK);
    return BUILT + path;
  } catch {
    const missing = `no ${path} in ${BUILT}: run \`node test/receivers/build.mjs\``;
    if (process.env["REQUIRE_CLUSTER"] === "1") throw new Error(missing);
    console.warn(`skipped: ${missing}`);
    return undefined;
  }
}
