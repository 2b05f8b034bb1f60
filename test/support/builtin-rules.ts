import { globSync, readFileSync } from "node:fs";

import { z } from "zod";

import { parseYaml } from "../../src/lib/yaml-file.ts";

const RuleFile = z.looseObject({ rules: z.array(z.looseObject({ name: z.string() })).default([]) });

/** The names of the rules of the pack. */
export function builtinRules(): readonly string[] {
  const files = globSync("rules/**/*.yaml").filter((file) => !file.endsWith(".test.yaml"));
  return files.flatMap((file) => {
    const { value } = parseYaml(file, readFileSync(file, "utf8"));
    return RuleFile.parse(value).rules.map(({ name }) => name);
  });
}
