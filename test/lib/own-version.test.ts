import { readFileSync } from "node:fs";

import { expect, it } from "vitest";

import { ownVersion } from "../../src/lib/own-version.ts";

it("the program knows the version of its package", () => {
  expect(readFileSync("package.json", "utf8")).toContain(`"version": "${ownVersion()}"`);
});
