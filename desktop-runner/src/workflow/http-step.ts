import type { HttpParameters } from "@deskhand/shared/schemas/custom-step-parameters";
import type { HttpAnswer } from "./run-services.ts";
import { StepFailure } from "./step-failure.ts";
import { remaining, type StepScope } from "./step-scope.ts";

/** Sends a request by the profile's way out; the answer is what a variable gets. */
export async function sendRequest({ method, url, headers, body, expect }: HttpParameters, scope: StepScope): Promise<HttpAnswer> {
  const refused = scope.way?.refuse(url);
  if (refused) throw refused;
  if (!scope.services.request) throw new StepFailure("HTTP_FAILED", { reason: "nothing leads out of here" });
  const request = { method, url, ...(headers && { headers }), ...(body !== undefined && { body }) };
  const answer = await scope.services.request(request, { timeoutMs: remaining(scope), signal: scope.signal });
  const isRight = expect ? expect.includes(answer.status) : answer.status >= 200 && answer.status < 300;
  if (!isRight) throw new StepFailure("HTTP_FAILED", { reason: `the answer was ${answer.status}` });
  return answer;
}
