import { setTimeout as sleep } from "node:timers/promises";

import { describe } from "vitest";

import { type ControlPlane, isControlPlaneMissing, startControlPlane } from "../support/control-plane.ts";
import {
  describeEventExpiry,
  describeEventsApi,
  type EventsApiUnderTest,
} from "../support/events-api-contract.ts";

describe.skipIf(isControlPlaneMissing())("the real control plane", () => {
  describeEventsApi("kube-apiserver", async () =>
    underTest(await startControlPlane({ compactionInterval: "0" })),
  );

  describeEventExpiry("kube-apiserver", async () => {
    const controlPlane = await startControlPlane({ eventTtl: "20s" });
    return { ...underTest(controlPlane), letExpire: () => sleep(20_000) };
  });
});

function underTest(controlPlane: ControlPlane): EventsApiUnderTest {
  return {
    request: (path, init) => controlPlane.request(path, init),
    compact: async (revision) => {
      const response = await fetch(`${controlPlane.etcdUrl}/v3/kv/compaction`, {
        method: "POST",
        body: JSON.stringify({ revision, physical: true }),
      });
      if (!response.ok) throw new Error(`etcd answered ${response.status} to a compaction`);
    },
    stop: () => controlPlane.stop(),
  };
}
