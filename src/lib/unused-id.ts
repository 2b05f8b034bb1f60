import { newId } from "./hash.ts";

/** An id that none of these has, short enough to be typed. */
export function unusedId(all: readonly { readonly id: string }[]): string {
  const used = new Set(all.map(({ id }) => id));
  for (;;) {
    const id = newId().slice(-8);
    if (!used.has(id)) return id;
  }
}
