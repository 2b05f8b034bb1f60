import type { ConfigurationSpec } from "../config/index.ts";

/** Stands where nothing was delivered, for a configuration needs something to do. */
export const NOTHING_DELIVERED: Pick<ConfigurationSpec, "sinks" | "forward"> = {
  sinks: [{ name: "nothing", type: "stdout", format: "json" }],
  forward: [{ name: "nothing", when: "false", sinks: ["nothing"] }],
};
