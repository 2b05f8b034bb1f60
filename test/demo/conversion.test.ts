import { readFileSync } from "node:fs";

import { describe, expect, it } from "vitest";

import { startEventsApi } from "../../src/demo/index.ts";
import { FakeClock } from "../support/fake-clock.ts";

interface Recorded {
  readonly metadata: { readonly namespace: string; readonly name: string; readonly resourceVersion: string };
}

/** Genuine Events, one of each shape, as kube-apiserver printed them in either group. */
const file = new URL("fixtures/both-apis.jsonl", import.meta.url);
const pairs = readFileSync(file, "utf8")
  .trimEnd()
  .split("\n")
  .map((line) => JSON.parse(line) as { readonly core: Recorded; readonly events: Recorded });

describe("conversion between the groups", () => {
  it("prints genuine Events in both forms as kube-apiserver does, key by key", async () => {
    await using api = await startEventsApi({ clock: new FakeClock() });
    for (const { core, events } of pairs) {
      const { namespace, name, resourceVersion } = api.record(core);
      const path = `namespaces/${namespace}/events/${name}`;
      expect(await textOf(`${api.url}/api/v1/${path}`)).toBe(printed(core, resourceVersion));
      expect(await textOf(`${api.url}/apis/events.k8s.io/v1/${path}`)).toBe(printed(events, resourceVersion));
    }
  });

  it("takes the new form of a new-style Event and gives the old one", async () => {
    await using api = await startEventsApi({ clock: new FakeClock() });
    const written = pairs.filter(({ events }) => Reflect.get(events, "deprecatedCount") === undefined);
    expect(written.length).toBeGreaterThan(1);
    for (const { core, events } of written) {
      const { namespace, name } = api.create(events);
      const got = JSON.parse(
        await textOf(`${api.url}/api/v1/namespaces/${namespace}/events/${name}`),
      ) as object;
      expect(got).toEqual({ ...core, metadata: expect.anything() });
    }
  });
});

async function textOf(url: string): Promise<string> {
  return (await fetch(url)).text();
}

/** The text of the server: Go escapes three more characters, and the resource version differs. */
function printed(event: Recorded, resourceVersion: string): string {
  const body = JSON.stringify({ ...event, metadata: { ...event.metadata, resourceVersion } });
  const escaped = body.replaceAll("<", "\\u003c").replaceAll(">", "\\u003e").replaceAll("&", "\\u0026");
  return `${escaped}\n`;
}
