import { expect, it } from "vitest";
import { parse } from "yaml";

import { OBJECT_KINDS } from "../../src/object/index.ts";
import { runCommand } from "../cli/run-command.ts";
import { readPage } from "./pages.ts";

it("docs/install.md lets people write an Event that is told, about an object that exists and proves nothing", async () => {
  const [, event = ""] = /<<'END'\n([\s\S]*?)^END$/mu.exec(readPage("docs/install.md").text) ?? [];
  const { stdout } = await runCommand(["explain", "-"], { stdin: event });
  expect(stdout).toContain("1 message to console in 30 s\n");
  // The API server makes it in every cluster.
  expect(parse(event)).toMatchObject({
    involvedObject: { kind: "Service", namespace: "default", name: "kubernetes" },
  });
  expect(OBJECT_KINDS.has("Service")).toBe(false);
});
