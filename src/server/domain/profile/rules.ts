/** Somebody waits for it: a runner that comes back later than this opens nothing any more, in milliseconds. */
export const ORDER_WITHIN_MS = 10 * 60_000;

const DAY_MS = 24 * 60 * 60_000;

/** How long a runner has to come back and do what was asked of its profiles, in milliseconds: a year. */
export const TASK_WITHIN_MS = 365 * DAY_MS;
