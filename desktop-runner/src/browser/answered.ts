import { setTimeout as delay } from "node:timers/promises";

/** Longer than a state takes, but for large databases, which are then read twice at worst; well below what closing a run takes at most; ms. */
const answerMs = 4_000;

/** What is asked of a browser just when its network process dies is never answered; asked again, it is (seen with Chromium 156). */
export async function answered<T>(ask: () => Promise<T>): Promise<T> {
  const first = ask();
  const late = Symbol("late");
  const answer = await Promise.race([first, delay(answerMs, late, { ref: false })]);
  return answer === late ? Promise.race([first, ask()]) : (answer as T);
}
