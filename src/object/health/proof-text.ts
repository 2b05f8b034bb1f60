import type { Proof } from "./health.ts";

/** Each proof in words, for behind "once" (docs/rules.md#ends-that-the-state-proves). */
const TEXTS: Readonly<Record<Proof, string>> = {
  available: "its workload has all its pods",
  bound: "the claim or the volume is bound",
  complete: "the Job is complete, or a later one of its CronJob succeeded",
  condition: "its condition is as it should be",
  noPressure: "the node is without pressure",
  nodeReady: "the node is ready",
  ready: "the pod stays ready",
  scheduled: "the pod has a node",
  stable: "the container stays up for longer than before",
  started: "the containers of the pod have started",
};

/** The state that proves an end, in words: `the pod has a node`. */
export function proofText(proof: Proof): string {
  return TEXTS[proof];
}
