/** Makes the answer's form of an instant. @param at Epoch milliseconds. */
export function toInstant(at: number): string {
  return new Date(at).toISOString();
}

/** As `toInstant`, null for no time. */
export function toInstantOrNull(at: number | undefined): string | null {
  return at === undefined ? null : toInstant(at);
}
