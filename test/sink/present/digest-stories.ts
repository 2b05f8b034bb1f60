import type { Notification } from "../../../src/alert/index.ts";
import { EngineBed, type EventSketch, START } from "../../support/engine-bed.ts";

const MINUTE = 60;
const HOUR = 60 * MINUTE;

const RULES = `
rules:
  - name: crash-loop
    description: A container keeps crashing.
    title: "Container keeps crashing: {{ alert.workload.split('/').join(' ') }} in {{ event.namespace }}"
    match: { reason: BackOff }
    resolve: { by: [{ reason: Started, same: [object] }], quiet: 3d }
  - name: image-pull-failing
    description: A container image cannot be pulled.
    title: "Image cannot be pulled: {{ alert.workload.split('/').join(' ') }} in {{ event.namespace }}"
    match: { reason: ErrImagePull }
    resolve: { by: [{ reason: Pulled, same: [object] }], quiet: 3d }
  - name: volume-mount-failing
    description: A volume cannot be mounted.
    title: "Volume cannot be mounted: {{ alert.workload.split('/').join(' ') }} in {{ event.namespace }}"
    match: { reason: FailedMount }
    resolve: { quiet: 1h }
`;

const MESSAGES = {
  BackOff: "Back-off restarting failed container app in pod",
  ErrImagePull: 'Failed to pull image "registry.example/shop/web:1.4.2": manifest unknown',
  FailedMount: 'MountVolume.SetUp failed for volume "config": configmap "web" not found',
} as const;

function problem(reason: keyof typeof MESSAGES, namespace: string): EventSketch {
  return { reason, message: MESSAGES[reason], object: `${namespace}/Pod/web-1`, owners: ["Deployment/web"] };
}

function end(reason: string, namespace: string): EventSketch {
  return { reason, type: "Normal", object: `${namespace}/Pod/web-1`, owners: ["Deployment/web"] };
}

/** Sixteen namespaces are in trouble within two minutes; the first ten are told by themselves. */
function storm(): Notification {
  const bed = new EngineBed({ rules: RULES, route: "{ sinks: [ops], groupBy: [namespace] }" });
  for (let index = 1; index <= 10; index++) bed.at(index, problem("BackOff", `team-${index}`));
  bed
    .at(MINUTE, problem("BackOff", "shop"), problem("BackOff", "pay"))
    .at(MINUTE + 5, problem("ErrImagePull", "search"), problem("ErrImagePull", "cart"))
    .at(MINUTE + 20, problem("BackOff", "shop"))
    .at(2 * MINUTE, problem("FailedMount", "mail"), problem("BackOff", "stock"))
    .at(3 * MINUTE, end("Started", "stock"));
  return digestOf(bed.until(10 * MINUTE));
}

/** The mail of the next morning: three alerts go on, one has ended, and one is no longer seen. */
function scheduled(): Notification {
  const next = (now: number): number => START + (now < START + 22 * HOUR * 1000 ? 22 : 46) * HOUR * 1000;
  const bed = new EngineBed({ rules: RULES, sinks: [{ name: "ops", digest: { next } }] });
  bed
    .at(10 * MINUTE, problem("ErrImagePull", "shop"))
    .at(2 * HOUR, problem("BackOff", "pay"))
    .at(3 * HOUR, problem("FailedMount", "mail"))
    .at(3 * HOUR + 25, problem("BackOff", "stock"))
    .at(3 * HOUR + 40 * MINUTE, end("Started", "stock"))
    .at(21 * HOUR, problem("BackOff", "pay"), problem("ErrImagePull", "cart"));
  return digestOf(bed.until(23 * HOUR));
}

function digestOf({ messages }: EngineBed): Notification {
  const digest = messages.find(({ kind }) => kind === "digest");
  if (digest === undefined) throw new Error("a digest is needed");
  return digest.notification;
}

/** The digests that every sink can get, and the one at a set time, which only mail gets. Keyed by file name. */
export const DIGESTS = {
  any: { "digest-storm": storm() },
  mail: { "digest-scheduled": scheduled() },
} as const;
