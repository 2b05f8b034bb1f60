import { readFileSync } from "node:fs";

import { kubeletEvent } from "./events.ts";

/** Recorded watches in which Deployments and a StatefulSet start and are rolled out. */
const RECORDINGS = ["storefront-start", "image-pull-rollout"];

/** The reasons of a healthy cluster's day; with the two controllers that make Pods, eight kinds of Events. */
const REASONS: ReadonlySet<unknown> = new Set([
  "ScalingReplicaSet",
  "SuccessfulCreate",
  "Scheduled",
  "Pulled",
  "Created",
  "Started",
  "Killing",
]);

/** One Event in so many is a warning of one of these incidents, which all go on. */
const ONE_WARNING_IN = 200;
const INCIDENTS = [
  {
    pod: "checkout-0",
    reason: "BackOff",
    text: "Back-off restarting failed container app in pod checkout-0_shop",
  },
  {
    pod: "checkout-1",
    reason: "BackOff",
    text: "Back-off restarting failed container app in pod checkout-1_shop",
  },
  {
    pod: "search-0",
    reason: "Unhealthy",
    text: "Readiness probe failed: HTTP probe failed with statuscode: 503",
  },
  {
    pod: "report-0",
    reason: "FailedMount",
    text: 'MountVolume.SetUp failed for volume "c": configmap "c" not found',
  },
] as const;

const NAMESPACES = 40;

/**
 * The random suffix that the API server adds to the names of Pods: https://pkg.go.dev/k8s.io/apimachinery/pkg/util/rand
 */
const RANDOM_SUFFIX = /-([bcdfghjklmnpqrstvwxz2456789]{5})(?![\w-])/gu;

const RECORDED: readonly string[] = RECORDINGS.flatMap((name) => {
  const file = new URL(`../test/fixtures/recordings/${name}.jsonl`, import.meta.url);
  return readFileSync(file, "utf8").trimEnd().split("\n").flatMap(ordinary);
});

/** Its Event as JSON, or none. */
function ordinary(line: string): readonly string[] {
  const { object } = JSON.parse(line) as { readonly object: RecordedEvent };
  return object.type === "Normal" && REASONS.has(object.reason) ? [JSON.stringify(object)] : [];
}

interface RecordedEvent {
  readonly type: string;
  readonly reason: string;
  readonly metadata: object;
  readonly involvedObject: { readonly name: string };
  readonly firstTimestamp: string | null;
}

/**
 * The Events of a healthy cluster at work: Normal Events in recorded proportions and order, over and over in other
 * namespaces and about other Pods, and a few incidents.
 */
export function ordinaryEvent(index: number): object {
  return index % ONE_WARNING_IN === ONE_WARNING_IN - 1 ? warning(index) : normal(index);
}

function normal(index: number): object {
  const round = Math.floor(index / RECORDED.length);
  const text = RECORDED[index % RECORDED.length] ?? "";
  const renamed = text
    .replaceAll(RANDOM_SUFFIX, `-$1${round.toString(36)}`)
    .replaceAll(/(?<="namespace":"|assigned )(?:storefront|catalogue)/gu, `team-${round % NAMESPACES}`);
  const event = JSON.parse(renamed) as RecordedEvent;
  const { metadata, involvedObject, firstTimestamp } = event;
  const serial = String(index).padStart(12, "0");
  const time = new Date().toISOString();
  const seconds = `${time.slice(0, 19)}Z`;
  return {
    ...event,
    metadata: {
      ...metadata,
      name: `${involvedObject.name}.18ab${serial}`,
      uid: `710cbf17-f6ab-49f3-9804-${serial}`,
      resourceVersion: String(1000 + index),
      creationTimestamp: seconds,
    },
    // Each of the two recorders of client-go fills its own fields.
    ...(firstTimestamp === null
      ? { eventTime: `${time.slice(0, 19)}.${serial.slice(-6)}Z` }
      : { firstTimestamp: seconds, lastTimestamp: seconds }),
  };
}

function warning(index: number): object {
  const turn = Math.floor(index / ONE_WARNING_IN);
  const { pod, reason, text } = INCIDENTS[turn % INCIDENTS.length] ?? INCIDENTS[0];
  const event = kubeletEvent(index, { reason, objects: 1 });
  return {
    ...event,
    metadata: { ...event.metadata, name: `${pod}.18ab000000000000`, uid: `${pod}-event` },
    involvedObject: { ...event.involvedObject, name: pod, uid: `${pod}-uid` },
    message: text,
    count: 1 + Math.floor(turn / INCIDENTS.length),
  };
}
