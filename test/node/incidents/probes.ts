import type { V1Container } from "@kubernetes/client-node";

import type { Incident } from "../incident.ts";
import { FOLLOW, type Stage } from "../stage.ts";
import { isTroubled } from "../well.ts";

const REPLICAS = { spec: { replicas: 2 } };
const SERVES = async (stage: Stage): Promise<void> => stage.deploy("serve", REPLICAS);

const probe = (path: string, port = 8080) => ({
  httpGet: { path, port },
  periodSeconds: 2,
  timeoutSeconds: 5,
});

const changed = (container: Partial<V1Container>) => ({
  prepare: SERVES,
  cause: async (stage: Stage): Promise<void> => stage.deploy("serve", { ...REPLICAS, container }),
  repair: SERVES,
  isSo: isTroubled,
});

/** Probes that a rollout has got wrong. */
export const probes: readonly Incident[] = [
  {
    name: "liveness-wrong-port",
    ...changed({ livenessProbe: { ...probe("/healthz", 9999), failureThreshold: 2 } }),
    rules: /liveness-probe-restarts|crash-loop/u,
    names: [/liveness|probe/iu, /9999/u],
  },
  {
    name: "startup-probe",
    ...changed({ startupProbe: { ...probe("/started"), failureThreshold: 2 } }),
    rules: /liveness-probe-restarts|crash-loop/u,
    names: [/startup|probe/iu, /404/u],
  },
  {
    name: "never-ready",
    ...changed({ readinessProbe: { ...probe("/ready"), periodSeconds: 3 } }),
    rules: /readiness-probe-failing/u,
    names: [/404/u, /2 of 2\b.*serve/iu],
  },
  {
    name: "start-hook",
    ...changed({ lifecycle: { postStart: { exec: { command: ["/no-such-hook"] } } } }),
    rules: /crash-loop|container-hook-failing|other-warnings/u,
    names: [/no-such-hook/u],
  },
  {
    name: "second-container",
    prepare: async (stage) => stage.deploy(FOLLOW),
    cause: async (stage) =>
      stage.deploy(FOLLOW, {
        pod: {
          containers: [
            ...(stage.template("serve").spec?.containers ?? []),
            {
              name: "proxy",
              image: "registry.example.com/shop/web:1.4.2",
              args: ["exit", "9", "2s"],
              env: [ELSEWHERE],
            },
          ],
        },
      }),
    repair: async (stage) => stage.deploy(FOLLOW),
    isSo: isTroubled,
    rules: /crash-loop/u,
    names: [/\bproxy\b/u, /exit(?: code)? 9\b/iu],
  },
];

/** Containers of one pod share its ports. */
const ELSEWHERE = { name: "LISTEN", value: ":8081" };
