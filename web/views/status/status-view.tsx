import type { VNode } from "preact";

import type { Status } from "../../../src/api/schemas/status.ts";
import { countOf, countText } from "../../model/numbers.ts";
import { scopeText } from "../../model/scope-text.ts";
import { spanText } from "../../model/spans.ts";
import { PageHead } from "../../parts/page-head.tsx";
import { Ago } from "../../parts/when.tsx";
import { Wide } from "../../parts/wide.tsx";
import { now } from "../../state/clock.ts";
import { status } from "../../state/status.ts";

/** The bridge at a glance. */
export function StatusView(): VNode {
  const bridge = status.value;
  return (
    <>
      <PageHead title="Status">
        {bridge !== undefined && <Badge isGood={bridge.ready} good="ready" bad="not ready" />}
      </PageHead>
      {bridge === undefined ? <p class="empty">Reading…</p> : <Glance bridge={bridge} />}
    </>
  );
}

/** A word that is good or bad. */
function Badge({
  isGood,
  good,
  bad,
}: {
  readonly isGood: boolean;
  readonly good: string;
  readonly bad: string;
}): VNode {
  return <span class={isGood ? "badge good" : "badge bad"}>{isGood ? `✓ ${good}` : `✗ ${bad}`}</span>;
}

function Glance({ bridge }: { readonly bridge: Status }): VNode {
  return (
    <>
      <Tiles bridge={bridge} />
      <Streams streams={bridge.streams} />
      <LookUps lookUps={bridge.lookUps} />
      <LastHour lastHour={bridge.lastHour} />
    </>
  );
}

const MIB = 1024 * 1024;

function Tiles({ bridge }: { readonly bridge: Status }): VNode {
  const { checks, store, version, configured, startedAt, configHash, alerts } = bridge;
  return (
    <div class="tiles">
      {checks.map(({ name, ok, detail }) => (
        <section key={name} class="tile">
          <h2>{name}</h2>
          <Badge isGood={ok} good="works" bad="fails" />
          <p>{detail}</p>
        </section>
      ))}
      <section class="tile">
        <h2>state</h2>
        <p>
          <b>{(store.usedBytes / MIB).toFixed(1)} MiB</b> of {countText(Math.round(store.maxBytes / MIB))} MiB
        </p>
        <p>
          {countOf(alerts.firing, "alert")} fire, {countText(alerts.pending)} pending
        </p>
      </section>
      <section class="tile">
        <h2>tocsin {version}</h2>
        <p>up {spanText(now.value - Date.parse(startedAt))}</p>
        <p>
          {countOf(configured.rules, "rule")}, {countOf(configured.routes, "route")},{" "}
          {countOf(configured.sinks, "sink")}
        </p>
        <p class="mono">{configHash}</p>
      </section>
    </div>
  );
}

function Streams({ streams }: Pick<Status, "streams">): VNode {
  return (
    <section class="panel">
      <h2>Watched scopes</h2>
      <Wide of="Watched scopes">
        <table>
          <thead>
            <tr>
              <th scope="col">scope</th>
              <th scope="col">state</th>
              <th scope="col">last word</th>
              <th scope="col">read up to</th>
            </tr>
          </thead>
          <tbody>
            {streams.map(({ scope, state, trouble, lastMessageAt, resourceVersion }) => (
              <tr key={scope}>
                <td>{scopeText(scope)}</td>
                <td class={state === "watching" ? "good" : "bad"}>
                  {state}
                  {trouble !== "" && <small> {trouble}</small>}
                </td>
                <td>
                  <Ago at={lastMessageAt} />
                </td>
                <td>
                  <code>{resourceVersion || "–"}</code>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Wide>
    </section>
  );
}

function LookUps({ lookUps }: Pick<Status, "lookUps">): VNode | null {
  if (lookUps === null) return null;
  const troubled = lookUps.kinds.filter(({ state }) => state !== "readable");
  return (
    <section class="panel">
      <h2>The state of objects</h2>
      <p>
        {countOf(lookUps.kinds.length - troubled.length, "kind")} can be read.{" "}
        {lookUps.waiting === 0
          ? "No question waits."
          : `${countOf(lookUps.waiting, "question waits", "questions wait")}, the oldest for ${spanText(lookUps.oldestSeconds * 1000)}.`}
      </p>
      {troubled.map(({ resource, state, namespaces }) => (
        <p key={resource} class="bad">
          <code>{resource}</code> {state}
          {namespaces.length > 0 && `: ${namespaces.map((name) => name || "cluster-wide").join(", ")}`}
        </p>
      ))}
    </section>
  );
}

function LastHour({ lastHour: { notified, suppressed } }: Pick<Status, "lastHour">): VNode {
  return (
    <section class="panel">
      <h2>The last hour</h2>
      <Reasons title="Messages were made because" reasons={notified} />
      <Reasons title="None was made because" reasons={suppressed} />
    </section>
  );
}

function Reasons({
  title,
  reasons,
}: {
  readonly title: string;
  readonly reasons: Status["lastHour"]["notified"];
}): VNode | null {
  if (reasons.length === 0) return null;
  return (
    <>
      <h3>{title}</h3>
      <ul class="reasons">
        {reasons.map(({ reason, why, decisions, occurrences }) => (
          <li key={reason}>
            <b>{countText(decisions)}×</b> {why} <small>({countOf(occurrences, "occurrence")})</small>
          </li>
        ))}
      </ul>
    </>
  );
}
