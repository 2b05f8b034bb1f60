import type { VNode } from "preact";

import type { AlertDetail } from "../../../src/api/schemas/alert-detail.ts";
import { markOf } from "../../model/mark.ts";
import { countOf, countText } from "../../model/numbers.ts";
import { commonLabels, silenceHref } from "../../model/silence-link.ts";
import { spanText } from "../../model/spans.ts";
import { CopyButton } from "../../parts/copy-button.tsx";
import { MarkWord } from "../../parts/mark-icon.tsx";
import { Ago, When } from "../../parts/when.tsx";
import { WithCode } from "../../parts/with-code.tsx";
import { now } from "../../state/clock.ts";
import { canChange } from "../../state/me.ts";

/** Its name, since when, how often, the newest message, and what can be done about it. */
export function AlertHead({ alert }: { readonly alert: AlertDetail }): VNode {
  const since = Date.parse(alert.firstSeenAt);
  return (
    <header class="alert-head">
      <p class="over">
        <MarkWord mark={markOf(alert)} />
        {alert.condition !== null && <span class="badge">{alert.condition}</span>}
        <code>{alert.fingerprint.slice(0, 8)}</code>
      </p>
      <h1 tabIndex={-1}>{alert.title}</h1>
      <p>
        <b>{countText(alert.occurrences)}×</b> on {countOf(alert.objectCount, "object")} · since{" "}
        <When at={alert.firstSeenAt} /> ({spanText(now.value - since)}) · last <Ago at={alert.lastSeenAt} />
      </p>
      {alert.text !== alert.message && (
        <p class="text">
          <WithCode text={alert.text} />
        </p>
      )}
      <pre class="sunk said">{alert.message}</pre>
      <p class="buttons">
        {canChange.value && (
          <a class="button main" data-key="s" href={silenceHref(commonLabels([alert]))}>
            Silence… <kbd>s</kbd>
          </a>
        )}
        <Outward href={alert.runbook} words="Runbook" />
        <Outward href={alert.dashboard} words="Dashboard" />
        <a class="button" href={`/events?q=${encodeURIComponent(alert.objects[0]?.name ?? "")}`}>
          Its Events
        </a>
        <CopyButton
          text={location.origin + location.pathname}
          words="Copy link"
          otherwise="See the address bar"
        />
      </p>
    </header>
  );
}

/** A link of a rule. Only the web is linked to, whatever a rule says. */
function Outward({ href, words }: { readonly href: string | null; readonly words: string }): VNode | null {
  if (href === null || !/^(?:https?:\/\/|\/)/u.test(href)) return null;
  return (
    <a class="button" href={href} target="_blank" rel="noopener noreferrer">
      {words}
    </a>
  );
}
