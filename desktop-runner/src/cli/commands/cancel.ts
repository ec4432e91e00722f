import { isFinal, runView } from "@deskhand/shared/schemas/run";
import { createApi } from "../api.ts";
import type { CommandContext } from "../command.ts";
import { requireRunId } from "../lookup.ts";
import { accessFrom } from "../settings.ts";

/** `deskhand cancel RUN`: asks for a run to stop. */
export async function cancel(run: string, _flags: object, { env, output }: CommandContext): Promise<number> {
  const runId = requireRunId(run);
  const { state } = await createApi(accessFrom(env)).post(`/runs/${runId}/cancel`, {}, runView);
  output.result(
    { runId, status: state },
    isFinal(state) ? `Run ${runId} is ${state}.` : `Run ${runId} was asked to stop; it is ${state} until its runner confirms.`,
  );
  return 0;
}
