import { ObjectKey } from "../../event/index.ts";
import type { LearnedOwner } from "../engine-input.ts";
import type { AlertNews } from "../news.ts";
import { merge } from "./alert.ts";
import { advance, forget, openAt } from "./lifecycle.ts";
import { movedTo } from "./moved.ts";
import type { TrackingContext } from "./tracking-context.ts";

/** Moves alerts to the workload that has become known as their owner, unless they were sent already. */
export function* adoptOwner(context: TrackingContext, { object, owners }: LearnedOwner): Iterable<AlertNews> {
  const { book, policy } = context;
  const from = ObjectKey.formatName(ObjectKey.parse(object));
  const workload = owners.at(-1) ?? "";
  for (const { fingerprint } of book.ofWorkload(object)) {
    const alert = book.get(fingerprint);
    const rule = alert && policy.rules.byName.get(alert.rule);
    if (alert === undefined || rule === undefined || alert.isTombstone || alert.isTold) continue;
    const moved = movedTo(alert, rule, { from, workload });
    forget(context, alert);
    const other = openAt(context, moved.fingerprint);
    const merged = other === undefined ? moved : merge(other, moved);
    book.put(merged);
    const next = merged.phase === "pending" ? advance(context, merged, rule) : [];
    yield { kind: "moved", alert: merged, from: alert };
    yield* next;
  }
}
