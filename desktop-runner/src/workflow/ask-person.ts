import { setTimeout as delay } from "node:timers/promises";
import { personRule } from "@deskhand/shared/schemas/recording-person";
import type { CustomStepOf } from "@deskhand/shared/schemas/recording-steps";
import { StepFailure } from "./step-failure.ts";
import type { StepScope } from "./step-scope.ts";

/** Pauses until a person has done what is asked; where nobody can be asked, the time passes. */
export async function askPerson(
  parameters: CustomStepOf<"deskhand.human">["parameters"],
  { services, signal, index, person, warn }: StepScope,
): Promise<void> {
  const { timeoutMs, onTimeout } = personRule(parameters, person);
  warn("The run waits for a person.");
  const wait = services.waitForPerson ?? (async () => delay(timeoutMs, "timeout" as const, { signal }));
  const answer = await wait(index, { reason: "step", timeoutMs, signal });
  if (answer === "done") return;
  if (onTimeout === "fail") throw new StepFailure("PERSON_MISSING", { seconds: timeoutMs / 1000 });
  warn("Nobody came in time; the run goes on.");
}
