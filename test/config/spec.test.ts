import { globSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { describe, expect, it } from "vitest";

import {
  type ConfigurationSpec,
  loadConfiguration,
  type RuleFileSpec,
  writeSpec,
} from "../../src/config/index.ts";
import { formatFinding } from "../../src/lib/finding.ts";
import { parseYaml } from "../../src/lib/yaml-file.ts";

describe("what writeSpec writes", () => {
  const files = globSync(["examples/*.yaml", "rules/**/*.yaml"])
    .filter((name) => !name.endsWith(".test.yaml"))
    .toSorted();

  it.each(files)("is read as the same data, with a remark at every value: %s", async (name) => {
    const { value } = parseYaml(name, await readFile(name, "utf8"));
    // The file is one of the two, as its own tests demand.
    const spec = value as ConfigurationSpec | RuleFileSpec;
    const remarks = pathsIn(value).map((path) => ({ path, text: path.join(".") || name }));
    for (const text of [writeSpec(spec), writeSpec(spec, remarks)]) {
      expect(parseYaml(name, text)).toMatchObject({ findings: [], value });
    }
    const commented = writeSpec(spec, remarks).match(/^ *(?:- )*# /gmu);
    expect(commented).toHaveLength(remarks.length);
  });

  it.each(files.filter((name) => dirname(name) === "examples"))(
    "is loaded as the example is: %s",
    async (name) => {
      const [example, copy] = [await readFile(name, "utf8"), await mkdtemp(join(tmpdir(), "tocsin-spec-"))];
      const load = async (text: string) => {
        await writeFile(join(copy, "tocsin.yaml"), text);
        const { configuration, findings } = await loadConfiguration({ file: undefined, env: {}, cwd: copy });
        return {
          findings: findings.map(formatFinding),
          process: configuration?.process,
          redacted: configuration?.origin.redacted,
          rules: configuration?.policy.rules.rules.map(({ name: rule, version }) => `${rule} ${version}`),
          sinks: configuration?.sinks.map(({ name: sink, version }) => `${sink} ${version}`),
          route: JSON.stringify(configuration?.policy.route),
        };
      };
      // The data of an example, as its own test demands.
      const spec = parseYaml(name, example).value as ConfigurationSpec;
      const loaded = await load(writeSpec(spec));
      expect(loaded).toEqual(await load(example));
      expect(loaded.sinks).not.toBeUndefined();
      await rm(copy, { recursive: true });
    },
  );

  it("is what an importer says in types", async () => {
    const spec: ConfigurationSpec = {
      cluster: "prod",
      sinks: [{ name: "ops", type: "slack", url: { file: "secrets/ops-url" } }],
      route: {
        sinks: ["ops"],
        groupWait: "1m",
        routes: [{ match: { severity: "critical" }, sinks: ["ops"] }],
      },
      rules: [{ name: "pulls", match: { reason: ["Failed", { like: "*BackOff" }] }, for: "3m" }],
    };
    expect(writeSpec(spec, [{ path: ["sinks", 0, "url"], text: "write the address into this file" }]))
      .toBe(`cluster: prod

sinks:
  - name: ops
    type: slack
    # write the address into this file
    url: { file: secrets/ops-url }

route:
  sinks: [ ops ]
  groupWait: 1m
  routes:
    - { match: { severity: critical }, sinks: [ ops ] }

rules:
  - name: pulls
    match: { reason: [ Failed, { like: "*BackOff" } ] }
    for: 3m
`);
    // @ts-expect-error A mistake in a key is one for the compiler.
    const wrong: RuleFileSpec = { rules: [{ name: "a", match: { raeson: "A" } }] };
    expect(wrong.rules).toHaveLength(1);
  });
});

function pathsIn(value: unknown, path: readonly (string | number)[] = []): readonly (string | number)[][] {
  const inner =
    typeof value !== "object" || value === null
      ? []
      : Array.isArray(value)
        ? value.flatMap((item: unknown, index) => pathsIn(item, [...path, index]))
        : Object.entries(value).flatMap(([key, item]) => pathsIn(item, [...path, key]));
  return [[...path], ...inner];
}
