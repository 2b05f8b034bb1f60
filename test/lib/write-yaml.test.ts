import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { writeYaml } from "../../src/lib/write-yaml.ts";
import { parseYaml } from "../../src/lib/yaml-file.ts";
import { rounds } from "../support/rounds.ts";

describe("writeYaml", () => {
  it("writes what a person would: short things on a line, texts as blocks, remarks above their values", () => {
    const value = {
      cluster: "prod",
      sinks: [{ name: "ops", type: "slack", url: { file: "secrets/ops-url" } }],
      rules: [
        {
          name: "a",
          match: { reason: ["A", "B"], message: { regex: "^x" } },
          text: "one\ntwo\n",
          title: "{{ event.name }}",
          sinks: undefined,
        },
        { name: "b", match: {} },
      ],
      log: {},
    };
    const remarks = [
      { path: [], text: "Made by a test.\n\nTwice." },
      { path: ["sinks", 0, "url"], text: "fill it" },
      { path: ["rules", 1], text: "matches everything" },
      { path: ["rules", 1], text: "- name: c\n  match: {}" },
      { path: ["rules", 7], text: "nothing is there" },
    ];
    expect(writeYaml(value, remarks)).toBe(`# Made by a test.

# Twice.

cluster: prod

sinks:
  - name: ops
    type: slack
    # fill it
    url: { file: secrets/ops-url }

rules:
  - name: a
    match: { reason: [ A, B ], message: { regex: ^x } }
    text: |
      one
      two
    title: "{{ event.name }}"
  # matches everything
  # - name: c
  #   match: {}
  - { name: b, match: {} }

log: {}
`);
  });

  it("never lets a remark be anything else than a comment", () => {
    const text = "a\r\nb\rc: d\u2028e: f\u0085g: h\n--- \n%x";
    const written = writeYaml({ a: [1, 2], b: "x" }, [
      { path: ["b"], text },
      { path: [], text },
    ]);
    expect(parseYaml("x.yaml", written)).toMatchObject({ findings: [], value: { a: [1, 2], b: "x" } });
    expect(written.split("\n").filter((line) => !/^(?:#.*|a: .*|b: .*|)$/u.test(line))).toEqual([]);
  });

  it("writes data that reads back the same, with remarks anywhere", () => {
    const key = fc.string({ unit: "binary" }).filter((name) => name !== "__proto__" && name !== "<<");
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4 },
        fc.string({ unit: "binary" }),
        fc.integer(),
        fc.boolean(),
        fc.constant(null),
        fc.array(tie("tree"), { maxLength: 4 }),
        fc.dictionary(key, tie("tree"), { maxKeys: 4 }),
      ),
    }));
    const path = fc.array(fc.oneof(fc.nat({ max: 3 }), key), { maxLength: 3 });
    const remark = fc.record({ path, text: fc.string({ unit: "binary" }) });
    fc.assert(
      fc.property(fc.dictionary(key, tree, { maxKeys: 5 }), fc.array(remark), (value, remarks) => {
        const all = [...remarks, ...Object.keys(value).map((name) => ({ path: [name], text: "x" }))];
        const { findings, value: read } = parseYaml("x.yaml", writeYaml(value, all));
        expect(findings).toEqual([]);
        expect(read).toEqual(value);
      }),
      { numRuns: rounds(200) },
    );
  });
});
