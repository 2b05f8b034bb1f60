import type { Logger } from "../../lib/log.ts";

/**
 * A fault of the state file at a start.
 * `moved`: the file was damaged, is at `movedTo` now, and a new one was begun · `unusable`: the file can neither be
 * written nor moved, so the state is in memory and ends with the process · `incomplete`: the file is whole, but lacks
 * the last commits · `empty`: the file was there, without content · `rows`: some rows cannot be read and were left out.
 */
export interface StateDamage {
  readonly kind: "moved" | "unusable" | "incomplete" | "empty" | "rows";
  readonly path: string;
  readonly reason: string;
  /** Only for `moved`. */
  readonly movedTo?: string;
}

const WORDS: Readonly<Record<StateDamage["kind"], string>> = {
  moved: "the state file is damaged and was moved aside; starting cold with an empty one",
  unusable: "the state file cannot be used; the state is in memory, and a restart forgets it",
  empty: "the state file is empty: all that was in it is gone; starting cold",
  incomplete: "the state file lacks what was committed last; that is read again, and may be sent again",
  rows: "some stored states cannot be read; they are left out",
};

/** Logs the damage, and tells `onDamage`. */
export function reportDamage(
  damage: StateDamage,
  {
    log,
    onDamage,
  }: { readonly log: Logger; readonly onDamage?: ((damage: StateDamage) => void) | undefined },
): void {
  const { kind, ...fields } = damage;
  log.error(WORDS[kind], fields);
  onDamage?.(damage);
}
