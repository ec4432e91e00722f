/** Without a message for this long, a person who has a run's page is gone and the run goes on; milliseconds. */
export const HOLD_LEASE_MS = 30_000;
/** How often a person who does nothing says that they are still there; milliseconds. */
export const HOLD_KEEP_MS = 5_000;
