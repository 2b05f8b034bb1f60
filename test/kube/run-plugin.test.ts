import { expect, it } from "vitest";

import { runPlugin } from "../../src/kube/run-plugin.ts";

it("of a plugin that says more than anybody reads, only the end is kept", async () => {
  const script =
    "process.stdout.write('x'.repeat(3e6) + 'end'); process.stderr.write('y'.repeat(1e5) + 'last')";
  const call = { command: process.execPath, args: ["-e", script], env: process.env };
  const { failure, stdout, stderr } = await runPlugin(call, new AbortController().signal);
  expect(failure).toBeUndefined();
  expect([stdout.length, stdout.slice(-4)]).toEqual([1024 * 1024, "xend"]);
  expect([stderr.length, stderr.slice(-5)]).toEqual([4096, "ylast"]);
});
