import type { z } from "zod";

import { type Remark, writeYaml } from "../lib/write-yaml.ts";
import type { RULE_FILE_SHAPE } from "./json-schema.ts";
import type { CONFIGURATION_SHAPE } from "./sections.ts";

/** An entry of `sinks`. Its other keys are the options of its type. */
export interface SinkSpec {
  name: string;
  type: string;
  [option: string]: unknown;
}

/** tocsin.yaml as people write it, before defaults and checks. */
export type ConfigurationSpec = Omit<InputOf<typeof CONFIGURATION_SHAPE>, "sinks"> & { sinks: SinkSpec[] };

/** A file of rules as people write it, before defaults and checks. */
export type RuleFileSpec = InputOf<typeof RULE_FILE_SHAPE>;

type InputOf<Shape extends Readonly<Record<string, z.ZodType>>> = z.input<
  z.ZodObject<{ -readonly [Key in keyof Shape]: Shape[Key] }>
>;

/**
 * The YAML of a configuration or a file of rules. `loadConfiguration` reads the same from it; nothing is checked here.
 *
 * @param remarks Comments, each above the value at its path.
 */
export function writeSpec(spec: ConfigurationSpec | RuleFileSpec, remarks: readonly Remark[] = []): string {
  return writeYaml(spec, remarks);
}
