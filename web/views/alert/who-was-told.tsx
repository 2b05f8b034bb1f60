import type { VNode } from "preact";

import type { AlertDetail } from "../../../src/api/schemas/alert-detail.ts";
import { NEWEST } from "../../model/sink-marks.ts";
import { withClocks } from "../../model/with-clocks.ts";
import { When } from "../../parts/when.tsx";
import { WithCode } from "../../parts/with-code.tsx";
import { now } from "../../state/clock.ts";

type Sink = AlertDetail["sinks"][number];

const WORDS: Readonly<Record<Sink["state"], string>> = {
  told: "✓ was notified",
  waiting: "… is to be notified",
  dead: "✗ was not notified: given up",
  held: "○ is not notified",
  none: "– was not notified, and is not to be",
};

const BEFORE_TIME: Readonly<Record<Sink["state"], string>> = {
  told: ", ",
  waiting: ": next at ",
  dead: ", ",
  held: ", until ",
  none: ", ",
};

const FAILED = "✗ could not be notified so far";

/** Whether its receiver has refused the message, or was not there, at least once. */
function hasFailed(sink: string, state: Sink["state"], heldBack: AlertDetail["heldBack"]): boolean {
  return state === "waiting" && heldBack.some(({ by, sinks }) => by === "sink" && sinks.includes(sink));
}

/** For each sink: told when, or why not. */
export function WhoWasTold({ alert: { sinks, heldBack, phase } }: { readonly alert: AlertDetail }): VNode {
  const byRule = heldBack.filter(({ by }) => by === "rule");
  return (
    <section class="told">
      <h2>Who was notified</h2>
      {sinks.map(({ sink, state, at, newest }) => (
        <div key={sink} class={`told-line ${state}`}>
          <b>{sink}</b>
          <p>
            {hasFailed(sink, state, heldBack) ? FAILED : WORDS[state]}
            {newest !== null && `, but ${NEWEST[newest]}`}
            {at !== null && (
              <>
                {BEFORE_TIME[state]}
                <When at={at} />
              </>
            )}
          </p>
          {heldBack
            .filter((reason) => reason.sinks.includes(sink))
            .map(({ what, cause }) => (
              <p key={what} class="reason">
                {withClocks(what, now.value)}
                {cause !== null && (
                  <>
                    {" · "}
                    <a href={`/alerts/${encodeURIComponent(cause.fingerprint)}`}>the cause</a>
                  </>
                )}
              </p>
            ))}
        </div>
      ))}
      {byRule.map(({ what, until }) => (
        <p key={what}>
          Nobody yet: <WithCode text={what} />
          {until !== null && (
            <>
              ; it fires <When at={until} /> if it goes on
            </>
          )}
          .
        </p>
      ))}
      {sinks.length === 0 && byRule.length === 0 && (
        <p>{phase === "pending" ? "Nobody yet: it does not fire." : "Nobody: no route leads to a sink."}</p>
      )}
    </section>
  );
}
