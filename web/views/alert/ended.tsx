import type { VNode } from "preact";

import type { ApiError } from "../../state/api.ts";

/** The alert of an older link is over. */
export function Ended({
  fingerprint,
  refusal,
}: {
  readonly fingerprint: string;
  readonly refusal: ApiError;
}): VNode {
  const id = refusal.body["history"];
  return (
    <section class="empty">
      <h1 tabIndex={-1}>This alert is over</h1>
      <p>
        <code>{fingerprint}</code> is not open any more, or never was.
      </p>
      {typeof id === "string" && (
        <p>
          <a class="button" href={`/history?id=${encodeURIComponent(id)}`}>
            What became of it
          </a>
        </p>
      )}
    </section>
  );
}
