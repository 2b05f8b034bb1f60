import type { Incident } from "../incident.ts";
import { NO_PRESSURE } from "../node-configuration.ts";
import type { Stage } from "../stage.ts";
import { hasCondition, isNodeTroubled, isTroubled, isUnplaced } from "../well.ts";

const REPLICAS = { spec: { replicas: 2 } };
const SERVES = async (stage: Stage): Promise<void> => stage.deploy("serve", REPLICAS);

/** Trouble of whole nodes; those of one node play one after another. */
export const nodes: readonly Incident[] = [
  {
    name: "kubelet-killed",
    node: "node-2",
    isShort: true,
    prepare: SERVES,
    cause: async ({ node }) => node.kubelet.end("SIGKILL"),
    repair: async ({ node }) => node.kubelet.again(),
    isSo: isNodeTroubled("node-2"),
    // Pods that may run on no other node find no place meanwhile.
    rules: /node-not-ready|pod-unschedulable/u,
    names: [/node-2/u, /stopped posting|unknown|status/iu],
  },
  {
    name: "containerd-killed",
    node: "node-2",
    prepare: SERVES,
    cause: async ({ node }) => node.containerd.end("SIGKILL"),
    repair: async ({ node }) => node.containerd.again(),
    isSo: isNodeTroubled("node-2"),
    // Pods that may run on no other node find no place meanwhile.
    rules: /node-not-ready|pod-unschedulable/u,
    names: [/node-2/u, /runtime/iu],
  },
  {
    name: "memory-pressure",
    node: "node-3",
    prepare: SERVES,
    cause: async ({ node }) => node.restartKubelet({ ...NO_PRESSURE, "memory.available": "99%" }),
    repair: async ({ node }) => node.restartKubelet(),
    isSo: (view) => hasCondition(view.nodes, "node-3", "MemoryPressure") || isTroubled(view),
    rules: /node-memory-pressure|pod-evicted|pod-unschedulable|node-not-ready/u,
    names: [/memory/iu],
  },
  {
    name: "disk-pressure",
    node: "node-3",
    prepare: SERVES,
    cause: async ({ node }) => node.restartKubelet({ ...NO_PRESSURE, "nodefs.available": "99.9%" }),
    repair: async ({ node }) => node.restartKubelet(),
    isSo: (view) => hasCondition(view.nodes, "node-3", "DiskPressure") || isTroubled(view),
    rules: /node-disk-pressure|pod-evicted|pod-unschedulable|node-not-ready/u,
    names: [/disk|ephemeral-storage/iu],
  },
  {
    name: "tainted",
    node: "node-2",
    prepare: SERVES,
    cause: async (stage) => stage.taint("maintenance"),
    repair: async (stage) => stage.taint(),
    isSo: isUnplaced,
    rules: /pod-unschedulable/u,
    // The scheduler does not say which taint.
    names: [/taint/iu],
  },
  {
    name: "reboots",
    node: "node-3",
    prepare: SERVES,
    cause: async ({ node }) => node.reboot(),
    repair: async (stage) => stage.untilReady(),
    isSo: (view) => isNodeTroubled("node-3")(view) || isTroubled(view),
    rules: /node-rebooted|node-not-ready/u,
    names: [/node-3/u, /reboot/iu],
    isPoint: true,
  },
  {
    name: "drained-without-room",
    node: "node-3",
    prepare: SERVES,
    cause: async (stage) => stage.drain(),
    repair: async (stage) => stage.uncordon(),
    isSo: isUnplaced,
    rules: /pod-unschedulable/u,
    names: [/unschedulable|cordon|drain/iu],
  },
];
