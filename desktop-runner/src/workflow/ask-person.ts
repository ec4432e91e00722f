import { setTimeout as delay } from "node:timers/promises";
import type { CustomStepOf } from "@deskhand/shared/schemas/recording-steps";
import { StepFailure } from "./step-failure.ts";
import type { StepScope } from "./step-scope.ts";

/** Pauses until a person has done what is asked; where nobody can be asked, the time passes. */
export async function askPerson(
  { timeoutMs, onTimeout }: CustomStepOf<"deskhand.human">["parameters"],
  { services, signal, index, warn }: StepScope,
): Promise<void> {
  warn("The run waits for a person.");
  const wait = services.waitForPerson ?? (async () => delay(timeoutMs, "timeout" as const, { signal }));
  const answer = await wait(index, { reason: "step", timeoutMs, signal });
  if (answer === "done") return;
  if (onTimeout === "fail") throw new StepFailure("PERSON_MISSING", { seconds: timeoutMs / 1000 });
  warn("Nobody came in time; the run goes on.");
}
