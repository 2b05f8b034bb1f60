import { describe, expect, it } from "vitest";

import { loadConfiguration } from "../../src/config/index.ts";

async function looksUp(template: string): Promise<boolean | undefined> {
  const text = `
cluster: lab
rules: []
sinks:
  - { name: lake, type: webhook, url: "https://lake.example/", format: template, template: { app: '${template}' } }
  - { name: other, type: webhook, url: "https://other.example/", format: template, template: { l: "{{ event.involvedObject.labels }}" } }
forward: [{ name: all, sinks: [lake] }]
`;
  const { configuration } = await loadConfiguration({ file: "tocsin.yaml", text, env: {}, cwd: "/" });
  return configuration?.policy.forwards.looksUp.objects;
}

describe("a forward to a sink with a template", () => {
  it("has labels looked up where the template of its own sink reads them", async () => {
    expect(await looksUp('{{ event.involvedObject.labels["app"].default("") }}')).toBe(true);
    expect(await looksUp("{{ event.involvedObject.annotations }}")).toBe(true);
    expect(await looksUp("{{ event.metadata.labels }}")).toBe(false);
  });
});
