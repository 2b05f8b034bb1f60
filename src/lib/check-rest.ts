import type { z } from "zod";

import { isMapping } from "./mapping.ts";
import { check, type Fault } from "./schema.ts";
import { withoutPaths } from "./without-paths.ts";

type Path = Fault["path"];

/** A checked value, and as much of it as is sound. */
export interface CheckedRest<T> {
  /** Undefined when it has a fault. */
  readonly value: T | undefined;
  readonly faults: readonly Fault[];
  /** The value without its wrong parts, to look for further faults in it, and for nothing else; undefined: none is left. */
  readonly rest: T | undefined;
  /** Of faults that were found in `rest`, those that do not stem from a part that was taken away. */
  readonly further: (faults: readonly Fault[]) => readonly Fault[];
}

/**
 * Checks a value, so that one fault does not hide another: where a part is wrong, the rest can be looked at all the same.
 *
 * @param options.standIns Values of required keys, for a rest that lacks them.
 */
export function checkRest<T>(
  schema: z.ZodType<T>,
  value: unknown,
  {
    base = [],
    standIns = {},
  }: { readonly base?: Path; readonly standIns?: Readonly<Record<string, unknown>> } = {},
): CheckedRest<T> {
  const checked = check(schema, value, base);
  if (checked.faults.length === 0) {
    return { value: checked.value, faults: [], rest: checked.value, further: (faults) => faults };
  }
  const { faults } = checked;
  const inner = faults.map(({ path }) => path.slice(base.length));
  for (const cut of [inner, inner.map((path) => path.slice(0, 1))]) {
    const left = withoutPaths(value, cut);
    const whole = isMapping(left) ? { ...standIns, ...left } : left;
    const rest = left === undefined ? undefined : check(schema, whole).value;
    if (rest === undefined) continue;
    const taken = cut.map((path) => [...base, ...path]);
    const meant = faults.flatMap(({ path, meant: key }) =>
      key === undefined ? [] : [[...path.slice(0, -1), key]],
    );
    const stems = (fault: Fault): boolean => stemsFrom(fault, taken, meant);
    return { value: undefined, faults, rest, further: (more) => more.filter((fault) => !stems(fault)) };
  }
  return { value: undefined, faults, rest: undefined, further: () => [] };
}

/**
 * Whether a fault is about a part that was taken away: one in its place, or one that it names as `related`, which may
 * also stand there misspelt.
 */
function stemsFrom({ path, related = [] }: Fault, taken: readonly Path[], meant: readonly Path[]): boolean {
  const places = related.flatMap((key) => [
    [...path, key],
    [...path.slice(0, -1), key],
  ]);
  const isIn = (place: Path, cuts: readonly Path[]): boolean => cuts.some((cut) => startsWith(place, cut));
  return isIn(path, taken) || places.some((place) => isIn(place, taken) || isIn(place, meant));
}

function startsWith(path: Path, start: Path): boolean {
  return start.every((key, index) => path[index] === key);
}
