import type { V1Container } from "@kubernetes/client-node";

import type { Incident } from "../incident.ts";
import { READINESS } from "../objects.ts";
import { FOLLOW, type Stage } from "../stage.ts";
import { isTroubled } from "../well.ts";

const CRASH = /crash-loop|container-oom-killed/u;
const SERVES = async (stage: Stage): Promise<void> => stage.deploy("serve");

const LIVENESS: Partial<V1Container> = {
  livenessProbe: {
    httpGet: { path: "/healthz", port: 8080 },
    periodSeconds: 2,
    failureThreshold: 2,
    timeoutSeconds: 5,
  },
};

/** Pods that serve are told to misbehave and to serve again, without a change of any object. */
function told(words: string): Pick<Incident, "cause" | "repair"> {
  return {
    cause: async (stage) => stage.tell(words),
    repair: async (stage) => stage.tell("serve"),
  };
}

/** Containers that end, are killed, or do not answer. */
export const containers: readonly Incident[] = [
  {
    name: "crash-exit-3",
    isShort: true,
    prepare: async (stage) => stage.deploy("serve", { spec: { replicas: 2 } }),
    cause: async (stage) => stage.deploy("exit 3 1s", { spec: { replicas: 2 } }),
    repair: async (stage) => stage.deploy("serve", { spec: { replicas: 2 } }),
    isSo: isTroubled,
    rules: CRASH,
    // The workload says this, with a password, before it ends.
    hasLogs: true,
    names: [/exit(?: code)? 3\b/iu, /panic: cannot connect to .*db\/shop/u],
    hides: /hunter2/u,
  },
  {
    name: "setting-missing",
    prepare: async (stage) => stage.deploy("serve", { spec: { replicas: 3 } }),
    cause: async (stage) => stage.deploy("need DATABASE_URL", { spec: { replicas: 3 } }),
    repair: async (stage) =>
      stage.deploy("need DATABASE_URL", {
        spec: { replicas: 3 },
        container: { env: [{ name: "DATABASE_URL", value: "postgres://db" }] },
      }),
    isSo: isTroubled,
    rules: CRASH,
    names: [/exit(?: code)? 1\b/iu, /3 of 3\b.*serve/iu],
  },
  {
    name: "memory-limit",
    isShort: true,
    prepare: SERVES,
    cause: async (stage) =>
      stage.deploy("leak 20", { container: { resources: { limits: { memory: "40Mi" } } } }),
    repair: SERVES,
    isSo: isTroubled,
    rules: CRASH,
    names: [/OOMKilled/u, /40\s?Mi/u],
  },
  {
    name: "slow-leak",
    prepare: SERVES,
    cause: async (stage) =>
      stage.deploy("leak 3", { container: { resources: { limits: { memory: "60Mi" } } } }),
    repair: SERVES,
    isSo: isTroubled,
    rules: CRASH,
    names: [/OOMKilled/u, /60\s?Mi/u],
  },
  {
    name: "liveness-probe",
    isShort: true,
    prepare: async (stage) => stage.deploy(FOLLOW, { container: LIVENESS }),
    ...told("unhealthy"),
    isSo: isTroubled,
    rules: /liveness-probe-restarts|crash-loop/u,
    names: [/liveness|probe/iu],
  },
  {
    name: "readiness-probe",
    prepare: async (stage) => stage.deploy(FOLLOW, { container: READINESS }),
    ...told("unhealthy"),
    isSo: isTroubled,
    rules: /readiness-probe-failing/u,
    names: [/statuscode: 500|\b500\b/u],
  },
  {
    name: "flapping-probe",
    prepare: async (stage) => stage.deploy(FOLLOW, { container: READINESS }),
    ...told("flap 15s 20s"),
    isSo: isTroubled,
    rules: /readiness-probe-failing/u,
    names: [/readiness|probe/iu],
  },
  {
    name: "init-container",
    prepare: SERVES,
    cause: async (stage) =>
      stage.deploy("serve", {
        pod: {
          initContainers: [
            { name: "migrate", image: "registry.example.com/shop/web:1.4.2", args: ["exit", "5", "1s"] },
          ],
        },
      }),
    repair: SERVES,
    isSo: isTroubled,
    rules: CRASH,
    names: [/migrate/u, /exit(?: code)? 5\b/iu],
  },
  {
    name: "no-such-command",
    prepare: SERVES,
    cause: async (stage) => stage.deploy("serve", { container: { command: ["/no-such-program"] } }),
    repair: SERVES,
    isSo: isTroubled,
    rules: /container-start-failing|crash-loop/u,
    names: [/no-such-program/u],
  },
  {
    name: "ends-in-order",
    prepare: SERVES,
    cause: async (stage) => stage.deploy("exit 0 1s"),
    repair: SERVES,
    isSo: isTroubled,
    rules: CRASH,
    names: [/exit(?: code)? 0\b/iu],
  },
  {
    name: "must-not-be-root",
    prepare: SERVES,
    cause: async (stage) => stage.deploy("serve", { container: { securityContext: { runAsNonRoot: true } } }),
    repair: SERVES,
    isSo: isTroubled,
    rules: /container-config-error/u,
    names: [/runAsNonRoot/u, /root/u],
  },
  {
    name: "static-pod",
    prepare: async () => undefined,
    cause: async (stage) => stage.runStaticPod("crasher", "exit 2 1s"),
    repair: async (stage) => stage.runStaticPod("crasher", "serve"),
    isSo: isTroubled,
    rules: CRASH,
    names: [/exit(?: code)? 2\b/iu],
  },
];
