import type { VNode } from "preact";
import { useEffect, useRef } from "preact/hooks";

import type { Trial } from "../../../src/api/schemas/playground.ts";
import { countOf, countText } from "../../model/numbers.ts";
import { whyNobody } from "../../model/why-nobody.ts";
import { Problem } from "../../parts/answered.tsx";
import { MarkIcon } from "../../parts/mark-icon.tsx";
import { useAnswer } from "../../parts/use-answer.ts";
import { When } from "../../parts/when.tsx";
import { canChange, signingIn } from "../../state/me.ts";

/** The bridge takes one trial at a time, also where nobody waits for its result any more: it is asked again then. */
const BUSY_MS = 700;

/** What the bridge says of some rules. */
export function TrialOf({ rules }: { readonly rules: string }): VNode {
  const { answer, problem, again } = useAnswer<Trial>("/playground", undefined, JSON.stringify({ rules }));
  const isBusy = problem?.status === 409;
  const needsToken = problem?.status === 401 && canChange.value;
  const retry = useRef(again);
  retry.current = again;
  // Only a new refusal leads to a new try: one that comes too soon would give up the trial that runs.
  useEffect(() => {
    const timer = problem?.status === 409 ? setTimeout(() => retry.current(), BUSY_MS) : undefined;
    return () => clearTimeout(timer);
  }, [problem]);
  const isPlayed = answer?.faults.every(({ level }) => level !== "error") ?? false;
  return (
    <>
      {isBusy && <p class="lead">Waits for another trial.</p>}
      {needsToken && <AsksForToken again={again} />}
      {!isBusy && !needsToken && <Problem problem={problem} again={again} />}
      {answer !== undefined && problem === undefined && (
        <>
          <Faults faults={answer.faults} />
          {isPlayed && <Result trial={answer} />}
        </>
      )}
    </>
  );
}

/** For a person without the right to try rules, whom a token would give it. */
function AsksForToken({ again }: { readonly again: () => void }): VNode {
  const signIn = (): void => {
    signingIn.value = { change: again };
  };
  return (
    <div class="panel">
      <p>Trying rules takes work of the bridge, so it needs a token here.</p>
      <button type="button" class="main" onClick={signIn}>
        Sign in
      </button>
    </div>
  );
}

function Faults({ faults }: Pick<Trial, "faults">): VNode | null {
  if (faults.length === 0) return null;
  return (
    <ul class="panel">
      {faults.map(({ level, line, path, message }) => (
        <li key={`${line} ${path} ${message}`} class={level === "error" ? "bad" : ""}>
          {line > 0 && <>line {line}: </>}
          {path !== "" && <code>{path}</code>} {message}
        </li>
      ))}
    </ul>
  );
}

function Result({ trial }: { readonly trial: Trial }): VNode {
  const { events, matched, cut, size, today, notifications, firing, ms } = trial;
  return (
    <>
      <div class="tiles">
        <Number count={events} words={cut ? "Events read, the newest" : "Events read"} />
        <Number count={matched} words="matched" />
        <Number count={size.firing} words="would fire now" today={today.firing} />
        <Number count={size.notifications} words="messages" today={today.notifications} />
      </div>
      <section class="panel">
        <h2>Who would have been notified, and when</h2>
        {notifications.length === 0 && <p class="none">{whyNobody(trial)}</p>}
        <ol class="story">
          {notifications.map(({ at, sink, kind, severity, title, alerts, occurrences }) => (
            <li key={`${at} ${sink} ${title}`} class={kind === "resolved" ? "tone-good" : "tone-bad"}>
              <When at={at} />
              <p>
                <MarkIcon mark={kind === "resolved" ? "resolved" : severity} /> <b>{title}</b>
                <br />
                <small>
                  {kind} · {countOf(alerts, "alert")} · {countOf(occurrences, "occurrence")} → {sink}
                </small>
              </p>
            </li>
          ))}
        </ol>
      </section>
      <section class="panel">
        <h2>Would fire now</h2>
        {firing.length === 0 && <p class="none">Nothing.</p>}
        <ul>
          {firing.map(({ rule, severity, labels, occurrences, firstSeenAt }) => (
            <li key={JSON.stringify([rule, labels])}>
              <MarkIcon mark={severity} /> {labels["namespace"]} {labels["workload"] ?? labels["name"]}{" "}
              <small>
                {rule} · {countOf(occurrences, "occurrence")} since <When at={firstSeenAt} />
              </small>
            </li>
          ))}
        </ul>
      </section>
      <p class="lead">{countText(ms)} ms</p>
    </>
  );
}

interface NumberProps {
  readonly count: number;
  readonly words: string;
  /** Of the rules in use with the same names. */
  readonly today?: number;
}

function Number({ count, words, today }: NumberProps): VNode {
  return (
    <div class="tile">
      <b>{countText(count)}</b>
      <p>{words}</p>
      {today !== undefined && <small>{countText(today)} by the rules in use</small>}
    </div>
  );
}
