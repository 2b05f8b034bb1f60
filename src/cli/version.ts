import { readFileSync } from "node:fs";

/** The version of this program, from its package. */
export function version(): string {
  // Two folders up from src/cli as from dist/cli. The package is ours: it has a version.
  const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { readonly version: string }).version;
}
