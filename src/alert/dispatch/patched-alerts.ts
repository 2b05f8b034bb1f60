import type { AlertPatch } from "../alert-patch.ts";
import type { AlertReader } from "../alert-reader.ts";
import { changed } from "../kept-alert.ts";
import type { AlertState } from "../state.ts";

/** The book of alerts with the patches that dispatch has made so far, but that the engine has not applied yet. */
export class PatchedAlerts implements AlertReader {
  readonly #book: AlertReader;
  readonly #patches = new Map<string, AlertPatch>();
  /** Group key → how many more alerts are in the group than the book says; less than 0 when some have left. */
  readonly #joined = new Map<string, number>();

  constructor(book: AlertReader) {
    this.#book = book;
  }

  get(fingerprint: string): AlertState | undefined {
    const alert = this.#book.get(fingerprint);
    return alert && this.#patched(alert);
  }

  all(): readonly AlertState[] {
    return [...this.values()];
  }

  *values(): Iterable<AlertState> {
    for (const alert of this.#book.values()) {
      const patched = this.#patched(alert);
      if (patched !== undefined) yield patched;
    }
  }

  /** The alerts of a group by the book, patched. An alert that joins by a patch is missing until that is applied. */
  ofGroup(key: string): readonly AlertState[] {
    return this.#book.ofGroup(key).flatMap((alert) => this.#patched(alert) ?? []);
  }

  countOfGroup(key: string): number {
    return this.#book.countOfGroup(key) + (this.#joined.get(key) ?? 0);
  }

  /** Adds changed fields to the patch of an alert; without effect when the book has no such alert. */
  patch(fingerprint: string, more: Omit<AlertPatch, "fingerprint">): void {
    const before = this.get(fingerprint);
    if (before === undefined) return;
    if (more.destinations !== undefined || more.leaves !== undefined) {
      for (const { groupKey } of before.destinations) this.#count(groupKey, -1);
      for (const { groupKey } of more.destinations ?? []) this.#count(groupKey, 1);
    }
    this.#patches.set(fingerprint, { ...this.#patches.get(fingerprint), ...more, fingerprint });
  }

  /** The patches since the last call, each alert once. The caller applies them to the book before the next question. */
  drain(): readonly AlertPatch[] {
    if (this.#patches.size === 0) return [];
    const patches = [...this.#patches.values()];
    this.#patches.clear();
    this.#joined.clear();
    return patches;
  }

  #patched(alert: AlertState): AlertState | undefined {
    const patch = this.#patches.get(alert.fingerprint);
    if (patch === undefined) return alert;
    const { leaves, ...fields } = patch;
    return leaves === undefined ? changed(alert, fields) : undefined;
  }

  #count(key: string, more: number): void {
    this.#joined.set(key, (this.#joined.get(key) ?? 0) + more);
  }
}
