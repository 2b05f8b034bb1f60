import type { VNode } from "preact";

import type { ApiError } from "../../state/api.ts";

/** Where a link leads to an alert that is not open. */
export function Ended({
  fingerprint,
  refusal,
}: {
  readonly fingerprint: string;
  readonly refusal: ApiError;
}): VNode {
  const id = refusal.body["history"];
  if (typeof id !== "string")
    return (
      <section class="empty">
        <h1 tabIndex={-1}>No such alert is open</h1>
        <p>
          The history does not have <code>{fingerprint}</code> either: it ended too long ago, or never was.
        </p>
      </section>
    );
  return (
    <section class="empty">
      <h1 tabIndex={-1}>This alert is over</h1>
      <p>
        <a class="button" href={`/history?id=${encodeURIComponent(id)}`}>
          What became of it
        </a>
      </p>
    </section>
  );
}
