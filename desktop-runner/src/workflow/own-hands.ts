import type { Page } from "playwright-core";
import type { Engine } from "./engine.ts";
import type { PersonReason } from "./run-services.ts";
import { StepFailure } from "./step-failure.ts";

/** How often one step asks for a person. */
const maxAsks = 3;

const words: Record<PersonReason, string> = {
  step: "The run waits for a person.",
  captcha: "The page asks whether this is a person (CAPTCHA): the run waits for one.",
  code: "The page asks for a code: the run waits for a person.",
  record: "The run waits for a person to record what they do.",
  trial: "The run waits for a person to try a draft.",
};

/** Waits while a person has the page. @throws what ends the run meanwhile */
export async function whenFree({ services: { hold }, observer, halt }: Engine, index: number): Promise<void> {
  if (!hold?.isOn) return;
  await halt.race(hold.whenFree(() => observer.warn(index, "A person has the page: the run waits.")));
  observer.warn(index, "The page was given back: the run goes on.");
}

/**
 * A step that fails after a person has come to the page is done again when they have left; one that fails at what only a person can get past
 * waits for one, by the document's rule. `place` tells the page that it worked on.
 */
export async function inOwnHands(engine: Engine, index: number, place: { page: Page }, work: () => Promise<void>): Promise<void> {
  for (let asks = 0; ; ) {
    const before = engine.services.hold?.count;
    try {
      return await work();
    } catch (error) {
      if (engine.services.hold?.count !== before) {
        await whenFree(engine, index);
        continue;
      }
      const obstacle = asks < maxAsks && !engine.signal.aborted ? await engine.services.findObstacle?.(place.page) : undefined;
      if (!obstacle || !engine.services.waitForPerson) throw error;
      asks++;
      engine.observer.warn(index, words[obstacle]);
      const { timeoutMs, onTimeout } = engine.person;
      const wish = { reason: obstacle, timeoutMs, signal: engine.signal };
      const answer = await engine.halt.race(engine.services.waitForPerson(index, wish));
      if (answer === "done") continue;
      const missing = new StepFailure("PERSON_MISSING", { seconds: timeoutMs / 1000 });
      missing.mayGoOn = onTimeout === "continue";
      throw missing;
    }
  }
}
