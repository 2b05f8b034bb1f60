import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { EventNames } from "../../src/reporter/event-names.ts";
import { createReporter } from "../../src/reporter/index.ts";
import { ReportError } from "../../src/reporter/index.ts";
import { createProcessWarnings } from "../../src/reporter/process-warnings.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { kubeconfigFor } from "../support/kubeconfig.ts";
import { until } from "../support/until.ts";

describe("createReporter", () => {
  const kubeconfig = join(mkdtempSync(join(tmpdir(), "tocsin-reporter-options-")), "config");
  writeFileSync(kubeconfig, JSON.stringify(kubeconfigFor("http://127.0.0.1:1")));
  const good = { component: "injector", kubeconfig };

  it.each([
    [{ component: "my injector" }, 'component is "my injector"; write letters'],
    [{ instance: "x".repeat(129) }, "instance must have 1 to 128 bytes"],
    [{ api: "v1" as "core" }, "api must be events or core"],
    [{ queueLimit: 0 }, "queueLimit must be a whole number of 1 or more"],
    [{ giveUpAfterMs: -1 }, "giveUpAfterMs must be 0 or more"],
  ])("refuses %j", (change, message) => {
    expect(() => createReporter({ ...good, ...change })).toThrow(message);
  });

  it("says when there is no API server to be found", () => {
    expect(() => createReporter({ ...good, kubeconfig: "nowhere/config" })).toThrow("nowhere/config");
    expect(() => createReporter({ ...good, context: "b" })).toThrow('"b"');
  });

  it("starts without a server, and installs no signal handler", async () => {
    const before = process.eventNames();
    await using reporter = createReporter(good);
    expect(process.eventNames()).toEqual(before);
    expect(reporter.counters().requests).toBe(0);
  });
});

describe("names of Events", () => {
  it("are used once, also when the clock goes backwards", () => {
    const clock = new FakeClock();
    const names = new EventNames(clock);
    const given = Array.from({ length: 1000 }, (_, index) => {
      if (index === 500) clock.setWall(clock.now() - 60_000);
      return names.next("web");
    });
    expect(new Set(given).size).toBe(1000);
    expect(given).toEqual(given.toSorted());
    for (const name of given) expect(name).toMatch(/^web\.[0-9a-f]{16}$/u);
  });

  it("differ between processes that begin in the same millisecond", () => {
    const clock = new FakeClock();
    const names = Array.from({ length: 20 }, () => new EventNames(clock).next("web"));
    expect(new Set(names).size).toBeGreaterThan(18);
  });
});

describe("failures that nobody asked to be told of", () => {
  it("are process warnings, one a minute for each kind", async () => {
    const warned: Error[] = [];
    const listen = (warning: Error): void => void warned.push(warning);
    process.on("warning", listen);
    const clock = new FakeClock();
    const warn = createProcessWarnings(clock);
    for (let call = 0; call < 5; call++) warn(new ReportError("full", "no room"));
    warn(new ReportError("refused", "no permission"));
    await clock.advance(60_000);
    warn(new ReportError("full", "no room"));
    await until(() => warned.length >= 3);
    process.off("warning", listen);
    expect(warned.map(({ name, message }) => `${name}: ${message}`)).toEqual([
      "TocsinReporterWarning: full: no room",
      "TocsinReporterWarning: refused: no permission",
      "TocsinReporterWarning: full: no room (and 4 more since)",
    ]);
  });
});
