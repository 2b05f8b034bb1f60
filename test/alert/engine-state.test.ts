import { describe, expect, it } from "vitest";

import { engineStateFrom, upgradedState } from "../../src/alert/engine-state.ts";
import { toEntity } from "../../src/alert/entity-kinds.ts";

const rule = { name: "oom", version: "1", since: 0 };

describe("the engine's state as it was kept", () => {
  it("is put together by kind, in stored order", () => {
    const stored = ["b", "a"].map((name) => toEntity("rule", { ...rule, name }));
    expect(engineStateFrom(stored)).toEqual({
      alerts: [],
      groups: [],
      rules: [
        { ...rule, name: "b" },
        { ...rule, name: "a" },
      ],
      loads: [],
      silences: [],
    });
  });

  it.each([0, 2])("is refused in version %i, which no program of this age wrote", (version) => {
    expect(() => engineStateFrom([{ ...toEntity("rule", rule), version }])).toThrow(
      `the stored state is of a newer tocsin: it holds one of kind "rule" of version ${version}, this tocsin knows up to 1 (run the newer tocsin, or begin with an empty state)`,
    );
  });

  it.each(["lease", "toString"])("is refused when it is of a kind that nobody knows, %s", (kind) => {
    expect(() => engineStateFrom([{ ...toEntity("rule", rule), kind }])).toThrow(
      `the stored state is of a newer tocsin: it holds one of kind "${kind}", which this tocsin does not know (run the newer tocsin, or begin with an empty state)`,
    );
  });
});

describe("a state of an older version", () => {
  // Made up: version 1 kept seconds, version 2 had no list of sinks.
  const kinds = {
    pager: {
      upgrades: [
        (state: unknown) => {
          const { since, ...rest } = state as { readonly since: number };
          return { ...rest, sinceAt: since * 1000 };
        },
        (state: unknown) => ({ ...(state as object), sinks: [] }),
      ],
    },
  };

  it.each([
    [1, { name: "p", since: 7 }],
    [2, { name: "p", sinceAt: 7000 }],
    [3, { name: "p", sinceAt: 7000, sinks: [] }],
  ])("is brought from version %i to the newest", (version, state) => {
    expect(upgradedState({ kind: "pager", version, state }, kinds)).toEqual({
      name: "p",
      sinceAt: 7000,
      sinks: [],
    });
  });
});
