import { globSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";

import { describe, expect, it } from "vitest";

import { createProgram } from "../../src/cli/program.ts";
import { captureIo } from "../cli/run-command.ts";
import { commandPages } from "./command-pages.ts";

const generated = commandPages(createProgram(captureIo().io, () => undefined));

describe("the pages of the command line", () => {
  it.each(generated)("are those of the program: $path (UPDATE_DOCS=1 writes it)", ({ path, text }) => {
    if (process.env["UPDATE_DOCS"] === "1") {
      mkdirSync("docs/cli", { recursive: true });
      writeFileSync(path, text);
    }
    expect(readFileSync(path, "utf8")).toBe(text);
  });

  it("are all of docs/cli", () => {
    expect(globSync("docs/cli/*").toSorted()).toEqual(generated.map(({ path }) => path).toSorted());
  });
});
