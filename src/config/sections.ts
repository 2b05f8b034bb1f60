import { z } from "zod";

import { sinkSchema, type SinkType } from "../sink/index.ts";
import type { PolicySection } from "./section.ts";
import { cluster } from "./sections/cluster.ts";
import { heartbeat } from "./sections/heartbeat.ts";
import { kubernetes } from "./sections/kubernetes.ts";
import { log } from "./sections/log.ts";
import { POLICY_SECTIONS } from "./sections/policy.ts";
import { selfAlerts } from "./sections/self-alerts.ts";
import { server } from "./sections/server.ts";
import { state } from "./sections/state.ts";

/** The sections that set the process up. A further one is a file of its own and a name here. */
export const PROCESS_SECTIONS = { cluster, kubernetes, state, server, log, selfAlerts, heartbeat } as const;

/** All top-level keys of tocsin.yaml. */
export const SECTIONS = { ...PROCESS_SECTIONS, ...POLICY_SECTIONS } as const;
type Sections = typeof SECTIONS;

/** The file, parsed section by section; a broken section counts as left out. */
export type ConfigurationFile = {
  readonly [Key in keyof Sections]: z.infer<Sections[Key]["schema"]>;
};

/** Settings that no rule, route or sink depends on. Paths are absolute, times milliseconds. */
export type ProcessSettings = Pick<ConfigurationFile, keyof typeof PROCESS_SECTIONS>;

type ShapeOf<Section> =
  Section extends PolicySection<z.ZodType, infer Shape>
    ? Shape
    : Section extends { readonly schema: infer Schema }
      ? Schema
      : never;

/** The sections with all their entries as people write them. */
export const CONFIGURATION_SHAPE = Object.fromEntries(
  Object.entries(SECTIONS).map(([key, section]) => [
    key,
    section.part === "policy" ? section.shape : section.schema,
  ]),
  // Each entry is made of the section of its key.
) as { readonly [Key in keyof Sections]: ShapeOf<Sections[Key]> };

/** The same with the options of these types of sinks. */
export function configurationShape(
  types: readonly SinkType[],
): Omit<typeof CONFIGURATION_SHAPE, "sinks"> & { readonly sinks: z.ZodType } {
  const { sinks } = CONFIGURATION_SHAPE;
  return {
    ...CONFIGURATION_SHAPE,
    sinks: z
      .array(sinkSchema(types))
      .min(1)
      .describe(sinks.description ?? ""),
  };
}
