import { readFileSync } from "node:fs";

import { z } from "zod";

import { type ClusterEvent, normalise, type RawEvent } from "../../src/event/index.ts";
import { parseYaml } from "../../src/lib/yaml-file.ts";

const FIXTURES = new URL("../fixtures/events/", import.meta.url);

/** The expectation of a row of a fixture: exactly these rules match. */
export interface Case {
  readonly rules: readonly string[];
  readonly title: string;
  readonly event: ClusterEvent;
}

/** Events of a recorded cluster, and some written by hand. */
export const CASES: readonly Case[] = [...recorded(), ...written()];

function recorded(): readonly Case[] {
  const Line = z.object({ rules: z.array(z.string()), object: z.unknown() });
  return read(FIXTURES, "rule-pack.jsonl")
    .trim()
    .split("\n")
    .map((line) => Line.parse(JSON.parse(line)))
    .map(({ object, rules: names }) => {
      // `normalise` is the edge: it trusts nothing in it.
      const event = normalise(object as RawEvent, "prod-eu1");
      return { rules: names, title: titleOf(event), event };
    });
}

function written(): readonly Case[] {
  const Entry = z.strictObject({
    rules: z.array(z.string()),
    component: z.string(),
    kind: z.string(),
    type: z.string().default("Warning"),
    reason: z.string(),
    message: z.string(),
    container: z.string().optional(),
    count: z.int().default(1),
  });
  const entries = z.array(Entry).parse(parseYaml("written.yaml", read(FIXTURES, "written.yaml")).value);
  return entries.map(({ component, container, count, kind, message, reason, rules: names, type }) => {
    const place = kind === "Node" ? {} : { namespace: "shop" };
    const fieldPath = container === undefined ? "" : `spec.containers{${container}}`;
    const event = normalise(
      {
        metadata: { name: "an-event", namespace: "default", uid: "u", resourceVersion: "1", ...place },
        involvedObject: { kind, name: "web-1", fieldPath, ...place },
        source: { component, host: "node-1" },
        type,
        reason,
        message,
        count,
        lastTimestamp: "2026-11-23T17:00:00Z",
      },
      "prod-eu1",
    );
    return { rules: names, title: titleOf(event), event };
  });
}

function titleOf({ involvedObject, message, reason, source }: ClusterEvent): string {
  return `${reason} of a ${involvedObject.kind} by ${source.component} (${message.slice(0, 40)})`;
}

function read(folder: URL, file: string): string {
  return readFileSync(new URL(file, folder), "utf8");
}
