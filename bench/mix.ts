import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

import { bridgeFolder } from "./bridge.ts";
import { ordinaryEvent } from "./ordinary-mix.ts";
import { type Load, measureBridge, type Throughput } from "./throughput.ts";

/** The bare loop sends what is a warning. */
export const ORDINARY_MIX: Load = {
  events: 200_000,
  make: ordinaryEvent,
  wants: { field: "type", value: "Warning" },
};

/** Measures the costs of a cluster's ordinary day, and the number of its Events that get a seen row. */
export async function measureMix(): Promise<Throughput & { readonly seenRows: number }> {
  using folder = bridgeFolder();
  const throughput = await measureBridge(ORDINARY_MIX, {
    folder: folder.path,
    configuration: {
      // As it is unless told; the server of the bench refuses to be asked about objects.
      kubernetes: { kubeconfig: "kubeconfig.yaml", startFrom: "all" },
      rules: ["builtin"],
      sinks: [{ name: "out", type: "file", path: "alerts.jsonl" }],
      route: { sinks: ["out"] },
    },
  });
  using store = new DatabaseSync(join(folder.path, "tocsin.db"), { readOnly: true });
  return {
    ...throughput,
    seenRows: Number(store.prepare("SELECT count(*) AS rows FROM seen").get()?.["rows"]),
  };
}
