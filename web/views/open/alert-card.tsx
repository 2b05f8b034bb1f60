import type { VNode } from "preact";

import type { AlertGroup, GroupBy } from "../../model/group-alerts.ts";
import { groupFacts, headingOf } from "../../model/group-heading.ts";
import { LAY_OUT } from "../../model/lay-out.ts";
import type { Axis } from "../../model/lifelines.ts";
import { countText } from "../../model/numbers.ts";
import { commonLabels, silenceHref } from "../../model/silence-link.ts";
import { MarkWord } from "../../parts/mark-icon.tsx";
import { WithCode } from "../../parts/with-code.tsx";
import { now } from "../../state/clock.ts";
import { canChange } from "../../state/me.ts";
import { descriptions } from "../../state/rules.ts";
import { AlertLine } from "./alert-line.tsx";

/** Properties of a card. */
export interface AlertCardProps {
  readonly group: AlertGroup;
  /** How many of its alerts are shown. */
  readonly rows: number;
  readonly by: GroupBy;
  readonly axis: Axis;
  /** The fingerprint of the open alert; empty for none. */
  readonly open: string;
  /** Shows more of it, or as many as at first. */
  readonly onMore: () => void;
}

/** One group. */
export function AlertCard({ group, rows, by, axis, open, onMore }: AlertCardProps): VNode {
  const rest = group.alerts.length - rows;
  return (
    <section class={`card ${group.mark}`} aria-label={headingOf(group, by, descriptions.value)}>
      <header>
        <MarkWord mark={group.mark} />
        <h2>
          <WithCode text={headingOf(group, by, descriptions.value)} />
        </h2>
        <span class="facts">{groupFacts(group, by, now.value)}</span>
        {canChange.value && (
          <a class="button quiet" data-key="s" href={silenceHref(commonLabels(group.alerts))}>
            Silence…
          </a>
        )}
        {by === "rule" && group.key !== headingOf(group, by, descriptions.value) && <code>{group.key}</code>}
      </header>
      {group.alerts.slice(0, rows).map((alert) => (
        <AlertLine key={alert.fingerprint} alert={alert} axis={axis} isOpen={alert.fingerprint === open} />
      ))}
      {(rest > 0 || rows > LAY_OUT.rows) && (
        <button type="button" class="more" onClick={onMore}>
          {rows > LAY_OUT.rows ? "Fewer" : `${countText(rest)} more`}
          {rows > LAY_OUT.rows && rest > 0 && `; ${countText(rest)} are not shown: filter`}
        </button>
      )}
    </section>
  );
}
