import { setTimeout as delay } from "node:timers/promises";
import { messageOf } from "./step-failure.ts";

const pausesMs = [10, 25, 50, 100];

/**
 * Asks `probe` again and again until it says something other than undefined, and returns that; undefined when the deadline
 * (ms since the epoch) passes first. A page that navigates away under a probe is asked again.
 */
export async function pollUntil<T>(deadline: number, probe: () => Promise<T | undefined>): Promise<T | undefined> {
  for (let attempt = 0; ; attempt++) {
    try {
      const answer = await probe();
      if (answer !== undefined) return answer;
    } catch (error) {
      if (!isNavigatingAway(error)) throw error;
    }
    const pause = pausesMs[Math.min(attempt, pausesMs.length - 1)] ?? 100;
    if (Date.now() + pause > deadline) return undefined;
    await delay(pause);
  }
}

function isNavigatingAway(error: unknown): boolean {
  return /Execution context was destroyed|Cannot find context|frame was detached|is navigating/i.test(messageOf(error));
}
