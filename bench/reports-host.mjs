// A process that reports in a burst, for bench/reports.ts: reports-host.mjs KUBECONFIG CALLS OBJECTS. Prints figures.
import { createReporter } from "../dist/reporter/index.js";

const [, , kubeconfig, callsText, objectsText] = process.argv;
const calls = Number(callsText);
const objects = Number(objectsText);
const reporter = createReporter({
  component: "bench",
  kubeconfig,
  queueLimit: objects,
  onError: () => undefined,
});
const report = (index) =>
  reporter.report({
    regarding: {
      apiVersion: "apps/v1",
      kind: "Deployment",
      namespace: "default",
      name: `web-${index % objects}`,
      uid: `00000000-0000-4000-8000-${String(index % objects).padStart(12, "0")}`,
    },
    reason: "InjectionFailed",
    action: "Inject",
    note: `A Pod was let in without its injection: there is no injection profile "database-${index % objects}"`,
  });

globalThis.gc();
const before = process.memoryUsage();
const took = new Float64Array(calls);
const startedAt = performance.now();
for (let index = 0; index < calls; index++) {
  const at = performance.now();
  report(index);
  took[index] = performance.now() - at;
}
const burstMs = performance.now() - startedAt;
// While all of it waits.
globalThis.gc();
const { heapUsed } = process.memoryUsage();
const { undelivered } = await reporter.close({ withinMs: 120_000 });
const writtenMs = performance.now() - startedAt;
if (undelivered.length > 0) throw new Error(`${undelivered.length} were not written`);
const sorted = took.toSorted();
const at = (share) => sorted[Math.min(calls - 1, Math.floor(calls * share))] * 1000;
console.log(
  JSON.stringify({
    callsPerSecond: (calls / burstMs) * 1000,
    p50Us: at(0.5),
    p999Us: at(0.999),
    maxUs: at(1),
    writtenMs,
    requests: reporter.counters().requests,
    heapMb: (heapUsed - before.heapUsed) / 2 ** 20,
    rssMb: process.memoryUsage().rss / 2 ** 20,
  }),
);
