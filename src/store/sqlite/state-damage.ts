import type { Logger } from "../../lib/log.ts";

/**
 * A fault of the state file.
 *
 * At a start: `moved`: the file was damaged, is at `movedTo` now, and a new one was begun · `restored`: likewise, and the
 * copy is in its place · `unusable`: the file can neither be written nor moved, so the state is in memory and ends with
 * the process · `incomplete`: the file is whole, but lacks the last commits · `empty`: the file was there, without
 * content.
 *
 * At any time: `rows`: some rows cannot be read and were left out · `found`: the daily check has found damage, and
 * statements work still · `failing`: a statement has failed by damage.
 */
export interface StateDamage {
  readonly kind: "moved" | "restored" | "unusable" | "incomplete" | "empty" | "rows" | "found" | "failing";
  readonly path: string;
  readonly reason: string;
  /** Only for `moved` and `restored`. */
  readonly movedTo?: string;
  /** Only for `moved`: why the copy was not used, where there is one. */
  readonly copyFault?: string | undefined;
  /** When the copy was made, epoch milliseconds; undefined without one. For `restored`, `found` and `failing`. */
  readonly copiedAt?: number | undefined;
  /** Only for `restored`: when the damaged file was written last, epoch milliseconds. */
  readonly writtenAt?: number | undefined;
}

const WORDS: Readonly<Record<StateDamage["kind"], string>> = {
  moved: "the state file is damaged and was moved aside; starting cold with an empty one",
  restored: "the state file is damaged and was moved aside; its last copy is the state now",
  unusable: "the state file cannot be used; the state is in memory, and a restart forgets it",
  empty: "the state file is empty: all that was in it is gone; starting cold",
  incomplete: "the state file lacks what was committed last; that is read again, and may be sent again",
  rows: "some stored states cannot be read; they are left out",
  found: "the daily check has found the state file damaged",
  failing: "the state file is damaged: a statement has failed by it",
};

/** Logs the damage, and tells `onDamage`. */
export function reportDamage(
  damage: StateDamage,
  {
    log,
    onDamage,
  }: { readonly log: Logger; readonly onDamage?: ((damage: StateDamage) => void) | undefined },
): void {
  const { kind, copiedAt, path, reason, movedTo, copyFault } = damage;
  const fields = { path, reason, movedTo, copyFault };
  const known = Object.entries(fields).filter(([, value]) => value !== undefined);
  const copy = copiedAt === undefined ? {} : { copiedAt: new Date(copiedAt).toISOString() };
  log.error(WORDS[kind], { ...Object.fromEntries(known), ...copy });
  onDamage?.(damage);
}
