/**
 * The share of its rounds that each random test runs. `npm test` takes a tenth to be quick; the whole check sets
 * TEST_ROUNDS=1, and a long search sets more.
 */
const SHARE = Number(process.env["TEST_ROUNDS"] ?? 0.1);

/** Whether this is the whole check: for a test that takes seconds, beside quicker ones of the same subject. */
export const isWholeCheck = SHARE >= 1;

/** How many rounds a random test runs now, of the `all` that it has in the whole check; 1 or more. */
export function rounds(all: number): number {
  return Math.max(1, Math.ceil(all * SHARE));
}
