import type { CompiledRule } from "../../rule/index.ts";
import type { AlertState } from "../state.ts";
import { type Subject, subjectOf } from "./identity.ts";
import { openAt } from "./lifecycle.ts";
import { fingerprintFor, type Opening } from "./opening.ts";
import type { TrackingContext } from "./tracking-context.ts";

/**
 * The open alert of an object that was opened when the rule had another identity; undefined for none. It goes on under
 * its fingerprint until it ends, so that a changed identity, also one of the pack, tells nobody of a problem twice.
 */
export function formerAlert(
  context: TrackingContext,
  rule: CompiledRule,
  { subject, opening }: { readonly subject: Subject; readonly opening: Opening },
): AlertState | undefined {
  for (const { fingerprint } of context.book.ofObject(subject.object)) {
    const alert = openAt(context, fingerprint);
    if (alert === undefined || alert.rule !== rule.name || alert.overflow !== undefined) continue;
    const own = subjectOfAlert(alert);
    // Objects of two APIs may have one kind and name.
    if (own.group !== subject.group) continue;
    if (fingerprintFor(rule, own, opening) !== fingerprint) return alert;
  }
  return undefined;
}

/** The subject of the last event of an alert, with the workload and the node that the alert was opened for. */
function subjectOfAlert({ event, labels }: AlertState): Subject {
  const { workload = "", node = "" } = labels;
  return { ...subjectOf({ event, owners: [], node }), workload };
}
