import { readFileSync } from "node:fs";

import { describe, expect, it } from "vitest";
import { z } from "zod";

import { HTTP_FIELDS } from "../../src/egress/http-settings.ts";
import { parseYaml } from "../../src/lib/yaml-file.ts";
import { COMMON_FIELDS } from "../../src/sink/common-options.ts";
import { parseSink } from "../../src/sink/index.ts";
import { loadSinkTypes } from "../../src/sinks/index.ts";

function page(name: string): string {
  return readFileSync(`docs/sinks/${name}.md`, "utf8");
}

function sinksIn(markdown: string): unknown[] {
  const blocks = [...markdown.matchAll(/```yaml\n(?<yaml>.*?)```/gsu)].map(
    (match) => match.groups?.["yaml"] ?? "",
  );
  return blocks.flatMap((block) => {
    const { value, findings } = parseYaml("page.md", block);
    expect(findings).toEqual([]);
    return z.looseObject({ sinks: z.array(z.unknown()).default([]) }).parse(value).sinks;
  });
}

const SINK_TYPES = await loadSinkTypes();

describe.each(SINK_TYPES.map((type) => ({ name: type.type, type })))(
  "docs/sinks/$name.md",
  ({ name, type }) => {
    it("has an example, and every example is a valid sink", () => {
      const entries = sinksIn(page(name));
      expect(entries.length).toBeGreaterThan(0);
      for (const entry of entries) expect(parseSink(entry, SINK_TYPES).faults).toEqual([]);
    });

    it("names every option of the type", () => {
      const options = type.options instanceof z.ZodObject ? Object.keys(type.options.shape) : [];
      expect(options.length).toBeGreaterThan(0);
      for (const option of options) expect(page(name)).toContain(`\`${option}\``);
    });
  },
);

it("docs/sinks/README.md names every common and HTTP option, and every type", () => {
  const text = page("README");
  for (const option of [...Object.keys(COMMON_FIELDS), ...Object.keys(HTTP_FIELDS)]) {
    expect(text).toContain(`\`${option}\``);
  }
  for (const { type } of SINK_TYPES) expect(text).toContain(`(${type}.md)`);
});
