import type { ClusterEvent, RawEvent } from "../../event/index.ts";
import { isMapping } from "../../lib/mapping.ts";
import type { Reenacted, Reenactment } from "../reenactment.ts";
import type { SourceMapping } from "../source-document.ts";
import { expandAll } from "../variables.ts";
import { exporterReceivers } from "./exporter-receivers.ts";
import { readExporter, textOf } from "./read-exporter.ts";
import { OTHER_VIEWS, type SeenEvent, seenEvent } from "./seen-event.ts";

/** Seconds, where the configuration says nothing (pkg/exporter/config.go). */
const USUAL_AGE = 5;

/** Decides about recorded Events as the tool would have: what it ignores, and which receivers get the others. */
export function reenact(found: SourceMapping): Reenactment {
  const expanded = expandAll(found.value);
  const { route, settings, receivers } = readExporter(isMapping(expanded) ? expanded : {});
  const seconds =
    Number(settings["maxEventAgeSeconds"] ?? 0) || Number(settings["throttlePeriod"] ?? 0) || USUAL_AGE;
  const namespace = textOf(settings["namespace"]);
  const takesRepeats = new Set(
    receivers.flatMap(({ name, options }) => (options["sentUpdateEvent"] === true ? [name] : [])),
  );
  const known = new Set<string>();
  const isBlind = settings["omitLookup"] === true;
  const see = (raw: RawEvent, event: ClusterEvent): SeenEvent => {
    const seen = seenEvent(raw, event);
    return isBlind ? { ...seen, labels: {}, annotations: {} } : seen;
  };
  return {
    receivers: receivers.map(({ name }) => name),
    decide: (raw, event, at) => {
      const fitting = exporterReceivers(route, see(raw, event));
      const isRepeat = known.has(event.uid);
      known.add(event.uid);
      if (namespace !== "" && event.namespace !== namespace) return ignored("namespace", fitting);
      const age = at - ageFrom(raw, event);
      if (age > seconds * 1000) return ignored("age", fitting);
      if (!isRepeat) return { receivers: fitting, ignored: undefined, wouldBe: fitting };
      return {
        receivers: fitting.filter((name) => takesRepeats.has(name)),
        ignored: "updates",
        wouldBe: fitting,
      };
    },
    explain: (raw, event, { receiver, isHere }) => {
      const seen = see(raw, event);
      const agrees = (other: SeenEvent): boolean =>
        exporterReceivers(route, other).includes(receiver) === isHere;
      const views = Object.entries(OTHER_VIEWS);
      const [one] = views.find(([, view]) => agrees(view(seen, event))) ?? [];
      if (one !== undefined) return one;
      const all = views.reduce((other, [, view]) => view(other, event), seen);
      return agrees(all) ? "component-new-style" : "configuration";
    },
  };
}

function ignored(reason: string, wouldBe: readonly string[]): Reenacted {
  return { receivers: [], ignored: reason, wouldBe };
}

/** The tool counts the age from lastTimestamp, else from eventTime (pkg/kube/watcher.go). */
function ageFrom(raw: RawEvent, event: ClusterEvent): number {
  const text = raw.lastTimestamp ?? raw.deprecatedLastTimestamp ?? raw.eventTime;
  const time = typeof text === "string" ? Date.parse(text) : Number.NaN;
  return Number.isNaN(time) ? event.lastSeenAt : time;
}
