import { readFileSync, writeFileSync } from "node:fs";

import { describe, expect, it } from "vitest";
import { z } from "zod";

import { parseYaml } from "../../../src/lib/yaml-file.ts";
import { parseSink, previewOf } from "../../../src/sink/index.ts";
import { webhook } from "../../../src/sinks/webhook/webhook.ts";
import { makeNotification } from "../../support/notifications.ts";

const PAGE = "docs/sinks/webhook.md";

const Example = z.looseObject({ sinks: z.array(z.unknown()).min(1) });

/** The first example of a section, and the JSON that stands behind it. */
function sectionOf(heading: string): { readonly yaml: string; readonly json: string } {
  const text = readFileSync(PAGE, "utf8");
  const section = text.split(/^## /mu).find((part) => part.startsWith(heading)) ?? "";
  const found = /```yaml\n(?<yaml>[^`]*)```\s+```json\n(?<json>[\s\S]*?)\n```/u.exec(section)?.groups;
  return { yaml: found?.["yaml"] ?? "", json: found?.["json"] ?? "" };
}

/** The native body inside of a body is left out. */
function briefly(body: string): string {
  // The format makes it.
  const parsed = JSON.parse(body) as Record<string, unknown>;
  return JSON.stringify("specversion" in parsed ? { ...parsed, data: {} } : parsed, undefined, 2);
}

describe("docs/sinks/webhook.md", () => {
  it.each(["Format alertmanager", "Format cloudevents", "Format template"])(
    "shows under %s what its example posts (UPDATE_DOCS=1 writes it)",
    (heading) => {
      const { yaml, json } = sectionOf(heading);
      const [entry] = Example.parse(parseYaml(PAGE, yaml).value).sinks;
      const { sink, faults } = parseSink(entry, [webhook]);
      expect(faults).toEqual([]);
      if (sink === undefined) throw new Error("expected a sink");
      const look = { now: 0, colour: false, onFailure: () => undefined };
      const body = briefly(previewOf(sink, makeNotification({ sink: sink.name }), look));
      if (process.env["UPDATE_DOCS"] === "1")
        writeFileSync(
          PAGE,
          readFileSync(PAGE, "utf8").replace(json, () => body),
        );
      expect(JSON.parse(sectionOf(heading).json)).toEqual(JSON.parse(body));
    },
  );
});
