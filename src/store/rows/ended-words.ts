import type { NotifiedAlert } from "../../alert/index.ts";

/** How much of the text of an alert is searched, in UTF-16 units. */
const SEARCHED = 200;

/** Objects that are found by name. */
const MOST_NAMES = 3;

/** The words by which an alert is found, in lower case. */
export function endedWords({ fingerprint, title, text, labels, objects }: NotifiedAlert): string {
  const names = objects.slice(0, MOST_NAMES).map(({ name }) => name);
  const words = new Set([title, ...Object.values(labels), ...names, fingerprint, text.slice(0, SEARCHED)]);
  return [...words].join("\n").toLowerCase();
}
