import type { EndedAlert, NotifiedAlert } from "../../src/alert/index.ts";
import { makeAlert } from "./notifications.ts";

/** An alert that has ended at `resolvedAt`, ten seconds after it began to fire, and that `ops` was told of. */
export function makeEnded(
  id: string,
  { alert, ...over }: Partial<Omit<EndedAlert, "alert">> & { readonly alert?: Partial<NotifiedAlert> } = {},
): EndedAlert {
  const resolvedAt = over.resolvedAt ?? 100_000;
  return {
    id,
    firstSeenAt: resolvedAt - 20_000,
    firedAt: resolvedAt - 10_000,
    resolvedAt,
    told: ["ops"],
    unaccepted: [],
    reason: "cleared_before_notice",
    ...over,
    alert: makeAlert({
      fingerprint: `f-${id}`,
      status: "resolved",
      resolvedBy: { how: "healthy", reason: "", what: "3 of 3 pods ready" },
      ...alert,
    }),
  };
}
