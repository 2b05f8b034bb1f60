import { describe, expect, it } from "vitest";

import { main } from "../../src/cli/index.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { captureIo } from "./run-command.ts";

describe("tocsin demo", () => {
  it("tells its story in order and ends by itself with --once", async () => {
    const { io, written } = captureIo({ clock: systemClock });
    expect(await main(["demo", "--once", "--speed", "400"], io)).toBe(0);
    const told = [
      "Tocsin demo",
      "Container keeps crashing: Deployment checkout-api in checkout",
      "Image cannot be pulled: Deployment catalog-web in catalogue",
      "Quota is used up: namespace payments",
      "Node is not ready: node-1",
      "Resolved: Node is not ready: node-1",
      "No longer seen: Image cannot be pulled",
    ];
    const places = told.map((words) => written.stdout.indexOf(words));
    expect(places).not.toContain(-1);
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(written.stderr).toBe("");
  });

  it("ends cleanly on Ctrl-C", async () => {
    const { io, written, signal } = captureIo({ clock: systemClock });
    const ended = main(["demo", "--speed", "50"], io);
    while (!written.stdout.includes("──")) await new Promise((resolve) => setTimeout(resolve, 20));
    signal("SIGINT");
    expect(await ended).toBe(0);
  });

  it("refuses rules that are broken", async () => {
    const { io, written } = captureIo({ clock: systemClock });
    expect(await main(["demo", "--rules", "test/config/bad/*.nothing"], io)).toBe(2);
    expect(written.stderr).toContain("no rule file matches");
  });
});
