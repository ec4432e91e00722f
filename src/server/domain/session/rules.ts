const DAY_MS = 24 * 60 * 60_000;

/** A session ends this long after it was last used, in milliseconds. */
const SESSION_MS = 30 * DAY_MS;

/** How often a use is written down at most, in milliseconds: a write for each request would cost more than it tells. */
export const TOUCH_EVERY_MS = 60_000;

export function expiryFrom(now: Date): Date {
  return new Date(now.getTime() + SESSION_MS);
}

export function isAlive(session: { revokedAt: Date | null; expiresAt: Date }, now: Date): boolean {
  return session.revokedAt === null && session.expiresAt > now;
}

export function needsTouch(lastSeenAt: Date, now: Date): boolean {
  return now.getTime() - lastSeenAt.getTime() >= TOUCH_EVERY_MS;
}
