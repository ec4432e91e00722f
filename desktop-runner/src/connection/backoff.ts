/** The longest wait between two attempts, milliseconds. */
export const maxDelayMs = 60_000;
const firstDelayMs = 250;

/**
 * Full jitter: anywhere from 0 to a bound that doubles with each failure, so that a thousand runners do not come back at once.
 * `random` gives 0 to 1. Source: https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export function retryDelayMs(failures: number, random: () => number = Math.random): number {
  return Math.round(random() * Math.min(maxDelayMs, firstDelayMs * 2 ** Math.min(failures, 30)));
}
