import { readFileSync } from "node:fs";

import { z } from "zod";

import { type ObjectState, readObjectState } from "../../src/object/index.ts";

/** The moment at which the pods of `test/fixtures/status` were read. */
export const RECORDED_AT = Date.parse("2026-11-30T07:27:00Z");

const List = z.object({ items: z.array(z.looseObject({ metadata: z.looseObject({ name: z.string() }) })) });

/** The raw pods of a namespace, by name. */
export function rawPods(namespace: string): ReadonlyMap<string, unknown> {
  const file = new URL(`../fixtures/status/${namespace}.json`, import.meta.url);
  const { items } = List.parse(JSON.parse(readFileSync(file, "utf8")));
  return new Map(items.map((item) => [item.metadata.name, item]));
}

/** The state of a recorded pod. */
export function podState(namespace: string, name: string): Extract<ObjectState, { kind: "Pod" }> {
  const state = readObjectState("Pod", rawPods(namespace).get(name));
  if (state?.kind !== "Pod") throw new Error(`no pod ${namespace}/${name} was recorded`);
  return state;
}
