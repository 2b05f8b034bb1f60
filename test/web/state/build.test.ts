import { describe, expect, it } from "vitest";

import { hearBuild, newVersion } from "../../../web/state/build.ts";
import { turns } from "../../../web/state/live.ts";

describe("what runs behind the page", () => {
  it("turns the configuration when another came while there was no stream, and names a new version", () => {
    hearBuild({ version: "1.0.0", configHash: "a" });
    const before = turns.config.value;
    hearBuild({ version: "1.0.0", configHash: "a" });
    expect(turns.config.value).toBe(before);
    hearBuild({ version: "1.0.0", configHash: "b" });
    expect(turns.config.value).toBe(before + 1);
    expect(newVersion.value).toBe(undefined);
    hearBuild({ version: "1.1.0", configHash: "b" });
    expect(turns.config.value).toBe(before + 1);
    expect(newVersion.value).toBe("1.1.0");
    hearBuild({ version: "1.0.0", configHash: "b" });
    expect(newVersion.value).toBe(undefined);
  });
});
