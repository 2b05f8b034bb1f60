import { useComputed, useSignal, useSignalEffect } from "@preact/signals";
import type { VNode } from "preact";
import { useRef } from "preact/hooks";

import type { AlertGroup, GroupBy } from "../../model/group-alerts.ts";
import { layOut } from "../../model/lay-out.ts";
import { axisOf } from "../../model/lifelines.ts";
import { countOf } from "../../model/numbers.ts";
import { spanText } from "../../model/spans.ts";
import { hold, insertNews, listed, waitingNews } from "../../state/alerts.ts";
import { now } from "../../state/clock.ts";
import { AlertCard } from "./alert-card.tsx";

/** Properties of the list. */
export interface AlertCardsProps {
  readonly groups: readonly AlertGroup[];
  readonly by: GroupBy;
  /** The fingerprint of the open alert; empty for none. */
  readonly open: string;
}

/** The groups as cards. Nothing is put in or taken out while a pointer or the focus is among them. */
export function AlertCards({ groups, by, open }: AlertCardsProps): VNode {
  const opened = useSignal("");
  const skipped = useSignal(0);
  const element = useHold();
  const axis = useComputed(() =>
    axisOf(
      listed.value.map(({ firstSeenAt }) => Date.parse(firstSeenAt)),
      now.value,
    ),
  );
  const start = skipped.value < groups.length ? skipped.value : 0;
  const { cards, further } = layOut(groups, opened.value, start);
  const showFrom = (place: number): void => {
    skipped.value = place;
    scrollTo(0, 0);
  };
  return (
    <div class="cards" ref={element}>
      {cards.length > 0 && <AxisLine span={axis.value.to - axis.value.from} />}
      <NewsPill />
      {cards.map(({ group, rows }) => (
        <AlertCard
          key={group.key}
          group={group}
          rows={rows}
          by={by}
          axis={axis.value}
          open={open}
          onMore={() => {
            opened.value = opened.value === group.key ? "" : group.key;
          }}
        />
      ))}
      <div class="pages">
        {start > 0 && (
          <button type="button" onClick={() => showFrom(0)}>
            First groups
          </button>
        )}
        {further > 0 && (
          <button type="button" onClick={() => showFrom(start + cards.length)}>
            {countOf(further, "more group")}
          </button>
        )}
      </div>
    </div>
  );
}

/** The ends of the axis that all lifelines share. */
function AxisLine({ span }: { readonly span: number }): VNode {
  return (
    <div class="axis" aria-hidden="true">
      <span>{spanText(span)} ago</span>
      <span>now</span>
    </div>
  );
}

/** Says how many alerts wait to be shown, without moving anything. */
function NewsPill(): VNode {
  return (
    <div class="pill-place" role="status">
      {waitingNews.value > 0 && (
        <button type="button" class="pill" onClick={insertNews}>
          {waitingNews.value} new
        </button>
      )}
    </div>
  );
}

/** Holds the list while the pointer or the focus is in it, or the reader has scrolled down. */
function useHold(): { current: HTMLDivElement | null } {
  const element = useRef<HTMLDivElement>(null);
  useSignalEffect(() => {
    const update = (): void => {
      const list = element.current;
      hold(
        list !== null && (list.matches(":hover") || list.contains(document.activeElement) || scrollY > 60),
      );
    };
    // Where the pointer is and where the focus is are known only after the event.
    const soon = (): void => void setTimeout(update);
    const events = ["pointerover", "pointerout", "focusin", "focusout", "scroll"] as const;
    for (const event of events) document.addEventListener(event, soon, { passive: true });
    document.documentElement.addEventListener("pointerleave", soon);
    return () => {
      for (const event of events) document.removeEventListener(event, soon);
      document.documentElement.removeEventListener("pointerleave", soon);
      hold(false);
    };
  });
  return element;
}
