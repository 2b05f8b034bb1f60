import type { VNode } from "preact";

import { clockText, fromNowText } from "../model/spans.ts";
import { now } from "../state/clock.ts";

/** A moment as a clock, with the age in its title. @param at RFC 3339; null for never. */
export function When({ at, never = "–" }: { readonly at: string | null; readonly never?: string }): VNode {
  if (at === null) return <span>{never}</span>;
  const ms = Date.parse(at);
  return (
    <time dateTime={at} title={`${fromNowText(ms, now.value)} · ${at}`}>
      {clockText(ms, now.value)}
    </time>
  );
}

/** A moment as an age, with the clock in its title. @param at RFC 3339; null for never. */
export function Ago({ at, never = "never" }: { readonly at: string | null; readonly never?: string }): VNode {
  if (at === null) return <span>{never}</span>;
  const ms = Date.parse(at);
  return (
    <time dateTime={at} title={clockText(ms, now.value)}>
      {fromNowText(ms, now.value)}
    </time>
  );
}
