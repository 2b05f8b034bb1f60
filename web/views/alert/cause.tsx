import type { VNode } from "preact";

import type { AlertDetail } from "../../../src/api/schemas/alert-detail.ts";
import { withClocks } from "../../model/with-clocks.ts";
import { When } from "../../parts/when.tsx";
import { WithCode } from "../../parts/with-code.tsx";
import { now } from "../../state/clock.ts";

/** What the state of its objects says: the cause, what changed before, and why it is still open. */
export function Cause({
  alert: { evidence, stillOpen, well },
}: {
  readonly alert: AlertDetail;
}): VNode | null {
  if (evidence === null && stillOpen === "" && well === null) return null;
  return (
    <section>
      <h2>What is known</h2>
      {evidence !== null && <Known evidence={evidence} />}
      {well !== null && (
        <p class="good">
          {well.what}; it ends <When at={well.endsAt} /> if this lasts.
        </p>
      )}
      {stillOpen !== "" && (
        <p class="lead">
          Still open: <WithCode text={withClocks(stillOpen, now.value)} />.
        </p>
      )}
    </section>
  );
}

function Known({ evidence }: { readonly evidence: NonNullable<AlertDetail["evidence"]> }): VNode {
  const { summary, facts, containers, workload, changes } = evidence;
  const lines = [
    ...containers.map(({ object, name, text }) => `${object} ${name}: ${text}`),
    ...(workload === null ? [] : [`${workload.object} ${workload.text}`]),
    // The summary says already what is missing.
    ...facts
      .filter(({ name, value }) => name !== "missing" || !summary.includes(value))
      .map(({ object, value }) => (object === "" ? value : `${object}: ${value}`)),
  ];
  return (
    <>
      {summary !== "" && (
        <p class="summary">
          <WithCode text={summary} />
        </p>
      )}
      <ul class="reasons">
        {lines.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
      {changes.map(({ at, text }) => (
        <p key={at + text}>
          <When at={at} /> {text}
        </p>
      ))}
    </>
  );
}
