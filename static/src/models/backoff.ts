const FIRST_MS = 500;
export const LONGEST_MS = 10_000;

/** How long to wait before try number `attempt` (from 0): anything up to a doubling bound, so that a thousand
 *  pages that lost the same server do not come back in step. */
export function backoffMs(attempt: number, random: () => number = Math.random): number {
  return random() * Math.min(LONGEST_MS, FIRST_MS * 2 ** attempt);
}
