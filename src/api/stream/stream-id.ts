/** A place in the changes of one process. @param n The number of the newest change that the client has. */
export function toStreamId(epoch: string, n: number): string {
  return `${epoch}-${n}`;
}

/** The number in an id; undefined for one of another process, and for any other text. */
export function numberIn(id: string, epoch: string): number | undefined {
  if (!id.startsWith(`${epoch}-`)) return undefined;
  const digits = id.slice(epoch.length + 1);
  return /^\d{1,15}$/u.test(digits) ? Number(digits) : undefined;
}
