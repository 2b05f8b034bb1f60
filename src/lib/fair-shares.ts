/**
 * Divides a total among several. Nobody gets more than they want; their leftovers go to the others, the first ones
 * first.
 *
 * @param wanted 0 or more each. @returns As many numbers, in the same order.
 */
export function fairShares(wanted: readonly number[], total: number): readonly number[] {
  const shares = wanted.map(() => 0);
  let left = Math.min(
    total,
    wanted.reduce((sum, size) => sum + size, 0),
  );
  while (left > 0) {
    const hungry = wanted.filter((size, index) => size > (shares[index] ?? 0)).length;
    const portion = Math.max(1, Math.floor(left / hungry));
    for (const [index, size] of wanted.entries()) {
      const more = Math.min(portion, size - (shares[index] ?? 0), left);
      shares[index] = (shares[index] ?? 0) + more;
      left -= more;
    }
  }
  return shares;
}
