import { objectKey, type Occurrence } from "../../event/index.ts";
import { askAbout } from "../facts/objects-to-ask.ts";
import type { AlertState } from "../state.ts";
import type { AlertBook } from "./alert-book.ts";
import { canHint, type Hint, hintIn, type HintSource } from "./hint.ts";
import { benchOf, type TrackingContext } from "./tracking-context.ts";

/** An answer of this age is good enough after a hint; milliseconds. */
const FRESH_MS = 3000;

/** A status follows the Event with some delay, so that a second look comes then; milliseconds. */
const AGAIN_AFTER_MS = 10_000;

/** Whether an event is a hint about an open alert. */
export function isHintFor(
  { book, names }: Pick<TrackingContext, "book" | "names">,
  source: HintSource,
): boolean {
  if (!canHint(source.head.reason)) return false;
  const hint = hintIn(source, names);
  if (hint === undefined) return false;
  return (
    hint.objects.some((object) => book.hasObject(object)) ||
    hint.workloads.some((workload) => book.hasWorkload(workload))
  );
}

/** Asks for the objects of the alerts that an event is a hint about. */
export function takeHint(context: TrackingContext, { event }: Occurrence): void {
  const { book, facts } = context;
  if (!facts.asks || !canHint(event.reason)) return;
  const hint = hintIn(sourceOf(event), context.names);
  if (hint === undefined) return;
  for (const object of hint.objects) {
    if (!book.hasObject(object)) continue;
    if (hint.isDeletion) facts.noteDeletion(object, event.lastSeenAt);
    if (book.ofObject(object).some((alert) => concerns(alert, hint)))
      facts.ask({ object, apiVersion: "", purpose: "hint" }, { now: context.now, freshMs: FRESH_MS });
  }
  for (const alert of alertsOf(book, hint)) if (concerns(alert, hint)) look(context, alert);
}

function look(context: TrackingContext, alert: AlertState): void {
  askAbout(alert, { bench: benchOf(context), purpose: "hint", freshMs: FRESH_MS });
  context.watch.lookBy(alert, context.now + AGAIN_AFTER_MS);
}

/** A container that begins to run says nothing about a crash loop, and is frequent in one. */
function concerns({ phase, isTombstone, proof, lifecycle }: AlertState, { isStart }: Hint): boolean {
  if (phase === "resolved" || isTombstone || (lifecycle === "point" && proof === undefined)) return false;
  return !(isStart && (proof === "stable" || proof === undefined));
}

function alertsOf(book: AlertBook, { objects, workloads }: Hint): ReadonlySet<AlertState> {
  return new Set([
    ...objects.flatMap((object) => book.ofObject(object)),
    ...workloads.flatMap((workload) => book.ofWorkload(workload)),
  ]);
}

function sourceOf(event: Occurrence["event"]): HintSource {
  const { cluster, reason, message, involvedObject, namespace } = event;
  const { kind, name, namespace: objectNamespace } = involvedObject;
  const head = { cluster, reason, kind, name, objectNamespace, eventNamespace: namespace };
  return { head, object: objectKey(event), message };
}
