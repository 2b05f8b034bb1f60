import { formatDuration } from "../../lib/duration.ts";
import type { DecisionRow } from "../../store/index.ts";

type Wait = NonNullable<DecisionRow["waits"]>[number];

const REASONS: Readonly<Record<Wait["for"], string>> = {
  state: " for the state of its objects",
  others: " for other groups of its rule",
  step: ": its rule was told shortly before",
};

/**
 * The waits of a message in words, each a sentence of its own: `waited 10 s for other groups of its rule`.
 *
 * @param isLate Whether no answer about its objects came in time.
 */
export function waitTexts(waits: readonly Wait[], isLate: boolean): readonly string[] {
  const texts = waits.map((wait) => {
    const length = wait.ms < 1000 ? `${wait.ms} ms` : formatDuration(wait.ms);
    const late = wait.for === "state" && isLate ? ", which came too late" : "";
    return `waited ${length}${REASONS[wait.for]}${late}`;
  });
  const isSaid = waits.some((wait) => wait.for === "state");
  return isLate && !isSaid ? [...texts, "the state of its objects was not known in time"] : texts;
}
