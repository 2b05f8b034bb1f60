import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { type PROGRAMS } from "./programs.ts";

/** Thresholds of the kubelet below which a node is under pressure; as in a KubeletConfiguration. */
export interface EvictionThresholds {
  readonly "memory.available": string;
  readonly "nodefs.available": string;
  readonly "imagefs.available": string;
}

/** Under which no node of a test comes by itself. */
export const NO_PRESSURE: EvictionThresholds = {
  "memory.available": "100Mi",
  "nodefs.available": "1%",
  "imagefs.available": "1%",
};

/** The places and names that the configuration of a node is made of. */
export interface NodePlaces {
  /** Where the node keeps everything. */
  readonly folder: string;
  readonly programs: typeof PROGRAMS;
  readonly cgroup: string;
  /** The certificate that the API server shows the kubelet. */
  readonly clientFile: string;
  /** Keys of taints that the node has from the start. */
  readonly taints: readonly string[];
}

/** Of the kubelet, on loopback in the network of its node. */
export const KUBELET_PORT = 10_250;

/** Where containerd listens. */
export function runtimeSocket(folder: string): string {
  return join(folder, "containerd", "containerd.sock");
}

/** Writes the configuration of containerd; answers the file. */
export function writeRuntimeConfiguration({ folder, programs }: NodePlaces): string {
  const own = join(folder, "containerd");
  mkdirSync(join(own, "networks"), { recursive: true });
  writeFileSync(
    join(own, "networks", "pods.conflist"),
    JSON.stringify({
      cniVersion: "0.4.0",
      name: "pods",
      plugins: [
        {
          type: "bridge",
          bridge: "pods0",
          isGateway: true,
          ipMasq: false,
          ipam: {
            type: "host-local",
            ranges: [[{ subnet: "10.244.0.0/24" }]],
            dataDir: "/var/lib/cni/networks",
          },
        },
      ],
    }),
  );
  const file = join(own, "config.toml");
  writeFileSync(
    file,
    `version = 2
root = "${join(own, "root")}"
state = "${join(own, "state")}"
[grpc]
  address = "${runtimeSocket(folder)}"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "registry.example.com/pause:3.10"
  restrict_oom_score_adj = true
  disable_apparmor = true
  stream_server_address = "127.0.0.1"
[plugins."io.containerd.grpc.v1.cri".cni]
  bin_dir = "${programs.networkPlugins}"
  conf_dir = "${join(own, "networks")}"
[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
  runtime_type = "io.containerd.runc.v2"
[plugins."io.containerd.internal.v1.opt"]
  path = "${join(own, "opt")}"
`,
  );
  return file;
}

/** Writes the configuration of the kubelet; answers the file. */
export function writeKubeletConfiguration(places: NodePlaces, thresholds: EvictionThresholds): string {
  const { folder, cgroup, clientFile, taints } = places;
  const file = join(folder, "kubelet.json");
  writeFileSync(
    file,
    JSON.stringify({
      apiVersion: "kubelet.config.k8s.io/v1beta1",
      kind: "KubeletConfiguration",
      address: "127.0.0.1",
      port: KUBELET_PORT,
      authentication: {
        anonymous: { enabled: false },
        webhook: { enabled: true },
        x509: { clientCAFile: clientFile },
      },
      authorization: { mode: "Webhook" },
      healthzPort: 0,
      containerRuntimeEndpoint: `unix://${runtimeSocket(folder)}`,
      cgroupDriver: "cgroupfs",
      cgroupRoot: cgroup,
      failCgroupV1: false,
      failSwapOn: false,
      enforceNodeAllocatable: ["pods"],
      oomScoreAdj: 0,
      resolvConf: "/etc/resolv.conf",
      staticPodPath: staticPods(folder),
      fileCheckFrequency: "1s",
      podLogsDir: join(folder, "pod-logs"),
      volumePluginDir: join(folder, "volume-plugins"),
      evictionHard: thresholds,
      evictionPressureTransitionPeriod: "15s",
      maxPods: 250,
      imageGCHighThresholdPercent: 100,
      imageGCLowThresholdPercent: 99,
      registerWithTaints: taints.map((key) => ({ key, effect: "NoSchedule" })),
      serializeImagePulls: false,
      // Ten seconds at first and five minutes at last would make a story of each crash loop an hour long.
      crashLoopBackOff: { maxContainerRestartPeriod: "30s" },
      nodeStatusUpdateFrequency: "3s",
      nodeStatusReportFrequency: "10s",
      nodeLeaseDurationSeconds: 12,
    }),
  );
  return file;
}

/** The folder whose manifests the kubelet runs by itself. */
export function staticPods(folder: string): string {
  const own = join(folder, "static-pods");
  mkdirSync(own, { recursive: true });
  return own;
}
