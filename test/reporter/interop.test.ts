import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect, it } from "vitest";

import { startEventsApi } from "../../src/demo/index.ts";
import { normalise } from "../../src/event/index.ts";
import { openClient } from "../../src/kube/index.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { kubeconfigFor } from "../support/kubeconfig.ts";
import type { Json } from "../support/kubectl.ts";
import {
  KNOWN_DIFFERENCES,
  type Recordings,
  reportAsRecorded,
  shapeOf,
} from "../support/recorder-scenario.ts";

/** Recorded from client-go v0.36.3 on a real API server; test/cluster/interop.test.ts keeps it true. */
const theirs = JSON.parse(readFileSync("test/fixtures/recorders.json", "utf8")) as Recordings;

it("writes what client-go's recorders write, field by field", async () => {
  await using api = await startEventsApi({ clock: systemClock });
  const kubeconfig = join(mkdtempSync(join(tmpdir(), "tocsin-interop-")), "config");
  writeFileSync(kubeconfig, JSON.stringify(kubeconfigFor(api.url)));
  await fetch(`${api.url}/api/v1/namespaces`, { method: "POST", body: '{"metadata":{"name":"shop"}}' });
  await reportAsRecorded(theirs, "shop", {
    clock: systemClock,
    random: Math.random,
    uids: { legacy: "uid-1", newer: "uid-2" },
    client: () => openClient({ kubeconfig, context: "" }, { env: {}, clock: systemClock }),
  });
  const answer = await fetch(`${api.url}/api/v1/namespaces/shop/events`);
  const { items } = (await answer.json()) as { items: readonly Json[] };
  for (const name of ["legacy", "newer"] as const) {
    const own = items.find((event) => event.involvedObject.name === name);
    // Items of a list say neither version nor kind; the recording does.
    const { apiVersion, kind } = theirs[name];
    expect(shapeOf({ apiVersion, kind, ...own })).toEqual({
      ...shapeOf(theirs[name]),
      ...KNOWN_DIFFERENCES[name],
    });
    const { component, host } = normalise(own, "test").source;
    expect({ component, host }).toEqual(normalise(theirs[name], "test").source);
    expect(normalise(own, "test").count).toBe(2);
  }
});
