import { readFileSync } from "node:fs";

import { z } from "zod";

import { type ClusterFacts, ClusterModel } from "./cluster-model.ts";

const Line = z.object({
  receivedAt: z.string(),
  type: z.string(),
  object: z.record(z.string(), z.unknown()),
});

/**
 * The recording of an incident, with the states of its objects between the Events.
 *
 * @param name Of a file in test/fixtures/recordings. @param facts What its Events do not say.
 */
export function incidentRecording(name: string, facts: ClusterFacts): string {
  const model = new ClusterModel(facts);
  const file = new URL(`../fixtures/recordings/${name}.jsonl`, import.meta.url);
  const all = readFileSync(file, "utf8")
    .trim()
    .split("\n")
    .flatMap((line) => {
      const { receivedAt, type, object } = Line.parse(JSON.parse(line));
      const at = Date.parse(receivedAt);
      const states = type === "DELETED" ? model.flush(at) : model.take(object, at);
      return [...states.map((state) => JSON.stringify(state)), line];
    });
  return [...all, ...model.flush(Infinity).map((state) => JSON.stringify(state))].join("\n");
}
