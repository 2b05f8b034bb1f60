import type { VNode } from "preact";

import type { Mark } from "../model/mark.ts";

/** The shape of a severity or phase; the word beside it, or its label, says the same, and colour comes last. */
export function MarkIcon({
  mark,
  hasWord = false,
}: {
  readonly mark: Mark;
  readonly hasWord?: boolean;
}): VNode {
  if (hasWord) return <i class={`mark ${mark}`} aria-hidden="true" />;
  return <i class={`mark ${mark}`} role="img" aria-label={mark} />;
}

/** Shape and word. */
export function MarkWord({ mark }: { readonly mark: Mark }): VNode {
  return (
    <span class={`mark-word ${mark}`}>
      <MarkIcon mark={mark} hasWord />
      {mark}
    </span>
  );
}
