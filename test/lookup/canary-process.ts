// Looks up pods at the API server of a kubeconfig, keeps the facts as an engine would, and writes a heap snapshot:
// node canary-process.ts KUBECONFIG PODS SNAPSHOT
import { writeHeapSnapshot } from "node:v8";

import type { Fact } from "../../src/alert/index.ts";
import { connect } from "../../src/kube/index.ts";
import { silentLogger } from "../../src/lib/log.ts";
import { Metrics } from "../../src/lib/metrics.ts";
import { createLookUps } from "../../src/lookup/index.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { until } from "../support/until.ts";

/** As many as may start at once after a rest. */
const AT_ONCE = 50;

const [kubeconfig = "", count = "", snapshot = ""] = process.argv.slice(2);
const clock = new FakeClock();
const client = await connect({ kubeconfig, context: "" }, { env: {}, clock, log: silentLogger });
const { owners, states } = createLookUps({
  enrich: "state",
  cluster: "test",
  namespaces: [],
  inspected: () => [],
  keepsTexts: () => false,
  client,
  clock,
  log: silentLogger,
  metrics: new Metrics(),
});

const facts: Fact[] = [];
for (let first = 0; first < Number(count); first += AT_ONCE) {
  const objects = Array.from({ length: AT_ONCE }, (_, index) => `test/Pod/shop/p${first + index}`);
  states?.ask(
    objects.map((object) => ({ object, apiVersion: "v1", purpose: "hint" })),
    (fact) => void facts.push(fact),
  );
  await until(() => facts.length === first + AT_ONCE);
  await clock.advance(5000);
}
// By metadata alone, whose answer has annotations too; 40 have their turn at once.
await owners.find(Array.from({ length: 40 }, (_, index) => `test/Pod/shop/o${index}`));

writeHeapSnapshot(snapshot);
process.stdout.write(`${facts.filter(({ found }) => typeof found === "object").length} pods\n`);
await client.close();
