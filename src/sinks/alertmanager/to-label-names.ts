import { cleanText } from "../../lib/text.ts";

/**
 * Gives labels names that every Alertmanager takes: letters, digits and `_` (0.25 refuses alerts with others). Empty
 * values are left out, as there an empty label is none. Of several names that become the same one, those after the first
 * get a number; a name that needs no change keeps it.
 */
export function toLabelNames(labels: ReadonlyMap<string, string>): Record<string, string> {
  const renamed = new Map<string, string>();
  // The alphabet decides, so that a label has the same name in every message.
  for (const [name, value] of [...labels].toSorted(byName)) {
    const text = cleanText(value);
    if (text !== "") renamed.set(freeName(toLabelName(name), renamed), text);
  }
  return Object.fromEntries(renamed);
}

function toLabelName(name: string): string {
  const fit = name.replaceAll(/[^a-zA-Z0-9_]/gu, "_");
  return /^[a-zA-Z_]/u.test(fit) ? fit : `_${fit}`;
}

function freeName(name: string, taken: ReadonlyMap<string, string>): string {
  let free = name;
  for (let number = 2; taken.has(free); number++) free = `${name}_${number}`;
  return free;
}

/** Names that need no change come first. */
function byName([one]: readonly [string, string], [other]: readonly [string, string]): number {
  const changes = (name: string): number => Number(toLabelName(name) !== name);
  return changes(one) - changes(other) || (one < other ? -1 : 1);
}
