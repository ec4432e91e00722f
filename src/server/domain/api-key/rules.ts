/** What every key begins with, so that scanners of leaked secrets can know one. */
export const API_KEY_START = "dh_";

/** How much of a key is shown in lists: the start and six of its 43 random characters. */
export const SHOWN_CHARACTERS = API_KEY_START.length + 6;

/** How often a use is written down at most, in milliseconds. */
export const USED_EVERY_MS = 60_000;

export function isUseStale(lastUsedAt: Date | null, now: Date): boolean {
  return lastUsedAt === null || now.getTime() - lastUsedAt.getTime() >= USED_EVERY_MS;
}
