/**
 * Whether version `a` of a resource is older than `b`, or the same. Versions are decimal integers of up to 128 bits,
 * ordered per resource (KEP-5504), so they never pass through a JavaScript number. Other versions have no order: only
 * equality counts then.
 */
export function isSameOrOlder(a: string, b: string): boolean {
  if (a === b) return true;
  if (!isOrderedVersion(a) || !isOrderedVersion(b)) return false;
  return a.length === b.length ? a < b : a.length < b.length;
}

/** Whether this version can be ordered against others. */
export function isOrderedVersion(version: string): boolean {
  return /^[1-9]\d*$/u.test(version);
}
