const WHOLE = new Intl.NumberFormat("en");

/** `1,295`. */
export function countText(count: number): string {
  return WHOLE.format(count);
}

/** `1 alert`, `3 alerts`. */
export function countOf(count: number, noun: string, plural = `${noun}s`): string {
  return `${countText(count)} ${count === 1 ? noun : plural}`;
}
