import { existsSync, globSync, readFileSync } from "node:fs";

import { describe, expect, it } from "vitest";

import { until } from "../support/until.ts";
import { NodeBed } from "./node-bed.ts";
import { container, deployment, podTemplate, READINESS } from "./objects.ts";
import { isNodeMissing } from "./programs.ts";

const WEB = { namespace: "shop", name: "web" };
const NODE = { name: "node-1", address: "10.1.0.11", taints: [] };

/** Commands of processes that name a folder. */
function commandsIn(folder: string): readonly string[] {
  return globSync("/proc/[0-9]*/cmdline").flatMap((file) => {
    try {
      const command = readFileSync(file, "utf8").replaceAll("\0", " ");
      return command.includes(folder) ? [command] : [];
    } catch {
      return [];
    }
  });
}

const ownCgroups = (): readonly string[] => globSync(`/sys/fs/cgroup/{,*/}tocsin-node-${process.pid}-*`);

describe.skipIf(isNodeMissing())("a genuine node", () => {
  it("runs pods and says what became of them, and leaves nothing behind", async () => {
    const bed = await NodeBed.start([NODE]);
    const { folder } = bed.node(NODE.name);
    try {
      await bed.cluster.createNamespace(WEB.namespace);
      await bed.cluster.apply(
        deployment(WEB, podTemplate("web", [container("serve", READINESS)]), { replicas: 2 }),
      );
      await until(
        async () => (await bed.cluster.apps.readNamespacedDeployment(WEB)).status?.readyReplicas === 2,
        () => bed.log(),
      );
      // Written by five programs, each when it has time.
      await until(async () => {
        const { items } = await bed.cluster.core.listNamespacedEvent(WEB);
        const reasons = new Set(items.map(({ reason }) => reason));
        return ["ScalingReplicaSet", "SuccessfulCreate", "Scheduled", "Pulled", "Started"].every((each) =>
          reasons.has(each),
        );
      });
      const { items } = await bed.cluster.core.listNamespacedPod({ namespace: WEB.namespace });
      const log = await bed.cluster.core.readNamespacedPodLog({
        name: items[0]?.metadata?.name ?? "",
        namespace: WEB.namespace,
      });
      expect(log).toBe("serving on :8080\n");
      expect(commandsIn(folder).length).toBeGreaterThan(3);
      expect(ownCgroups()).not.toEqual([]);
    } finally {
      await bed[Symbol.asyncDispose]();
    }
    expect(commandsIn(folder)).toEqual([]);
    expect(ownCgroups()).toEqual([]);
    expect(existsSync(folder)).toBe(false);
    expect(readFileSync("/proc/self/mounts", "utf8")).not.toContain(folder);
  });
});
