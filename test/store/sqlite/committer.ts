// Run as a process of its own: node committer.ts FILE [FIELD]
// Commits once, says so, and then either holds the file, or kills itself when its second commit reads FIELD of the
// Changes, which is between two statements of the transaction.
import { NO_CHANGES } from "../../../src/alert/index.ts";
import { silentLogger } from "../../../src/lib/log.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { makeDelivery, makeRecord } from "../../support/make-delivery.ts";
import { OwnedStore } from "../../support/owned-store.ts";

const [path = "", field] = process.argv.slice(2);

const store = await OwnedStore.open({ path, clock: new FakeClock(1000), log: silentLogger });
const changesOf = (version: string) => ({
  ...NO_CHANGES,
  positions: [
    {
      cluster: "test",
      scope: "core/",
      clusterId: "c",
      epoch: 1,
      resourceVersion: version,
      coverageStartAt: 0,
      updatedAt: 0,
    },
  ],
  seen: [
    {
      lineage: `test/1/shop/${version}`,
      uid: "u",
      resourceVersion: version,
      count: 1,
      firstSeenAt: 0,
      lastSeenAt: 0,
      expiresAt: 9000,
    },
  ],
  deliveries: [makeDelivery(`d${version}`, { groupKey: version })],
  records: [makeRecord(`r${version}`)],
});

await store.commit(changesOf("1"));
process.stdout.write("committed\n");
if (field === undefined) setInterval(() => undefined, 1000);
else {
  const changes = changesOf("2");
  Object.defineProperty(changes, field, { get: () => process.kill(process.pid, "SIGKILL") });
  await store.commit(changes);
}
