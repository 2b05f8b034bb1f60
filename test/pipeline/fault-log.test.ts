import { describe, expect, it } from "vitest";

import { createLogger } from "../../src/lib/log.ts";
import { FaultLog } from "../../src/pipeline/fault-log.ts";
import { FakeClock } from "../support/fake-clock.ts";

function faultLog(): { readonly faults: FaultLog; readonly errors: () => readonly unknown[] } {
  let written = "";
  const log = createLogger({
    level: "info",
    format: "json",
    write: (text) => (written += text),
    scrub: (text) => text,
    colour: false,
  });
  const errors = (): readonly unknown[] =>
    // Each line of this log is one JSON object.
    written.split("\n").flatMap((line) => (line === "" ? [] : (JSON.parse(line) as { error: string }).error));
  return { faults: new FaultLog({ clock: new FakeClock(1000), log }), errors };
}

describe("the log of faults", () => {
  it("has each text once, and remembers when the last malformed Event came", () => {
    const { faults, errors } = faultLog();
    for (const text of ["a", "b", "a"]) faults.recordMalformed(new Error(text));
    faults.recordFault(new Error("c"));
    expect(errors()).toEqual(["a", "b", "c"]);
    expect(faults.malformed).toEqual({ at: 1000, error: "a" });
  });

  it("is bounded, whatever the Events say", () => {
    const { faults, errors } = faultLog();
    for (let n = 0; n < 1000; n++) faults.recordFault(new Error(`fault ${n}`));
    expect(errors()).toHaveLength(100);
  });
});
