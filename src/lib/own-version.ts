import { readFileSync } from "node:fs";

/** The version of this package. Works from src/lib and from dist/lib: both are two folders below the package. */
export function ownVersion(): string {
  const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  // Our own file, written by us.
  return (JSON.parse(text) as { readonly version: string }).version;
}
