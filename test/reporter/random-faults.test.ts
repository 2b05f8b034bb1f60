import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import * as fc from "fast-check";
import { expect, it } from "vitest";

import { startEventsApi } from "../../src/demo/index.ts";
import { openClient } from "../../src/kube/index.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { createReporterWith } from "../../src/reporter/index.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { type Fault, FaultyProxy } from "../support/faulty-proxy.ts";
import { kubeconfigFor } from "../support/kubeconfig.ts";
import { rounds } from "../support/rounds.ts";

const FAULT = fc.constantFrom<Fault>(
  "pass",
  "lose-answer",
  "reset",
  { status: 500 },
  { status: 409, reason: "Conflict" },
  { status: 429 },
  { status: 429, headers: { "retry-after": "2" } },
  { status: 503 },
);

/** A step of a host: it reports about one of three things, with or without a key of its own, or lets time pass. */
const STEP = fc.oneof(
  { weight: 5, arbitrary: fc.record({ note: fc.constantFrom("a", "b", "c"), keyed: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ ms: fc.constantFrom(1, 250, 5000, 31_000) }) },
);

it("tells every occurrence once, in one Event for each series, whatever the network does", async () => {
  const directory = mkdtempSync(join(tmpdir(), "tocsin-reporter-faults-"));
  await using api = await startEventsApi({ clock: systemClock });
  const request = (path: string, init?: RequestInit): Promise<Response> => fetch(api.url + path, init);
  let run = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(STEP, { maxLength: 30 }),
      fc.array(FAULT, { maxLength: 25 }),
      async (steps, faults) => {
        const namespace = `run-${++run}`;
        await request("/api/v1/namespaces", {
          method: "POST",
          body: JSON.stringify({ metadata: { name: namespace } }),
        });
        await using proxy = await FaultyProxy.start({ request });
        proxy.next(...faults);
        const kubeconfig = join(directory, "config");
        writeFileSync(kubeconfig, JSON.stringify(kubeconfigFor(proxy.url)));
        const clock = new FakeClock();
        const client = openClient({ kubeconfig, context: "" }, { env: {}, clock });
        const errors: unknown[] = [];
        const reporter = createReporterWith(
          { component: "injector", onError: (error) => errors.push(error) },
          { clock, client, random: () => 0.5 },
        );
        const reported = new Map<string, number>();
        for (const step of steps) {
          if ("ms" in step) {
            await clock.advance(step.ms);
            continue;
          }
          const { note, keyed } = step;
          const name = `${note}-${keyed ? "keyed" : "own"}`;
          reported.set(name, (reported.get(name) ?? 0) + 1);
          const regarding = { kind: "Pod", namespace, name };
          const key = keyed ? { dedupeKey: "key" } : {};
          reporter.report({ regarding, reason: "Test", action: "Test", note, ...key });
        }
        // Time goes on by itself until everything is written.
        const closing = reporter.close({ withinMs: 600_000 });
        while (reporter.counters().waiting > 0) await clock.advance(500);
        expect(await closing).toEqual({ undelivered: [] });
        expect(errors).toEqual([]);
        const { accepted, sent, merged, failed, waiting } = reporter.counters();
        expect({ accepted, sum: sent + merged, failed, waiting }).toEqual({
          accepted: [...reported.values()].reduce((sum, count) => sum + count, 0),
          sum: accepted,
          failed: 0,
          waiting: 0,
        });
        const answer = await request(`/api/v1/namespaces/${namespace}/events`);
        const { items } = (await answer.json()) as {
          items: { involvedObject: { name: string }; series?: { count: number } }[];
        };
        expect(items).toHaveLength(reported.size);
        const counts = items.map((event) => [event.involvedObject.name, event.series?.count ?? 1] as const);
        expect(new Map(counts)).toEqual(reported);
      },
    ),
    { numRuns: rounds(60) },
  );
  rmSync(directory, { recursive: true });
});
